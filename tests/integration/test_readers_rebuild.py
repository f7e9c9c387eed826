"""A view is built anew beside the live one: whoever looks never sees less than the truth, and never an error."""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from psycopg import Connection

from booking.commands import cancel_appointment
from carnet.wiring import READERS
from kernel import migrations
from kernel.errors import Refusal
from kernel.rebuild import NotRebuilt, alone, rebuild
from kernel.replay import LIMIT
from kernel.store import Store
from projections.agenda import agenda
from tests.integration.readers import VIEWS, differences, killed_at, superuser
from tests.story import House, at, eventually

REBUILDS = 100 if os.environ.get("CARNET_FULL") == "1" else 12
LOOK = """
SELECT (SELECT position FROM positions WHERE reader = 'agenda'), count(DISTINCT appointment_id),
    count(DISTINCT appointment_id) FILTER (WHERE status = 'cancelled') FROM view_agenda"""
TRUTH = """
SELECT count(*) FILTER (WHERE name = 'AppointmentBooked'), count(*) FILTER (WHERE name = 'AppointmentCancelled')
FROM events WHERE position <= %s"""
SHAPE = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relacl::text, pg_get_userbyid(c.relowner),
    (SELECT array_agg(i.indexdef ORDER BY i.indexdef) FROM pg_indexes i WHERE i.tablename = c.relname),
    (SELECT array_agg(p.polname || pg_get_expr(p.polqual, c.oid) ORDER BY p.polname) FROM pg_policy p
        WHERE p.polrelid = c.oid),
    (SELECT array_agg(pg_get_constraintdef(k.oid) ORDER BY k.conname) FROM pg_constraint k WHERE k.conrelid = c.oid),
    (SELECT array_agg(a.attname || format_type(a.atttypid, a.atttypmod) || a.attnotnull ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0)
FROM pg_class c WHERE c.relkind = 'r' AND c.relname LIKE 'view_%%' AND c.relnamespace = 'public'::regnamespace
ORDER BY c.relname"""
ROOMS = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'rebuild_%%'"


@contextmanager
def meanwhile(*acts: Callable[[], Any]) -> Iterator[None]:
    """Each of them again and again, as long as the block lasts; the first error of any is raised."""
    stopping = threading.Event()

    def go_on(act: Callable[[], Any]) -> None:
        while not stopping.is_set():
            act()

    with ThreadPoolExecutor(len(acts)) as pool:
        going = [pool.submit(go_on, act) for act in acts]
        try:
            yield
        finally:
            stopping.set()
        for one in going:
            one.result()


class Hand:
    """Somebody at a desk who books at random and cancels some of it."""

    def __init__(self, house: House, seed: int):
        self.house, self.dice = house, random.Random(seed)

    def write(self) -> None:
        person = self.dice.choice([self.house.claire, self.house.karim])
        try:
            id = self.house.book(at(self.dice.choice([9, 10, 11]), days=self.dice.randrange(60)), resource=person)
            if self.dice.random() < 0.6:
                cancel_appointment(self.house.store, id, by=self.house.by())
        except Refusal:
            time.sleep(0.001)


def rows(store: Store, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with superuser(store) as db:
        return db.execute(query, values).fetchall()


def follow_all(store: Store) -> None:
    if not any([reader.follow(store, 50) for reader in READERS]):
        time.sleep(0.002)


def test_whoever_looks_meanwhile_sees_the_truth_at_every_moment(own_house: House):
    store, looks, waits = own_house.store, [], []

    def look() -> None:
        start = time.monotonic()
        with store.reading(own_house.id) as db:
            looks.append(db.execute(LOOK, prepare=True).fetchone())
        waits.append(time.monotonic() - start)

    hands = [Hand(own_house, seed).write for seed in range(2)]
    with meanwhile(*hands, look, lambda: follow_all(store)):
        for _ in range(REBUILDS):
            rebuild(agenda, store, 30)
    own_house.read_on()
    positions, seen = [position for position, *_ in looks], set(looks)
    assert positions == sorted(positions), "the view went back in time"
    truth = {position: rows(store, TRUTH, position)[0] for position in positions}
    assert {(position, *truth[position]) for position in truth} == seen
    assert len(seen) > 20, "too few looks to prove anything"
    assert max(waits) < 1
    assert differences(store) == []


def test_the_new_tables_are_as_the_old_ones_were(own_house: House):
    own_house.book(at(9))
    own_house.read_on()
    before = rows(own_house.store, SHAPE)
    for view in VIEWS:
        rebuild(view, own_house.store)
    assert rows(own_house.store, SHAPE) == before
    assert rows(own_house.store, ROOMS) == []


def test_a_changed_row_is_set_right(own_house: House):
    own_house.book(at(9))
    own_house.read_on()
    with superuser(own_house.store) as db:
        db.execute("UPDATE view_agenda SET status = 'missed'")
    assert rebuild(agenda, own_house.store) > 0
    assert own_house.rows("SELECT status FROM view_agenda") == [("booked",)]


@pytest.mark.parametrize("statement", [4, 12, 20, 25, 30, 36, 42])
def test_a_killed_rebuild_leaves_the_live_view_and_the_next_one_starts_over(own_house: House, statement: int):
    for hour in (9, 10, 11):
        own_house.book(at(hour))
    own_house.read_on()
    url = own_house.store.database.pool.conninfo
    assert killed_at(statement, url, lambda store: rebuild(agenda, store, 5))
    assert own_house.rows("SELECT count(*) FROM view_agenda") == [(3,)]
    own_house.book(at(14))
    own_house.read_on()
    assert own_house.rows("SELECT count(*) FROM view_agenda") == [(4,)]
    assert eventually(lambda: is_rebuilt(own_house.store))
    assert rows(own_house.store, ROOMS) == []
    assert differences(own_house.store) == []


def is_rebuilt(store: Store) -> bool:
    """The server may take a moment to see that the killed one is gone."""
    try:
        rebuild(agenda, store)
    except NotRebuilt:
        return False
    return True


def test_the_second_of_two_rebuilds_says_so(own_house: House):
    with alone(agenda, own_house.store), pytest.raises(NotRebuilt, match="agenda is being rebuilt already"):
        rebuild(agenda, own_house.store)
    for view in VIEWS:
        with alone(agenda, own_house.store):
            if view is not agenda:
                rebuild(view, own_house.store)


def test_a_long_look_at_the_view_holds_up_the_swap_and_nobody_else(own_house: House):
    own_house.book(at(9))
    own_house.read_on()
    with ThreadPoolExecutor(1) as pool, own_house.store.reading(own_house.id) as db:
        db.execute("SELECT count(*) FROM view_agenda").fetchone()
        swapping = pool.submit(rebuild, agenda, own_house.store)
        until, waits = time.monotonic() + 1.2, []
        while time.monotonic() < until:
            start = time.monotonic()
            assert own_house.rows("SELECT count(*) FROM view_agenda") == [(1,)]
            waits.append(time.monotonic() - start)
        assert not swapping.done()
        db.execute("COMMIT")
        swapping.result(timeout=10)
    assert max(waits) < 0.7


def test_the_live_reader_waits_while_the_tables_change_places(own_house: House, monkeypatch: pytest.MonkeyPatch):
    """Else it could pass an event in the old table after the new one was last looked at."""
    own_house.book(at(9))
    own_house.read_on()
    step, passed_meanwhile = agenda.step, []

    def step_and_write(db: Connection, limit: int, **how: bool) -> int:
        passed = step(db, limit, **how)
        if limit == LIMIT and not passed:
            own_house.book(at(10))
            with own_house.store.database.everywhere() as other:
                passed_meanwhile.append(step(other, limit))
        return passed

    monkeypatch.setattr(agenda, "step", step_and_write)
    rebuild(agenda, own_house.store)
    assert passed_meanwhile == [0]
    own_house.read_on()
    assert own_house.rows("SELECT count(*) FROM view_agenda") == [(2,)]


def test_a_migration_meanwhile_sends_the_rebuild_back(own_house: House, monkeypatch: pytest.MonkeyPatch):
    own_house.book(at(9))
    own_house.read_on()
    advance = agenda.advance

    def migrate_first(*args: Any) -> int:
        with superuser(own_house.store) as db:
            db.execute("INSERT INTO migrations (name) VALUES ('9999_newer.sql') ON CONFLICT DO NOTHING")
        return advance(*args)

    monkeypatch.setattr(agenda, "advance", migrate_first)
    with pytest.raises(NotRebuilt, match="migrated"):
        rebuild(agenda, own_house.store)
    assert own_house.rows("SELECT count(*) FROM view_agenda") == [(1,)]


def test_whoever_vacuums_the_new_tables_is_waited_for(own_house: House, monkeypatch: pytest.MonkeyPatch):
    """As autovacuum does: it holds the table, and then writes to the row that a grant writes to."""
    own_house.book(at(9))
    tried: list[str] = []

    def guard_beside_a_vacuum(db: Connection, table: str) -> None:
        tried.append(table)
        with vacuuming(own_house.store, table):
            migrations.guard(db, table)

    monkeypatch.setattr("kernel.rebuild.guard", guard_beside_a_vacuum)
    rebuild(agenda, own_house.store)
    assert tried == list(agenda.tables)


@contextmanager
def vacuuming(store: Store, table: str) -> Iterator[None]:
    holds = threading.Event()

    def vacuum() -> None:
        with superuser(store) as db, db.transaction():
            db.execute(f"LOCK TABLE rebuild_agenda.{table} IN SHARE UPDATE EXCLUSIVE MODE")
            holds.set()
            assert eventually(lambda: waiting(store))
            db.execute(f"GRANT SELECT ON rebuild_agenda.{table} TO carnet_reader")

    with ThreadPoolExecutor(1) as pool:
        going = pool.submit(vacuum)
        assert holds.wait(5)
        yield
        going.result()


def waiting(store: Store) -> int:
    with superuser(store) as db:
        return db.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()[0]
