"""Every route says who may enter, and a route that does not keeps the program from starting."""


import pytest
from flask import Flask

from accounts.acting import UndeclaredJob, acts_for, declared
from accounts.rights import undeclared_commands
from accounts.token import SCOPES
from kernel.store import COMMANDS, Store, command
from tests.late import SETTINGS
from web import entry
from web.app import create_app

# What a member does who may do nothing else: choose whom to be, and leave.
LOOKING_BY_POST = {"desk.see_as"}
OPEN_TO_ANYONE = {"static", "health.check", "health.measure", "api.openapi", "api.page"}
# What a house looks like, and the app itself: nothing of anybody.
OPEN_TO_ANYONE |= {"look.accent", "installed.manifest", "installed.keeper", "installed.away"}
# The door: who comes here is nobody yet.
OPEN_TO_ANYONE |= {"door.sign_in", "door.enter", "door.enter_by_passkey", "door.second_step", "door.give_code"}
OPEN_TO_ANYONE |= {"door.ask_link", "door.send_link", "door.open_link", "door.enter_by_link", "door.forgotten"}
OPEN_TO_ANYONE |= {"door.send_reset", "door.open_reset", "door.reset_password"}
OPEN_TO_ANYONE |= {"door.open_confirmation", "door.confirm_email"}
# A sealed link is what opens these.
OPEN_TO_ANYONE |= {"answer.look", "answer.give"}
OPEN_TO_ANYONE |= {"start.sign_up", "start.register", "start.look", "start.ask_letter"}

@pytest.fixture
def app(database_url: str):
    store = Store(database_url, size=1)
    yield create_app(store, SETTINGS)
    store.close()


def test_every_route_says_who_may_enter(app: Flask):
    assert entry.undeclared(app) == []


def test_only_the_door_is_open_to_anyone(app: Flask):
    unlocked = {name for name, view in app.view_functions.items() if entry.ANYONE in view.admits}
    assert unlocked == OPEN_TO_ANYONE


def test_what_changes_something_needs_more_than_looking(app: Flask):
    unsafe = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    of_the_house = {name: app.view_functions[name].admits for name in unsafe if name not in OPEN_TO_ANYONE}
    lookers = {name for name, rights in of_the_house.items() if any(looks(right) for right in rights)}
    assert lookers == LOOKING_BY_POST


def looks(right: str) -> bool:
    return right.endswith((".see", ".contacts", ".enter"))


def test_what_programs_call_asks_for_a_scope_that_exists(app: Flask):
    called = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    scopes = {rule.endpoint: app.view_functions[rule.endpoint].admits for rule in called}
    described = {"api.openapi", "api.page"}
    assert len(scopes) > 50
    assert all({*asked} <= SCOPES.keys() for endpoint, asked in scopes.items() if endpoint not in described)
    asked = [right for name in app.view_functions if name not in scopes for right in app.view_functions[name].admits]
    assert not any(isinstance(right, entry.Scope) for right in asked)


def test_what_a_program_changes_needs_more_than_reading(app: Flask):
    unsafe = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/") and "GET" not in rule.methods]
    readers = {rule.rule for rule in unsafe if app.view_functions[rule.endpoint].admits[0].endswith(":read")}
    assert all(rule.endswith("/preview") for rule in readers), readers


def test_a_route_without_a_rule_stops_the_start():
    app = Flask("forgetful")
    app.add_url_rule("/secret", "secret", lambda: "secret")
    with pytest.raises(entry.UndeclaredRoute, match="secret"):
        entry.install(app)


def test_a_right_that_no_table_knows_stops_the_start():
    with pytest.raises(entry.UndeclaredRoute, match=r"agenda\.paint"):
        entry.admits("agenda.paint")


def test_a_command_whose_right_no_table_knows_stops_the_start(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(COMMANDS, "paint_agenda", "agenda.paint")
    with pytest.raises(entry.UndeclaredRoute, match="paint_agenda"):
        entry.install(app)


def test_every_command_needs_a_right_that_somebody_holds():
    assert undeclared_commands() == []
    assert len(COMMANDS) > 90
    with pytest.raises(TypeError):
        command()(lambda log, *, by: None)


def test_a_job_that_acts_for_no_policy_stops_the_start():
    with pytest.raises(UndeclaredJob, match="forgetful"):
        declared({"forgetful": lambda store, organisation_id: None})


def test_a_job_of_a_policy_that_no_table_knows_stops_the_start():
    with pytest.raises(KeyError, match="painting"):
        acts_for("painting")
