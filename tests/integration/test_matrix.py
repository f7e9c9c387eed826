"""Every route and operation before everybody who may ask: each answer is the one that the table of rights gives."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from accounts.rights import ROLES
from accounts.token import SCOPES
from tests.browser.visitor import open_desk
from tests.integration.cast import Cast
from tests.integration.matrix import ENDS_A_HOUSE, NEEDS, Cell, Ids, Missing, Visitor, cells, outcome
from tests.integration.test_non_interference import UUID_TEXT, whole
from tests.story import House
from web.api import limits

PEOPLE = ("anonymous", "a person of no house", *ROLES, "who has left", "an owner next door", "who sees as a viewer")
SUPPORT = ("support", "support that may change")
STILL = tuple(f"an owner of a house that is {how}" for how in ("suspended", "closed", "over"))
PROGRAMS = (*(f"a program for {scope}" for scope in SCOPES), "a program whose token is revoked")
EVERYBODY = (*PEOPLE, *SUPPORT, *STILL, *PROGRAMS)
# Leads to the door because it was let in.
LEADS_OUT = {"door.leave"}
# Forms after which a visitor may have to sign in again.
MAY_END_A_SESSION = ("account.", "door.", "desk.act_for_oneself", "desk.see_as", "support.", "start.")
# To end a session that there is not is to have it ended.
KNOWN_BY_NOBODY = {"account.end_session": "303"}
FEWEST = 6500


@pytest.fixture(scope="module")
def cast(database_url: str) -> Iterator[Cast]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "A_MINUTE_UNKNOWN", 1_000_000)
        with open_desk(database_url, patch) as desk:
            made = Cast(desk.app, desk.house, House(desk.house.store))
            desk.house.read_on()
            yield made


@pytest.fixture(scope="module")
def log(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def written(log: psycopg.Connection) -> Any:
    """What would show that something was changed in any house, or for any person."""
    counts = (f"(SELECT count(*) FROM {table})" for table in ("texts", "commands", "claims", "clients", "jobs"))
    return log.execute(f"SELECT (SELECT max(position) FROM events), {', '.join(counts)}").fetchone()


def test_every_route_lets_in_whom_the_table_says(cast: Cast):
    """A view that is opened wider fails here, also where the command behind it would still refuse."""
    endpoints = {cell.endpoint for cell in cells(cast.app)}
    assert {endpoint: set(cast.app.view_functions[endpoint].admits) for endpoint in endpoints} == NEEDS


def test_everybody_is_asked(cast: Cast):
    assert set(cast.visitors) == {*EVERYBODY}
    assert len(cells(cast.app)) * len(EVERYBODY) > FEWEST


@pytest.mark.parametrize("name", EVERYBODY)
def test_whoever_asks_enters_where_the_table_lets_them_and_nowhere_else(name: str, cast: Cast, log: psycopg.Connection):
    visitor = cast.visitors[name]
    browser, wrong = visitor.sign_in(), []
    for cell in cells(cast.app):
        expected = visitor.expected(cell.endpoint)
        before = written(log)
        answer = asked(cast, visitor, browser, cell, is_in=expected == "in")
        found = outcome(answer)
        if is_wrong(cell, expected, found, answer):
            wrong.append((cell.endpoint, cell.method, cell.chosen, expected, found, answer.status_code))
        elif expected != "in" and written(log) != before:
            wrong.append((cell.endpoint, cell.method, "refused, and changed something"))
        if ends_a_session(cell):
            browser = visitor.sign_in()
    assert wrong == []


def asked(cast: Cast, visitor: Visitor, browser: FlaskClient, cell: Cell, *, is_in: bool) -> TestResponse:
    """Refusals are asked for with what there is; whoever is let in changes only what there is not."""
    if not is_in or cell.method == "GET":
        return visitor.ask(browser, cell, cast.ours.ids)
    return visitor.ask(visitor.spend() if cell.endpoint in ENDS_A_HOUSE else browser, cell, Missing())


def ends_a_session(cell: Cell) -> bool:
    return cell.method != "GET" and cell.endpoint.startswith(MAY_END_A_SESSION)


def is_wrong(cell: Cell, expected: str, found: str, answer: TestResponse) -> bool:
    if answer.status_code >= 500:
        return True
    if expected == "in":
        is_out = found in ("401", "403") or (found != "in" and NEEDS[cell.endpoint].isdisjoint({"anyone"}))
        return is_out and cell.endpoint not in LEADS_OUT
    return found != expected


def test_what_is_next_door_is_answered_as_what_there_is_not(cast: Cast, log: psycopg.Connection):
    """The owner of another house asks for everything of ours by its identifier."""
    visitor = cast.visitors["an owner next door"]
    browser, nothing, wrong = visitor.sign_in(), {kind: str(uuid4()) for kind in cast.ours.ids}, []
    named = [cell for cell in cells(cast.app) if cell.names_something and not cell.rule.rule.startswith("/api/")]
    assert len(named) > 60
    for cell in named:
        before = written(log)
        told, missing = (masked(visitor.ask(browser, cell, ids), ids) for ids in (cast.ours.ids, nothing))
        if told != missing or written(log) != before or told[:3] != KNOWN_BY_NOBODY.get(cell.endpoint, "404"):
            wrong.append((cell.endpoint, cell.chosen, told[:3], missing[:3]))
        if ends_a_session(cell):
            browser = visitor.sign_in()
    assert wrong == []


def masked(answer: TestResponse, ids: Ids) -> str:
    told = whole(answer)
    for id in ids.values():
        told = told.replace(str(id), "·")
    return UUID_TEXT.sub("·", told)
