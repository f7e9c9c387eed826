"""Every route says who may enter, and a route that does not keeps the program from starting."""

from types import SimpleNamespace

import pytest
from flask import Flask

from accounts.token import SCOPES
from kernel.store import Store
from web import entry
from web.app import create_app

OPEN_TO_ANYONE = {"static", "health.check", "health.measure", "door.sign_in", "door.enter", "api.openapi", "api.page"}
SETTINGS = SimpleNamespace(
    secret_key="a secret of the tests, long enough to be one",
    metrics_token=None,
    proxies=0,
    public_url="http://localhost",
)


@pytest.fixture
def app(database_url: str):
    store = Store(database_url, size=1)
    yield create_app(store, SETTINGS)
    store.close()


def test_every_route_says_who_may_enter(app: Flask):
    assert entry.undeclared(app) == []


def test_only_the_door_is_open_to_anyone(app: Flask):
    unlocked = {name for name, view in app.view_functions.items() if view.admits is entry.ANYONE}
    assert unlocked == OPEN_TO_ANYONE


def test_what_changes_something_is_for_those_who_may_write(app: Flask):
    unsafe = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    readers = {name for name in unsafe if app.view_functions[name].admits is entry.READERS}
    assert readers == {"door.leave", "door.choose_theme"}


def test_what_programs_call_asks_for_a_scope_that_exists(app: Flask):
    called = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    scopes = {rule.endpoint: app.view_functions[rule.endpoint].admits for rule in called}
    described = {"api.openapi", "api.page"}
    assert len(scopes) > 50
    assert all(scope in SCOPES for endpoint, scope in scopes.items() if endpoint not in described)
    asked = {name: app.view_functions[name].admits for name in app.view_functions if name not in scopes}
    assert not any(isinstance(roles, entry.Scope) for roles in asked.values())


def test_what_changes_something_needs_more_than_reading(app: Flask):
    unsafe = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/") and "GET" not in rule.methods]
    readers = {rule.rule for rule in unsafe if app.view_functions[rule.endpoint].admits.endswith(":read")}
    assert all(rule.endswith("/preview") for rule in readers), readers


def test_a_route_without_a_rule_stops_the_start():
    app = Flask("forgetful")
    app.add_url_rule("/secret", "secret", lambda: "secret")
    with pytest.raises(entry.UndeclaredRoute, match="secret"):
        entry.install(app)
