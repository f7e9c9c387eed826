"""A store that is named after the application was put together, which takes longer than most tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import SimpleNamespace
from typing import Any

from flask import Flask

from kernel.store import Store
from web.app import create_app

SETTINGS = SimpleNamespace(
    secret_key="a secret of the tests, long enough to be one",
    metrics_token=None,
    proxies=0,
    public_url="http://localhost",
    breached_passwords=None,
)


class LateStore:
    """Stands for the store of whoever uses the application just now."""

    store: Store | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


@cache
def one_app() -> tuple[Flask, LateStore]:
    late = LateStore()
    return create_app(late, SETTINGS), late


@contextmanager
def app_on(store: Store) -> Iterator[Flask]:
    """The application of this process on a store; afterwards it is set up as it was before."""
    app, late = one_app()
    before, late.store = late.store, store
    config = dict(app.config)
    try:
        yield app
    finally:
        late.store = before
        app.config.clear()
        app.config.update(config)
