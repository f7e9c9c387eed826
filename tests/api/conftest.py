"""A program at the door of a small house whose clock stands still."""

import pytest
from flask import Flask

from kernel.store import Store
from tests.api.program import SETTINGS, Program
from tests.story import NOW, House
from web import visit
from web.app import create_app


@pytest.fixture(scope="session")
def api_app(store: Store) -> Flask:
    return create_app(store, SETTINGS)


@pytest.fixture
def program(house: House, api_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Program:
    monkeypatch.setattr(visit, "now", lambda: NOW)
    return Program(house, api_app)
