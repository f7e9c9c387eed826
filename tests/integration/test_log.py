"""The log under many writers: nothing missed, nothing doubled, nobody over capacity."""

import os
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from agenda.commands import change_resource, plan_absence
from agenda.wanted import Wanted
from booking.appointment import Appointment
from booking.commands import (
    book_appointment,
    cancel_appointment,
    edit_appointment,
    expire_hold,
    hold_time,
    move_appointment,
)
from booking.hold import Hold
from carnet.wiring import READERS
from clients.commands import create_client, edit_client
from kernel.errors import Refusal, TimeNotFree
from kernel.events import Event
from kernel.migrations import HOUSE_TABLES
from kernel.reader import Reader
from kernel.rebuild import rebuild
from kernel.store import Store
from kernel.tail import events_since, horizon
from tests.story import NOW, House, at

FULL = os.environ.get("CARNET_FULL") == "1"
WRITERS = 16
ACTS_EACH = 400 if FULL else 12
# Tuesdays to Fridays, week after week.
DAYS = [week * 7 + day for week in range(5) for day in range(4)]


class Racer:
    """One of many who book, move, cancel and hold at random on the same few resources."""

    def __init__(self, house: House, seed: int):
        self.house, self.dice = house, random.Random(seed)
        self.acknowledged: list[UUID] = []
        self.holds: list[UUID] = []
        self.refusals: Counter = Counter()

    def run(self) -> "Racer":
        for _ in range(ACTS_EACH):
            try:
                self.act()
            except Refusal as refused:
                self.refusals[type(refused).__name__] += 1
        return self

    def act(self) -> None:
        kind = self.dice.random()
        if kind < 0.5 or not self.acknowledged:
            self.book()
        elif kind < 0.65:
            move_appointment(self.house.store, self.dice.choice(self.acknowledged), self.time(), by=self.house.by())
        elif kind < 0.8:
            cancel_appointment(self.house.store, self.acknowledged.pop(), by=self.house.by())
        elif kind < 0.9 or not self.holds:
            self.hold()
        else:
            late = self.house.by(at=NOW + timedelta(hours=1))
            expire_hold(self.house.store, self.holds.pop(), by=late)

    def book(self) -> None:
        id = uuid4()
        book_appointment(self.house.store, id, None, self.time(), self.wanted(), by=self.house.by(key=str(id)))
        self.acknowledged.append(id)

    def hold(self) -> None:
        id = uuid4()
        hold_time(self.house.store, id, self.time(), self.wanted(), by=self.house.by())
        self.holds.append(id)

    def time(self):
        return at(9) + timedelta(minutes=15 * self.dice.randrange(8))

    def wanted(self) -> list[Wanted]:
        service = self.dice.choice([self.house.massage, self.house.class_of_three, self.house.check_up])
        return [Wanted(service, (self.dice.choice([self.house.claire, self.house.karim]),))]


def race(house: House) -> list[Racer]:
    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(lambda seed: Racer(house, seed).run(), range(WRITERS)))


def replayed_claims(store: Store, house: House) -> set[tuple]:
    """What the ledger must hold, from the events alone."""
    taken: dict[UUID, list] = {}
    for event in all_events(store):
        if event.organisation_id == house.id and event.claims() is not None:
            taken[event.originator_id] = event.claims()
    return {
        (stream, claim.resource_id, claim.seat, claim.starts_at, claim.ends_at)
        for stream, claims in taken.items()
        for claim in claims
    }


def all_events(store: Store) -> list[Event]:
    found: list[Event] = []
    while batch := list(events_since(store, found[-1].position if found else 0)):
        found += batch
    return found


def test_sixteen_writers_are_never_over_capacity_and_lose_nothing(house: House):
    racers = race(house)
    assert sum(racer.refusals["TimeNotFree"] for racer in racers) > 0, "the race was no race"
    overlaps = """
        SELECT count(*) FROM claims a JOIN claims b ON a.resource_id = b.resource_id AND a.seat = b.seat
        AND (a.stream_id, a.starts_at) < (b.stream_id, b.starts_at)
        AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"""
    assert house.rows(overlaps) == [(0,)]
    assert house.rows("SELECT count(*) FROM claims WHERE seat > capacity") == [(0,)]
    with house.store.log(house.by()) as log:
        stored = [log.find(Appointment, id) for racer in racers for id in racer.acknowledged]
    assert all(appointment and appointment.status == "booked" for appointment in stored)
    rows = house.rows("SELECT stream_id, resource_id, seat, starts_at, ends_at FROM claims")
    live = {row for row in replayed_claims(house.store, house) if not is_expired_hold(house, row[0])}
    assert {row for row in rows if not is_expired_hold(house, row[0])} == live


def is_expired_hold(house: House, id: UUID) -> bool:
    """Holds may give their time to others from their expiry on, whether or not somebody has noted it."""
    with house.store.log(house.by()) as log:
        return log.find(Hold, id) is not None if is_hold(house, id) else False


def is_hold(house: House, id: UUID) -> bool:
    return house.rows("SELECT name FROM events WHERE stream_id = %s AND version = 1", id) == [("TimeHeld",)]


def test_the_same_key_sent_by_many_at_once_is_one_booking(house: House):
    id, by = uuid4(), house.by(key="double-click")
    wanted = [Wanted(house.massage, (house.claire,))]
    with ThreadPoolExecutor(WRITERS) as pool:
        send = lambda _: book_appointment(house.store, id, None, at(10), wanted, by=by)  # noqa: E731
        positions = set(pool.map(send, range(WRITERS)))
    assert len(positions) == 1
    assert house.rows("SELECT count(*) FROM events WHERE stream_id = %s", id) == [(1,)]


def test_changes_of_one_appointment_at_once_are_all_kept_in_order(house: House):
    id = house.book(at(10))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda cents: edit_appointment(house.store, id, price_cents=cents, by=house.by()), range(1, 7)))
    versions = house.rows("SELECT array_agg(version ORDER BY version) FROM events WHERE stream_id = %s", id)
    assert versions == [([1, 2, 3, 4, 5, 6, 7],)]


def test_one_of_many_takes_the_last_place_of_each_day(house: House):
    """A rule that no constraint states: it holds only because the ledger is read under the resource's lock."""
    change_resource(house.store, house.claire, max_per_day=1, by=house.by())
    together = threading.Barrier(7)

    def book(hour: int) -> list[int]:
        taken = []
        for day in DAYS:
            together.wait()
            try:
                house.book(at(hour, days=day))
            except Refusal:
                continue
            taken.append(day)
        return taken

    with ThreadPoolExecutor(7) as pool:
        taken = Counter(day for days in pool.map(book, (9, 10, 11, 14, 15, 16, 17)) for day in days)
    assert taken == Counter(DAYS)


def test_the_constraint_alone_refuses_what_slips_past_the_rules(house: House):
    """The last wall: rows written by hand, past every rule."""
    house.book(at(10))
    copy = """
        INSERT INTO claims SELECT organisation_id, %s, resource_id, seat, starts_at, ends_at, kind, before_minutes,
        after_minutes, capacity, counts_on, expires_at FROM claims"""
    with pytest.raises(Exception, match="one_at_a_time"):
        house.rows(copy, uuid4())


class Tail(Reader):
    """Remembers every position that it was given."""

    def __init__(self, name: str):
        super().__init__(name)
        self.seen: list[int] = []

    def wants(self, event_name: str) -> bool:
        return True

    def apply(self, events, db) -> None:
        self.seen += [event.position for event in events]


def write_clients(house: House, stopping: threading.Event) -> int:
    written = 0
    while not stopping.is_set():
        create_client(house.store, id := uuid4(), {"last_name": "Test"}, by=house.by())
        edit_client(house.store, id, {"last_name": str(written)}, by=house.by())
        written += 2
    return written


@pytest.fixture
def tail(store: Store):
    reader = Tail(f"tail-{uuid4()}")
    yield reader
    with store.database.everywhere() as db:
        db.execute("DELETE FROM positions WHERE reader = %s", (reader.name,))


def test_a_reader_beside_six_writers_misses_nothing(house: House, tail: Tail):
    stopping = threading.Event()
    with ThreadPoolExecutor(6) as pool:
        writers = [pool.submit(write_clients, house, stopping) for _ in range(6)]
        until = time.monotonic() + (60 if FULL else 3)
        while time.monotonic() < until:
            tail.follow(house.store, 50)
        stopping.set()
        written = sum(writer.result() for writer in writers)
    while tail.follow(house.store):
        pass
    with house.store.database.everywhere() as db:
        known = [position for (position,) in db.execute("SELECT position FROM events ORDER BY position")]
    assert tail.seen == known
    assert written > 100, "too few writes to prove anything"


def test_the_horizon_waits_for_a_writer_that_has_its_number_and_has_not_committed(house: House):
    """A slow writer holds number n while a fast one commits n + 1: a cursor past n + 1 would lose n."""
    slow_may_commit, slow_has_written = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with house.store.log(house.by()) as log:
            create_client(log, uuid4(), {"last_name": "Lente"}, by=house.by())
            log.connection.execute("SELECT 1").fetchone()
            slow_has_written.set()
            slow_may_commit.wait(5)

    slow = threading.Thread(target=write_slowly)
    slow.start()
    slow_has_written.wait(5)
    fast = create_client(house.store, uuid4(), {"last_name": "Vite"}, by=house.by())
    found: list[int] = []
    looking = threading.Thread(target=lambda: found.append(look_at_horizon(house.store)))
    looking.start()
    time.sleep(0.2)
    assert not found, "the horizon passed a number that was still being written"
    slow_may_commit.set()
    slow.join()
    looking.join(5)
    assert found[0] >= fast


def look_at_horizon(store: Store) -> int:
    with store.database.everywhere() as db:
        return horizon(db, 0)


def test_readers_that_compete_for_a_view_take_turns(house: House):
    for hour in (9, 10, 11):
        house.book(at(hour))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: house.read_on(), range(4)))
    assert house.rows("SELECT count(*) FROM view_agenda") == [(3,)]


@pytest.mark.parametrize("reader", [reader for reader in READERS if reader.tables], ids=lambda reader: reader.name)
@pytest.mark.parametrize("batch", [3, 1000])
def test_a_rebuilt_view_equals_the_followed_one_byte_for_byte(
    house: House, reader: Reader, batch: int, database_url: str
):
    race(house)
    plan_absence(house.store, uuid4(), house.claire, at(16), at(17), reason="Formation", by=house.by())
    house.read_on()
    followed = [dump(house.store, table) for table in reader.tables]
    # Nobody in this race plans a series, or is written to.
    assert all(followed) or reader.name in ("series", "occurrences", "messages")
    # It makes tables, which the owner alone may.
    with closing(Store(database_url, size=3)) as owner:
        rebuild(reader, owner, batch)
    assert [dump(house.store, table) for table in reader.tables] == followed


def dump(store: Store, table: str) -> list[str]:
    with store.database.everywhere() as db:
        return [row for (row,) in db.execute(f"SELECT t::text FROM {table} t ORDER BY 1")]


def test_waiting_for_a_position_ends_when_the_readers_have_passed_it(house: House):
    position = create_client(house.store, uuid4(), {"last_name": "Attendue"}, by=house.by())
    assert not house.store.wait_for(position, timeout=0.05)
    reading = threading.Thread(target=house.read_on)
    reading.start()
    assert house.store.wait_for(position, timeout=5)
    reading.join()


def test_events_never_change(house: House):
    house.book(at(10))
    for statement in ("UPDATE events SET state = '{}'", "DELETE FROM events"):
        with pytest.raises(Exception, match="permission denied"):
            house.rows(statement)


def test_without_an_organisation_no_row_is_read(house: House):
    house.book(at(10))
    with house.store.database.pool.connection() as connection, connection.transaction():
        connection.execute("SELECT set_config('role', 'carnet_app', true)")
        with pytest.raises(Exception, match="invalid input syntax for type uuid|unrecognized configuration"):
            connection.execute("SELECT count(*) FROM events").fetchall()


def test_nothing_of_a_transaction_stays_on_its_connection(store: Store):
    """A pool hands connections on: whoever gets one next finds neither the role nor the organisation of the last."""
    alone = Store(store.database.pool.conninfo, size=1)
    with alone.reading(uuid4()) as connection:
        inside = connection.execute("SELECT current_user, current_setting('carnet.organisation')").fetchone()
    with alone.database.pool.connection() as connection:
        after = connection.execute("SELECT current_user, current_setting('carnet.organisation', true)").fetchone()
    alone.close()
    assert inside[0] == "carnet_app"
    assert after[0] != "carnet_app"
    assert not after[1]


def test_every_table_of_an_organisation_is_behind_the_wall(store: Store):
    with store.database.everywhere() as db:
        tables = db.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall()
    assert {name for name, is_walled in tables if not is_walled} == set(HOUSE_TABLES)


def test_a_lost_race_for_one_slot_is_one_booking_and_clear_refusals(house: House):
    def book(_: int) -> str:
        try:
            house.book(at(10))
        except TimeNotFree as refused:
            return refused.facts["taken_by"]
        return "mine"

    with ThreadPoolExecutor(WRITERS) as pool:
        answers = Counter(pool.map(book, range(WRITERS)))
    assert answers.pop("mine") == 1
    assert list(answers.values()) == [WRITERS - 1]
