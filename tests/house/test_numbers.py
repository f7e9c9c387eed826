"""Numbers that no database holds: every form and every address that takes one answers as to any other nonsense."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from flask import Flask
from marshmallow import Schema, ValidationError, fields

import web
from kernel.store import Store
from tests.late import SETTINGS
from web.app import create_app
from web.forms import Form

HUGE = ("9" * 30, "-" + "9" * 30, "9" * 5000, "1e999999", 10**400, float("inf"), float("nan"))


def heirs(kind: type[Schema]) -> Iterator[type[Schema]]:
    for heir in kind.__subclasses__():
        yield heir
        yield from heirs(heir)


def numbers(schema: Schema) -> Iterator[fields.Integer]:
    for field in schema.fields.values():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Number):
            yield inner


def test_no_form_takes_a_number_that_nothing_can_hold():
    for module in pkgutil.walk_packages(web.__path__, "web."):
        importlib.import_module(module.name)
    found = [(kind, field) for kind in heirs(Form) for field in numbers(kind())]
    assert len(found) > 40
    for kind, field in found:
        for value in HUGE:
            with pytest.raises(ValidationError):
                print(kind.__name__, field.name, field.deserialize(value))  # noqa: T201 — says which one took it


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    store = Store(database_url, size=1)
    yield create_app(store, SETTINGS)
    store.close()


def test_no_path_takes_a_number_that_nothing_can_hold(app: Flask):
    paths = [rule.rule for rule in app.url_map.iter_rules() if "<int:" in rule.rule]
    assert paths
    adapter = app.url_map.bind("localhost")
    for path in paths:
        for digits in ("9" * 10, "9" * 5000, "٣"):
            asked = "/".join(digits if part.startswith("<int:") else part for part in path.split("/"))
            asked = asked.replace("<uuid:id>", "0" * 8 + "-0000-4000-8000-" + "0" * 12)
            assert not any(adapter.test(asked, method) for method in ("GET", "POST"))
