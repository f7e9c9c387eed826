"""A practice's own files: 640 clients and the agendas of two people over fifteen months, every line accounted for."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from importing.appointments import import_appointments
from importing.clients import import_clients
from importing.report import Report
from kernel.store import Store
from tests.story import NOW, House

FILES = Path(__file__).parents[1] / "data/real-input"
AGENDAS = {"claire": "claire-moreau.ics", "karim": "karim-benali.ics"}
VISIT = re.compile(r"^UID:[a-z]+-[a-z]+-\d+@", re.MULTILINE)
MADE = """
SELECT state::json->>'source_id', state::json->>'wall_at', state::json#>>'{segments,0,uses,0,resource_id}'
FROM events WHERE name = 'AppointmentBooked'"""


class Practice(NamedTuple):
    house: House
    first: dict[str, Report]
    again: dict[str, Report]


@pytest.fixture(scope="module")
def practice(store: Store) -> Practice:
    """A house into which all three files came twice."""
    house = House(store)
    first, again = bring_all(house), bring_all(house)
    house.read_on()
    return Practice(house, first, again)


def bring_all(house: House) -> dict[str, Report]:
    known = {"organisation_id": house.id, "now": NOW}
    brought = {"clients": import_clients(house.store, FILES / "clients.csv", **known)}
    agendas = {who: import_appointments(house.store, FILES / file, **known) for who, file in AGENDAS.items()}
    return brought | agendas


class Written(NamedTuple):
    """An entry as it stands in a file, read here without the program."""

    number: int
    text: str

    def value(self, name: str) -> str:
        found = re.search(rf"^{name}[:;](?:[^:\n]*:)?(.*)$", self.text, re.MULTILINE)
        return found[1] if found else ""


def written(who: str) -> Iterator[Written]:
    text = (FILES / AGENDAS[who]).read_text(encoding="utf-8").replace("\r\n", "\n")
    for found in re.finditer(r"^BEGIN:VEVENT\n(.*?)^END:VEVENT\n", text, re.MULTILINE | re.DOTALL):
        yield Written(text.count("\n", 0, found.start()) + 1, found[1].replace("\n ", ""))


def visits(who: str) -> list[Written]:
    return [entry for entry in written(who) if VISIT.search(entry.text)]


def wall_of(entry: Written) -> str:
    start = entry.value("DTSTART")
    return f"{start[:4]}-{start[4:6]}-{start[6:8]}T{start[9:11]}:{start[11:13]}"


def test_every_client_is_accounted_for(practice: Practice):
    assert practice.first["clients"].totals() | {"changed": 0} == totals(imported=639, joined=1)
    assert practice.again["clients"].totals() == totals(joined=640)
    assert practice.house.rows("SELECT count(*) FROM clients") == [(639,)]
    doubled = next(line for line in practice.first["clients"].lines if line.outcome == "joined")
    assert doubled.notes[0].facts == {"line": "60"}
    assert doubled.number == 62


def totals(**counted: int) -> dict[str, int]:
    return {"imported": 0, "changed": 0, "joined": 0, "kept_out": 0, "refused": 0} | counted


def test_words_are_as_they_were_typed(practice: Practice):
    query = "SELECT first_name, last_name, phone, remarks FROM clients WHERE number = ANY(%s) ORDER BY number::integer"
    assert practice.house.rows(query, ["2", "3", "4", "6"]) == [
        ("Maëlle", "Le Goff", "", "Réglé 45 €"),
        ("Raphaël", "Saint-André", "+33740175722", "vient avec\nsa fille"),
        ("Stéphane", "Le Goff", "+33756279955", "=HYPERLINK(1)"),
        ("François", "ZIMMERMANN", "+33663397359", ""),
    ]


@pytest.mark.parametrize(("who", "visits", "absences"), [("claire", 1929, 64), ("karim", 1943, 64)])
def test_every_entry_is_accounted_for(practice: Practice, who: str, visits: int, absences: int):
    assert practice.first[who].totals() == totals(imported=visits + absences, kept_out=3, refused=1)
    assert practice.again[who].totals() == totals(joined=visits + absences, kept_out=3, refused=1)
    assert {line.number for line in practice.first[who].lines} == {entry.number for entry in written(who)}


@pytest.mark.parametrize("who", AGENDAS)
def test_the_broken_entry_is_refused_by_its_line_and_reason(
    practice: Practice, who: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    refused = [line for line in practice.first[who].lines if line.outcome == "refused"]
    broken = next(entry for entry in written(who) if "casse-" in entry.text)
    assert [(line.number, line.notes[0].sentence()) for line in refused] == [
        (broken.number, "fuseau horaire inconnu : Nulle/Part")
    ]


@pytest.mark.parametrize("who", AGENDAS)
def test_every_appointment_stands_at_its_wall_time_once(practice: Practice, who: str):
    made = practice.house.rows(MADE)
    resource_id = str({"claire": practice.house.claire, "karim": practice.house.karim}[who])
    booked = Counter((source, wall) for source, wall, resource in made if resource == resource_id)
    assert booked == Counter((entry.value("UID"), wall_of(entry)) for entry in visits(who))


@pytest.mark.parametrize("who", AGENDAS)
def test_the_view_shows_each_month_as_many_as_the_file(practice: Practice, who: str):
    resource_id = {"claire": practice.house.claire, "karim": practice.house.karim}[who]
    query = """SELECT to_char(starts_at AT TIME ZONE 'Europe/Paris', 'YYYY-MM'),
        count(*) FILTER (WHERE status = 'cancelled'), count(*) FROM view_visits WHERE resource_id = %s GROUP BY 1"""
    all_of, cancelled = Counter(), Counter()
    for entry in visits(who):
        all_of[wall_of(entry)[:7]] += 1
        cancelled[wall_of(entry)[:7]] += entry.value("STATUS") == "CANCELLED"
    shown = practice.house.rows(query, resource_id)
    assert {month: (off, every) for month, off, every in shown} == {m: (cancelled[m], all_of[m]) for m in all_of}


def test_the_past_is_over_and_the_future_is_not(practice: Practice):
    query = "SELECT ends_at <= %s, array_agg(DISTINCT status ORDER BY status) FROM view_visits GROUP BY 1 ORDER BY 1"
    assert practice.house.rows(query, NOW) == [(False, ["booked", "cancelled"]), (True, ["cancelled", "completed"])]


@pytest.mark.parametrize("who", AGENDAS)
def test_leave_and_meetings_are_absences(practice: Practice, who: str):
    resource_id = {"claire": practice.house.claire, "karim": practice.house.karim}[who]
    query = """SELECT is_whole_days, count(*), min(starts_at AT TIME ZONE 'Europe/Paris')::text,
        max(ends_at AT TIME ZONE 'Europe/Paris')::text
        FROM view_absences WHERE resource_id = %s GROUP BY 1 ORDER BY 1"""
    assert practice.house.rows(query, resource_id) == [
        (False, 63, "2026-01-06 13:00:00", "2027-03-30 13:30:00"),
        (True, 1, "2026-08-03 00:00:00", "2026-08-24 00:00:00"),
    ]
    at_instant = "SELECT count(*) FROM view_absences WHERE resource_id = %s AND starts_at = %s"
    moved_from, moved_to, left_out = "2026-02-03T12:00Z", "2026-02-03T16:00Z", "2026-07-14T11:00Z"
    counted = [practice.house.rows(at_instant, resource_id, when) for when in (moved_from, moved_to, left_out)]
    assert counted == [[(0,)], [(1,)], [(0,)]]


def test_a_client_is_named_where_the_name_leaves_no_doubt(practice: Practice):
    reasons = Counter(note.reason for who in AGENDAS for line in practice.first[who].lines for note in line.notes)
    assert reasons["client_ambiguous"] == 288 + 292
    assert reasons["client_added"] == 0
    nameless = "SELECT count(*) FROM view_visits WHERE client_id IS NULL"
    assert practice.house.rows(nameless) == [(580,)]


def test_clients_with_an_address_have_their_own_appointments(practice: Practice):
    emails = dict(practice.house.rows("SELECT id::text, email FROM clients"))
    booked = "SELECT state::json->>'source_id', state::json->>'client_id' FROM events WHERE name = 'AppointmentBooked'"
    visitors = dict(practice.house.rows(booked))
    by_address = [entry for who in AGENDAS for entry in visits(who) if "ATTENDEE" in entry.text]
    assert len(by_address) > 2500
    for entry in by_address:
        assert emails[visitors[entry.value("UID")]] == entry.value("ATTENDEE").rpartition(":")[2]
