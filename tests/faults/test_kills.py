"""SIGKILL at every step of a booking, a batch, a job: nothing acknowledged is lost and nothing is doubled."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from accounts.acting import acts_for
from booking import policies
from carnet.wiring import JOBS, READERS, catch_up
from kernel.actors import Act
from kernel.jobs import Job, Worker, queue
from kernel.store import Store
from tests.api.program import SETTINGS, Program
from tests.faults.killing import killed_at
from tests.late import LateStore
from tests.story import NOW, House, at
from web import visit
from web.app import create_app

IS_FULL = os.environ.get("CARNET_FULL") == "1"
BOOKINGS, BATCHES, DEEDS = (8000, 1000, 1000) if IS_FULL else (320, 120, 60)
# A day holds seven hours of appointments; each booking of the test takes one of its own.
HOURS = (9, 10, 11, 14, 15, 16, 17)


# Connections do not survive a fork: each process has its own.
LATE = LateStore()
APP = create_app(LATE, SETTINGS)


@pytest.fixture
def program(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """The clock stands still, so that the hours of the story are yet to come."""
    monkeypatch.setattr(visit, "now", lambda: NOW)
    LATE.store = house.store
    yield Program(house, APP)
    LATE.store = house.store


def hour(number: int) -> str:
    """The number-th hour of the house's weekdays."""
    week, rest = divmod(number, 5 * len(HOURS))
    day, which = divmod(rest, len(HOURS))
    return at(HOURS[which], days=7 * week + day - 1).isoformat()


def call_in_child(program: Program, key: str, starts_at: str, url: str) -> Callable[[], tuple[int, bytes]]:
    def booked() -> tuple[int, bytes]:
        LATE.store = Store(url, size=1)
        return call(program, key, starts_at)

    return booked


def call(program: Program, key: str, starts_at: str) -> tuple[int, bytes]:
    """One booking over HTTP."""
    answer = program.browser.post(
        "/api/v1/appointments",
        json={"starts_at": starts_at, "services": [wanted(program.house)], "note": "Sonner deux fois"},
        headers={"Authorization": f"Bearer {program.secret}", "Idempotency-Key": key},
    )
    return answer.status_code, answer.data


def wanted(house: House) -> dict[str, object]:
    return {"service_id": str(house.massage), "resource_ids": [str(house.claire)]}


def test_a_web_process_killed_at_any_step_of_a_booking(program: Program, database_url: str):
    """The retry under the same key answers as the dead process did, if it did; and one appointment stands."""
    whole, answer, steps = killed_at(10**9, call_in_child(program, "count", hour(0), database_url))
    assert (whole, answer[0]) == (True, 201)
    acknowledged = unheard = 0
    for number in range(1, BOOKINGS + 1):
        key, starts_at = f"k{number}", hour(number)
        whole, told, _ = killed_at(1 + number % steps, call_in_child(program, key, starts_at, database_url))
        again = call(program, key, starts_at)
        assert again[0] == 201, again
        if told is None:
            unheard += 1
        else:
            acknowledged += 1
            assert again == told
        assert call(program, key, starts_at) == again
    kept = program.house.rows(
        "SELECT count(*), count(DISTINCT stream_id), max(version) FROM events WHERE name = 'AppointmentBooked'"
    )
    assert kept == [(BOOKINGS + 1, BOOKINGS + 1, 1)]
    assert program.house.rows("SELECT count(*) FROM claims") == [(BOOKINGS + 1,)]
    assert program.house.rows("SELECT count(*) FROM texts WHERE kind = 'note'") == [(BOOKINGS + 1,)]
    assert acknowledged > 0
    assert unheard > BOOKINGS * 0.8


def test_readers_killed_at_any_step_of_a_batch(house: House, database_url: str):
    """Position and rows commit together: whoever reads on finds neither a hole nor a row twice."""
    number = 0

    def read_some() -> None:
        store = Store(database_url, size=1)
        for reader in READERS:
            reader.follow(store, limit=3)

    for batch in range(BATCHES):
        if batch % 4 == 0:
            house.book(at(HOURS[number % 7], days=number // 7 * 7))
            number += 1
        killed_at(1 + batch * 7 % 150, read_some)
    catch_up(house.store)
    booked = house.rows("SELECT count(*) FROM events WHERE name = 'AppointmentBooked'")[0][0]
    for view in ("view_agenda", "view_visits"):
        assert house.rows(f"SELECT count(*), count(DISTINCT appointment_id) FROM {view}") == [(booked, booked)]
    events = house.rows("SELECT count(*) FROM events")
    assert house.rows("SELECT count(*) FROM view_history") == events
    assert house.rows("SELECT count(*) FROM (SELECT DISTINCT stream_id, version FROM view_history) h") == events


def test_a_worker_killed_at_any_step_of_a_job(house: House, database_url: str, monkeypatch: pytest.MonkeyPatch):
    """Its lease runs out, another does the job, and what the job brings about happens once."""
    ids: list[UUID] = []
    for number in range(DEEDS):
        id = house.book(at(HOURS[number % 7], days=number // 7 * 7), status="requested")
        key = f"end_request/{id}"
        with house.store.database.everywhere() as db:
            queue(db, house.id, [Job("end_request", key, {"id": str(id)}, NOW)])
        ids.append(id)
        killed_at(1 + number % 24, work_in_child(database_url, house.id, key))
        Worker(house.store, late_jobs()).do(str(house.id), key)
    ended = "SELECT count(*) FROM events WHERE name = 'AppointmentExpired' GROUP BY stream_id"
    assert house.rows(ended) == [(1,)] * DEEDS
    assert house.rows("SELECT count(*) FROM claims") == [(0,)]
    assert house.rows("SELECT count(*) FROM jobs WHERE done_at IS NULL AND key LIKE 'end_request/%%'") == [(0,)]


def work_in_child(url: str, owner: UUID, key: str) -> Callable[[], None]:
    return lambda: Worker(Store(url, size=1), late_jobs()).do(str(owner), key)


def late_jobs() -> dict:
    """The jobs of the house, some days later: requests have waited long enough."""

    @acts_for("endings")
    def end(store: Store, by: Act, id: str) -> None:
        later = replace(by.once(f"end/{id}"), at=NOW + timedelta(days=30))
        try:
            policies.expire_appointment(store, UUID(id), by=later)
        except policies.NotWaiting:
            return

    return JOBS | {"end_request": end}
