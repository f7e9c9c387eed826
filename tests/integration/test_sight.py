"""What stays out of sight: columns for those who see others alone, contacts and notes for those who see names alone."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from accounts.commands import open_place
from accounts.rights import Grants
from accounts.token import SCOPES
from agenda.commands import assign_performer, change_resource, plan_absence
from agenda.wanted import Wanted
from booking.commands import cancel_appointment, mark_arrived
from booking.series.commands import cancel_series, plan_series
from booking.series.rule import Rule
from clients.commands import add_client_field, add_client_note, edit_client
from tests.api.program import Program
from tests.api.test_api_isolation import OPERATIONS
from tests.browser.visitor import MOMENT, Desk, open_desk
from tests.integration.matrix import FORMS, Cast, Cell, cells
from tests.integration.test_matrix import masked, written
from tests.story import House, at
from web.api import limits

PHONE, EMAIL, STREET, TOWN = "0699887766", "canari@exemple.fr", "17 rue du Canari", "Canarville"
REMARK, NOTE, PINNED, OWN = "remarque-canari", "note-canari", "note-canari-fixe", "champ-canari"
CONTACTS = re.compile(rf"6 ?99 ?88 ?77 ?66|{EMAIL}|{STREET}|{TOWN}|{REMARK}|{NOTE}|{OWN}")
HIDDEN_NOTE, REASON, SURNAME = "consigne-canari", "absence-canari", "Canarissime"
# Pages where clients are found by name stay open to whoever sees clients.
FIND_CLIENTS = ("files.", "desk.new", "desk.pick_clients", "desk.repeat")
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


class Practice:
    """Anna's column, which all may look at, and Boris's, which those do not see who see hers alone."""

    def __init__(self, desk: Desk):
        self.house, self.app = desk.house, desk.app
        self.cast = Cast(desk.app, desk.house, House(desk.house.store))
        self.annexe = uuid4()
        by = self.house.by()
        open_place(self.house.store, self.annexe, name="Annexe", zone="Europe/Paris", country="FR", by=by)
        self.anna, self.boris = (self.practitioner(name) for name in ("Anna", "Boris"))
        change_resource(self.house.store, self.anna, place_ids=[self.annexe], by=by)
        self.field = uuid4()
        add_client_field(self.house.store, self.field, label="Origine", by=by)
        self.client, self.stranger = self.file("Rousseau"), self.file(SURNAME)
        self.seen = self.things(self.anna, self.client, "", "")
        self.hidden = self.things(self.boris, self.stranger, HIDDEN_NOTE, REASON)
        # One client of both, and a room that Boris takes.
        self.hidden["visit"] = self.book(self.boris, 14, self.client)
        self.hidden["in the room"] = self.house.book(at(16), self.house.check_up, self.boris, client_id=self.stranger)
        self.house.read_on()

    def practitioner(self, name: str) -> UUID:
        id = self.house.add_practitioner(uuid4(), name, 5)
        for service in (self.house.massage, self.house.check_up):
            assign_performer(self.house.store, service, id, by=self.house.by())
        return id

    def file(self, last_name: str) -> UUID:
        id, by = self.house.client("Zoé", last_name, phone=PHONE, email=EMAIL), self.house.by()
        words = {"address": STREET, "town": TOWN, "remarks": REMARK, "custom": {str(self.field): OWN}}
        edit_client(self.house.store, id, words, by=by)
        add_client_note(self.house.store, id, uuid4(), NOTE, by=by)
        add_client_note(self.house.store, id, uuid4(), PINNED, is_pinned=True, by=by)
        return id

    def book(self, column: UUID, hour: int, client_id: UUID, note: str = "", **facts: Any) -> UUID:
        return self.house.book(at(hour), resource=column, client_id=client_id, note=note, **facts)

    def things(self, column: UUID, client_id: UUID, note: str, reason: str) -> dict[str, UUID]:
        """An appointment, and one in each state that a deed asks for; a series, an absence."""
        store, by, id = self.house.store, self.house.by(), uuid4()
        made = {"appointments": self.book(column, 17, client_id, note), "past": self.book(column, 9, client_id)}
        made["requested"] = self.book(column, 11, client_id, status="requested", by=self.house.by(at=MOMENT))
        made["cancelled"], made["arrived"] = self.book(column, 15, client_id), self.book(column, 10, client_id)
        cancel_appointment(store, made["cancelled"], by=by)
        mark_arrived(store, made["arrived"], by=self.house.by(at=at(10)))
        rule, wanted = Rule(unit="day", count=3), [Wanted(self.house.massage, (column,))]
        plan_series(store, id, client_id, date(2026, 12, 7), "09:00", rule, wanted, by=by)
        if reason:
            plan_absence(store, uuid4(), column, at(9, days=1), at(18, days=1), reason=reason, by=by)
        return made | {"series": id, "clients": client_id}

    def sign_in(self, name: str) -> FlaskClient:
        if name == "support":
            return self.cast.visitors["support"].sign_in()
        role, own, grants = self.members()[name]
        return self.cast.entered(*self.of_the_house(*self.cast.member(role, own, grants)))

    def of_the_house(self, somebody: Any, id: UUID) -> tuple[Any, House, UUID]:
        return somebody, self.house, id

    def members(self) -> dict[str, tuple[str, UUID | None, Grants]]:
        no_contacts = Grants(taken=("clients.contacts",))
        return {
            "a secretary of one column": ("secretary", None, Grants(sees=(self.anna,))),
            "a secretary of one place": ("secretary", None, Grants(places=(self.annexe,))),
            "a practitioner of one column": ("practitioner", self.anna, Grants(sees=(self.anna,))),
            "a practitioner": ("practitioner", self.anna, Grants()),
            "a manager without contacts": ("manager", None, no_contacts),
            "a practitioner without contacts": ("practitioner", self.anna, no_contacts),
            "a viewer without contacts": ("viewer", None, no_contacts),
        }

    def another_day(self) -> tuple[UUID, UUID, str, str]:
        """Time of Anna's that nobody has taken: what was made on it before is cancelled."""
        for id in self.seen.values():
            if self.house.rows("SELECT 1 FROM view_visits WHERE appointment_id = %s AND status <> 'cancelled'", id):
                cancel_appointment(self.house.store, id, by=self.house.by())
        cancel_series(self.house.store, self.seen["series"], by=self.house.by())
        return self.anna, self.client, "", ""

    def ids(self, things: dict[str, UUID]) -> dict[str, str]:
        """For every kind of thing that a page names: one of these, else one of the house."""
        return self.cast.ours.ids | {kind: str(id) for kind, id in things.items()}

    def occurrences(self, things: dict[str, UUID]) -> set[str]:
        rows = self.house.rows("SELECT appointment_id FROM view_occurrences WHERE series_id = %s", things["series"])
        return {str(id) for (id,) in rows}

    def traces(self) -> set[str]:
        """What would tell of Boris's column."""
        ids = {str(id) for kind, id in self.hidden.items() if kind != "clients"}
        return ids | self.occurrences(self.hidden) | {HIDDEN_NOTE, REASON}


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
