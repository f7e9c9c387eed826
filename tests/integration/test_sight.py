"""What stays out of sight: columns for those who see others alone, contacts and notes for those who see names alone."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from accounts.token import SCOPES
from tests.api.program import Program
from tests.api.test_api_isolation import OPERATIONS
from tests.browser.visitor import open_desk
from tests.integration.matrix import FORMS, Cell, cells
from tests.integration.practice import (
    EMAIL,
    NOTE,
    OWN,
    PHONE,
    REMARK,
    STREET,
    SURNAME,
    TOWN,
    Practice,
)
from tests.integration.test_matrix import masked, written
from web.api import limits

CONTACTS = re.compile(rf"6 ?99 ?88 ?77 ?66|{EMAIL}|{STREET}|{TOWN}|{REMARK}|{NOTE}|{OWN}")
# Pages where clients are found by name stay open to whoever sees clients.
FIND_CLIENTS = ("files.", "desk.new", "desk.here", "desk.change", "desk.pick_clients", "desk.repeat", "desk.search")
NARROW = ("a secretary of one column", "a secretary of one place", "a practitioner of one column")
# Each deed with the appointment that it is for.
DEEDS = {"arrive": "past", "complete": "past", "miss": "past", "reopen": "arrived", "approve": "requested"}
DEEDS |= {"decline": "requested", "restore": "cancelled", "cancel": "appointments"}
# What makes a form change something.
CHANGES: dict[str, dict[str, Any]] = {
    "desk.edit": {"note": "Autre note"},
    "desk.edit_series": {"note": "Autre note"},
    "desk.keep_change": {"count": 2, "days": 1},
    "desk.preview_change": {"count": 2, "days": 1},
    "desk.move": {"on": "2026-11-26", "time": "14:00"},
}
# To look ahead is not to change; and nothing of these series was cancelled that could be restored.
OTHERWISE = {"desk.preview_change": 200, "desk.restore_series": 422}
BLIND = ("a manager without contacts", "a practitioner without contacts", "a viewer without contacts", "support")


@pytest.fixture(scope="module")
def practice(database_url: str) -> Iterator[Practice]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "A_MINUTE_UNKNOWN", 1_000_000)
        with open_desk(database_url, patch) as desk:
            yield Practice(desk)


@pytest.fixture(scope="module")
def log(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def looks(practice: Practice, browser: FlaskClient) -> Iterator[tuple[Cell, TestResponse]]:
    """Every page and fragment, plain and as the page's script asks, for both columns and all that can be asked."""
    pages = [cell for cell in cells(practice.app) if cell.method == "GET" and not str(cell.rule).startswith("/api/")]
    asked = {"at": "2026-11-24T13:00:00Z", "on": "2026-11-24", "deed": "cancel", "scope": "all", "with": ""}
    for things, column in ((practice.seen, practice.anna), (practice.hidden, practice.boris)):
        for words in ("", "Zoé", PHONE, EMAIL):
            query = asked | {"resource": column, "client": things["clients"], "words": words}
            for cell in pages if words in ("", "Zoé") else searches(pages):
                path = cell.path(practice.app, practice.ids(things))
                headers = {"HX-Request": "true"} if words else {}
                yield cell, browser.get(path, query_string=query, headers=headers, buffered=True)


def searches(pages: list[Cell]) -> list[Cell]:
    return [cell for cell in pages if cell.endpoint.startswith(FIND_CLIENTS)]


@pytest.mark.parametrize("name", NARROW)
def test_nothing_of_a_column_out_of_sight_is_in_any_answer(name: str, practice: Practice):
    found, answered = set(), 0
    for cell, answer in looks(practice, practice.sign_in(name)):
        told = answer.text
        answered += answer.status_code == 200
        found |= {(cell.endpoint, each) for each in practice.traces() if each in told}
        if not cell.endpoint.startswith(FIND_CLIENTS) and SURNAME in told:
            found.add((cell.endpoint, SURNAME))
    assert found == set()
    assert answered > 60


@pytest.mark.parametrize("page", ["", "/history"])
def test_a_client_s_file_tells_nothing_of_visits_out_of_sight(page: str, practice: Practice):
    """Both Anna and Boris see this client."""
    where = f"/clients/{practice.client}{page}"
    for name in NARROW:
        told = practice.sign_in(name).get(where).text
        assert "Anna" in told
        assert "Boris" not in told, name
    assert "Boris" in practice.sign_in("a practitioner").get(where).text


@pytest.mark.parametrize("name", NARROW)
def test_a_refusal_does_not_tell_who_holds_the_time_out_of_sight(name: str, practice: Practice):
    """Boris has the room at four."""
    browser, house = practice.sign_in(name), practice.house
    facts = {"service_id": house.check_up, "resource_id": practice.anna, "client_id": practice.client, "id": uuid4()}
    facts |= {"on": "2026-11-24", "time": "16:00", "unit": "day", "count": 2}
    told, dates = (browser.post(path, data=facts) for path in ("/appointments", "/series/preview"))
    assert (told.status_code, dates.status_code) == (409, 200)
    for answer in (told, dates):
        assert not [each for each in practice.traces() if each in answer.text]
        assert SURNAME not in answer.text.replace(listed(answer), "")


def listed(answer: TestResponse) -> str:
    """The clients whom a form offers by name."""
    found = re.search(r'<select[^>]*name="client_id".*?</select>', answer.text, re.DOTALL)
    return found[0] if found else ""


# Changes


def changing(practice: Practice, things: dict[str, UUID]) -> Iterator[tuple[Cell, str]]:
    """Every form about an appointment or a series, on one of these in the state that it is for."""
    for cell in cells(practice.app):
        if cell.method == "GET" or not str(cell.rule).startswith(("/appointments/<", "/series/<")):
            continue
        for deed, state in DEEDS.items() if cell.endpoint == "desk.act" else [("", "appointments")]:
            chosen = cell._replace(chosen=cell.chosen | ({"deed": deed} if deed else {}))
            yield chosen, chosen.path(practice.app, practice.ids(things | {"appointments": things[state]}))


def form_of(cell: Cell) -> dict[str, Any]:
    return FORMS.get(cell.endpoint, {}) | CHANGES.get(cell.endpoint, {})


@pytest.mark.parametrize("name", NARROW)
def test_a_form_about_what_is_out_of_sight_is_answered_as_if_nothing_were_there(
    name: str, practice: Practice, log: psycopg.Connection
):
    browser, before, wrong = practice.sign_in(name), written(log), []
    nothing = dict.fromkeys(practice.hidden, uuid4())
    for (cell, path), (_, missing) in zip(
        changing(practice, practice.hidden), changing(practice, nothing), strict=True
    ):
        form = FORMS.get(cell.endpoint, {})
        told, absent = (masked(browser.post(where, data=form, buffered=True), {}) for where in (path, missing))
        if told != absent or told[:3] != "404":
            wrong.append((cell.endpoint, cell.chosen, told[:3], absent[:3]))
    assert wrong == []
    assert written(log) == before


def test_a_practitioner_changes_nothing_in_a_column_that_is_not_theirs(practice: Practice, log: psycopg.Connection):
    browser, before, wrong = practice.sign_in("a practitioner"), written(log), []
    for cell, path in changing(practice, practice.hidden):
        answer = browser.post(path, data=form_of(cell), buffered=True)
        if answer.status_code != OTHERWISE.get(cell.endpoint, 403):
            wrong.append((cell.endpoint, cell.chosen, answer.status_code))
    assert wrong == []
    assert written(log) == before


def test_the_same_forms_are_taken_in_their_own_column(practice: Practice):
    browser, things, refused = practice.sign_in("a practitioner"), practice.things(*practice.another_day()), []
    for cell, path in changing(practice, things):
        answer = browser.post(path, data=form_of(cell), buffered=True)
        # Some deeds are no longer to be done after those before them.
        if answer.status_code not in (200, 303, 409, 422):
            refused.append((cell.endpoint, cell.chosen, answer.status_code))
    assert refused == []


# Contacts


@pytest.mark.parametrize("name", BLIND)
def test_no_answer_tells_contacts_or_notes_to_whoever_sees_names_only(name: str, practice: Practice):
    found, answered = set(), 0
    for cell, answer in looks(practice, practice.sign_in(name)):
        asked = answer.request.args.get("words", "")
        told = answer.text.replace(asked, "") if asked else answer.text
        answered += answer.status_code == 200
        found |= {(cell.endpoint, each) for each in CONTACTS.findall(told)}
    assert found == set()
    assert answered > 60


@pytest.mark.parametrize("words", [PHONE, EMAIL, "06 99 88", "canari@"])
def test_whoever_sees_names_only_finds_nobody_by_contacts(words: str, practice: Practice):
    place = {"resource": practice.anna, "at": "2026-11-25T13:00:00Z"}
    pages = (("/clients", {}), ("/appointments/new", {}), ("/appointments/new/clients", place))
    for name, is_found in (("a manager without contacts", False), ("a practitioner", True)):
        browser = practice.sign_in(name)
        for path, asked in pages:
            told = browser.get(path, query_string=asked | {"words": words}).text
            assert ("Rousseau" in told) is is_found, (name, path)


def test_whoever_sees_contacts_is_told_them(practice: Practice):
    answers = looks(practice, practice.sign_in("a practitioner"))
    told = {cell.endpoint for cell, answer in answers if CONTACTS.search(answer.text)}
    assert {"files.file", "files.people", "files.lived", "files.likely", "desk.panel", "desk.pick_clients"} <= told


def test_a_program_is_told_contacts_by_the_scope_for_clients_alone(practice: Practice):
    ids = practice.ids(practice.seen)
    told = {
        scope
        for scope in SCOPES
        for program in [Program(practice.house, practice.app, (scope,))]
        for operation in OPERATIONS
        if operation.method == "get" and CONTACTS.search(operation.call(ids).by(program).text)
    }
    assert told == {"clients:read"}
