"""An event that cannot be read stops its stream for that reader, and nothing else; a release reads it again."""

import time
from uuid import UUID, uuid4

import psycopg
import pytest
from structlog.testing import capture_logs

from agenda.wanted import Wanted
from booking.commands import book_appointment, hold_time, move_appointment
from carnet.wiring import READERS, catch_up
from kernel.errors import Unavailable
from kernel.parked import release
from kernel.rebuild import rebuild
from kernel.store import Store
from projections.agenda import agenda
from tests.integration.readers import VIEWS, differences, parked, position, put, superuser
from tests.story import House, at

STAMPS = '"at":"2026-11-20T08:00:00Z","by":"staff/sonia","via":"desk","command":"0000c0ff-ee00-0000-0000-000000000008"'
EDITED = f'{{{STAMPS},"price_cents":7700}}'
POISON = {
    "a name that only a newer program knows": ("AppointmentTeleported", EDITED),
    "half of a JSON text": ("AppointmentEdited", '{"at": "2026-'),
    "a fact that lacks what it is about": ("AppointmentMoved", f"{{{STAMPS}}}"),
    "ten megabytes": ("AppointmentEdited", f'{{{STAMPS},"note":"{"x" * 10_000_000}"}}'),
    "a hundred thousand brackets": ("AppointmentEdited", "[" * 100_000),
    "nothing but a number": ("AppointmentEdited", "7"),
}


def poison(house: House, id: UUID, name: str, state: str) -> None:
    """The second event of an appointment, and a third that is as it should be."""
    put(house.store, house.id, id, 2, name, state)
    put(house.store, house.id, id, 3, "AppointmentCompleted", f"{{{STAMPS}}}")


def repair(house: House, id: UUID) -> None:
    with superuser(house.store) as db:
        query = "UPDATE events SET name = 'AppointmentEdited', state = %s WHERE stream_id = %s AND version = 2"
        db.execute(query, (EDITED, id))


def release_all(store: Store) -> dict[str, tuple[int, int]]:
    return {reader.name: release(reader, store) for reader in READERS}


def on_agenda(house: House) -> dict[UUID, tuple[str, int]]:
    return {id: rest for id, *rest in house.rows("SELECT appointment_id, status, price_cents FROM view_agenda")}


@pytest.mark.parametrize("kind", POISON)
def test_its_stream_waits_and_the_others_go_on(own_house: House, kind: str):
    bad = own_house.book(at(9))
    poison(own_house, bad, *POISON[kind])
    good = own_house.book(at(10))
    start = time.monotonic()
    own_house.read_on()
    assert time.monotonic() - start < 1
    put(own_house.store, own_house.id, bad, 4, "ClientArrived", f"{{{STAMPS}}}")
    own_house.read_on()
    assert on_agenda(own_house) == {bad: ["booked", 5000], good: ["booked", 5000]}
    assert {reader for reader, stream, version, *_ in parked(own_house.store) if (stream, version) == (bad, 2)} >= {
        "agenda",
        "history",
    }
    assert {stream for _, stream, *_ in parked(own_house.store)} == {bad}


@pytest.mark.parametrize("kind", POISON)
def test_after_the_repair_the_views_are_what_the_log_says(own_house: House, kind: str):
    bad = own_house.book(at(9))
    poison(own_house, bad, *POISON[kind])
    own_house.book(at(10))
    own_house.read_on()
    assert release_all(own_house.store)["agenda"] == (0, 1), "nothing was repaired yet"
    repair(own_house, bad)
    assert release_all(own_house.store)["agenda"] == (1, 0)
    assert parked(own_house.store) == []
    assert on_agenda(own_house)[bad] == ["completed", 7700]
    assert differences(own_house.store) == []


def test_one_line_of_the_log_says_what_was_parked_and_why(own_house: House):
    bad = own_house.book(at(9))
    own_house.read_on()
    poison(own_house, bad, "AppointmentTeleported", EDITED)
    with capture_logs() as lines:
        own_house.read_on()
        own_house.book(at(10))
        own_house.read_on()
    said = [line for line in lines if line["event"] == "stream parked" and line["reader"] == "agenda"]
    assert [(line["stream"], line["version"], line["failure"]) for line in said] == [
        (str(bad), 2, "EventUnknown: AppointmentTeleported")
    ]


def test_whoever_waits_for_a_position_waits_no_longer_for_it(own_house: House):
    bad = own_house.book(at(9))
    poison(own_house, bad, *POISON["half of a JSON text"])
    position = book_appointment(
        own_house.store, uuid4(), None, at(10), [Wanted(own_house.massage, (own_house.claire,))], by=own_house.by()
    )
    own_house.read_on()
    assert own_house.store.wait_for(position, timeout=0)


def test_a_handler_that_raises_parks_one_stream_of_many(own_house: House, monkeypatch: pytest.MonkeyPatch):
    ids = [own_house.book(at(hour, days=day)) for day in range(4) for hour in (9, 10, 11, 14, 15)]
    bad = ids[7]
    move_appointment(own_house.store, bad, at(16), by=own_house.by())
    draw = agenda.handlers["AppointmentBooked"]

    def stumble(lines, event):
        return draw(lines, event) if event.originator_id != bad else 1 / 0

    monkeypatch.setitem(agenda.handlers, "AppointmentBooked", stumble)
    own_house.read_on()
    assert set(on_agenda(own_house)) == {*ids} - {bad}
    assert parked(own_house.store) == [("agenda", bad, 1, "AppointmentBooked", "ZeroDivisionError: division by zero")]
    monkeypatch.setitem(agenda.handlers, "AppointmentBooked", draw)
    assert release(agenda, own_house.store) == (1, 0)
    assert set(on_agenda(own_house)) == set(ids)
    assert differences(own_house.store) == []


def test_what_the_database_refuses_is_parked_too(own_house: House):
    """Read without complaint, and then no row can hold it."""
    good, bad = own_house.book(at(9)), uuid4()
    with superuser(own_house.store) as db:
        query = "SELECT replace(state, '\"price_cents\"', '\"currency\":\"EU\\u0000\",\"price_cents\"') FROM events "
        (state,) = db.execute(query + "WHERE stream_id = %s", (good,)).fetchone()
    put(own_house.store, own_house.id, bad, 1, "AppointmentBooked", state)
    own_house.read_on()
    assert set(on_agenda(own_house)) == {good}
    assert ("agenda", bad, 1, "AppointmentBooked") in [line[:4] for line in parked(own_house.store)]


def test_a_policy_parks_and_queues_its_job_once_released(own_house: House):
    hold = uuid4()
    hold_time(own_house.store, hold, at(9), [Wanted(own_house.massage, (own_house.claire,))], by=own_house.by())
    with superuser(own_house.store) as db:
        (state,) = db.execute("SELECT state FROM events WHERE stream_id = %s", (hold,)).fetchone()
        db.execute("UPDATE events SET state = left(state, 20) WHERE stream_id = %s", (hold,))
        own_house.read_on()
        assert own_house.rows("SELECT key FROM jobs") == []
        db.execute("UPDATE events SET state = %s WHERE stream_id = %s", (state, hold))
    assert release_all(own_house.store)["endings"] == (1, 0)
    assert own_house.rows("SELECT key FROM jobs") == [(f"end_hold/{hold}",)]


@pytest.mark.parametrize("away", [psycopg.OperationalError("gone"), psycopg.errors.UndefinedTable("not yet migrated")])
def test_a_database_that_is_away_or_of_another_shape_parks_nobody(
    own_house: House, monkeypatch: pytest.MonkeyPatch, away: Exception
):
    own_house.read_on()
    before = position(own_house.store, agenda)
    own_house.book(at(9))

    def fail(*_):
        raise away

    monkeypatch.setattr(agenda, "apply", fail)
    with pytest.raises((Unavailable, psycopg.Error)):
        agenda.follow(own_house.store)
    assert parked(own_house.store) == []
    assert position(own_house.store, agenda) == before


def test_a_rebuild_finds_what_was_repaired_and_parks_what_was_not(own_house: House):
    repaired, bad = own_house.book(at(9)), own_house.book(at(10))
    for id in (repaired, bad):
        poison(own_house, id, *POISON["half of a JSON text"])
    own_house.read_on()
    repair(own_house, repaired)
    for view in VIEWS:
        rebuild(view, own_house.store)
    assert {stream for reader, stream, *_ in parked(own_house.store) if reader == "agenda"} == {bad}
    assert on_agenda(own_house) == {repaired: ["completed", 7700], bad: ["booked", 5000]}
    assert differences(own_house.store) == []


def test_two_organisations_may_give_one_identifier_to_two_appointments(own_store: Store):
    """Identifiers come from outside; what one house does under one must not show in another."""
    here, there, id = House(own_store), House(own_store), uuid4()
    here.book(at(9), id=id)
    there.book(at(10), id=id)
    catch_up(own_store)
    put(own_store, there.id, id, 2, "AppointmentEdited", EDITED)
    catch_up(own_store)
    assert (on_agenda(here), on_agenda(there)) == ({id: ["booked", 5000]}, {id: ["booked", 7700]})
    assert here.rows("SELECT count(*) FROM view_history WHERE stream_id = %s", id) == [(1,)]
    assert differences(own_store) == []
