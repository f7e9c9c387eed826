"""What is over goes when its time has come, not a second before; what is needed stays, however old it is."""

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from accounts.people import links
from accounts.people.acts import as_self
from accounts.people.commands import register_person
from accounts.people.retention import OF_A_PERSON
from accounts.team.commands import change_member_role, make_invitation
from agenda.wanted import Wanted
from booking.commands import cancel_appointment, hold_time, move_appointment
from carnet import wiring
from carnet.retention import KEPT
from carnet.wiring import JOBS, READERS
from clients.commands import create_client
from kernel import clock, retention
from kernel.errors import Unavailable
from kernel.migrations import HOUSE_TABLES
from kernel.retention import BusyElsewhere, Kept, Prunes, Sweeper
from kernel.store import Store
from tests import story
from tests.integration.catalogue import OURS, insert, row_of
from tests.story import House, at, eventually
from webhooks.commands import subscribe
from webhooks.delivering import replay

# All instants of the catalogue's rows.
OVER_AT = datetime(2030, 1, 1, tzinfo=UTC)
A_SECOND, A_CENTURY = timedelta(seconds=1), timedelta(days=36500)
SWEPT = [one for one in KEPT if isinstance(one, Kept)]
PERSON = {"kind": "Person", "stream_id": OURS, "state": "{}"}
DUE = "SELECT organisation_id, key FROM jobs WHERE done_at IS NULL AND due_at <= now()"
LATER = OVER_AT + 2 * A_CENTURY

Row = tuple[str, dict[str, Any]]

# What there must be for a row of a table to be over, besides the row itself.
BESIDE: dict[str, list[Row]] = {
    "webhook_deliveries": [("webhook_deliveries", {"position": 2})],
    "people": [(table, PERSON if table == "states" else {}) for table in OF_A_PERSON if table != "people"],
}
# Rows that are needed, each as it differs from one that is over, with what there is besides.
NEEDED: dict[str, list[tuple[dict[str, Any], list[Row]]]] = {
    "jobs": [({"done_at": None}, [])],
    "letters": [({"settled_at": None}, [])],
    "webhook_secrets": [({"good_until": None}, [])],
    "webhook_deliveries": [
        ({}, []),
        ({"delivered_at": None}, [("webhook_deliveries", {"position": 2})]),
        ({}, [("webhook_deliveries", {"position": 2}), ("webhook_attempts", {})]),
    ],
    "people": [
        ({}, []),
        ({}, [("states", PERSON | {"state": '{"is_email_confirmed":true}'})]),
        ({}, [("states", PERSON | {"state": '{"is_support":true}'})]),
        ({}, [("states", PERSON), ("members", {"organisation_id": uuid4(), "person_id": OURS})]),
        ({}, [("states", PERSON), ("links", {"asked_at": LATER})]),
        ({}, [("states", PERSON), ("sessions", {"seen_at": LATER})]),
        ({"written_at": LATER}, [("states", PERSON)]),
    ],
}


def put(store: Store, *rows: Row) -> None:
    with psycopg.connect(store.database.pool.conninfo) as db:
        db.execute("SET session_replication_role = replica")
        for table, facts in rows:
            insert(db, table, row_of(db, table, OURS) | facts)


def count(store: Store, table: str) -> int:
    with psycopg.connect(store.database.pool.conninfo) as db:
        return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def put_over(store: Store, one: Prunes, home: Path) -> Callable[[], int]:
    """Something that is over since then; returns what counts it."""
    if not isinstance(one, Kept):
        file = home / "mail" / "letter.eml"
        file.parent.mkdir()
        file.touch()
        os.utime(file, (OVER_AT.timestamp(), OVER_AT.timestamp()))
        return lambda: len(list(file.parent.iterdir()))
    beside = BESIDE.get(one.table, [])
    put(store, (one.table, {}), *beside)
    stays = sum(table == one.table for table, _ in beside)
    return lambda: count(store, one.table) - stays


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CARNET_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("one", KEPT, ids=lambda one: one.name)
def test_what_is_over_is_there_until_its_time_has_come_and_then_is_gone(own_store: Store, one: Prunes, home: Path):
    left = put_over(own_store, one, home)
    one.prune(own_store, OVER_AT + one.period - A_SECOND)
    assert left() == 1
    assert one.prune(own_store, OVER_AT + one.period + A_SECOND) == 1
    assert left() == 0
    assert one.prune(own_store, OVER_AT + A_CENTURY) == 0


def test_of_a_person_nothing_stays_but_facts(own_store: Store):
    one = next(one for one in KEPT if one.name == "people")
    put(own_store, ("people", {}), *BESIDE["people"], ("events", {}))
    one.prune(own_store, OVER_AT + A_CENTURY)
    assert {table: count(own_store, table) for table in OF_A_PERSON} == dict.fromkeys(OF_A_PERSON, 0)
    assert count(own_store, "events") == 1


@pytest.mark.parametrize(
    ("table", "row", "beside"), [(table, *case) for table, cases in NEEDED.items() for case in cases]
)
def test_what_is_needed_stays_however_old_it_is(own_store: Store, table: str, row: dict[str, Any], beside: list[Row]):
    put(own_store, (table, row), *beside)
    before = count(own_store, table)
    (one,) = [one for one in SWEPT if one.table == table]
    assert one.prune(own_store, OVER_AT + A_CENTURY) == 0
    assert count(own_store, table) == before


def test_the_list_of_what_is_needed_is_whole(own_store: Store):
    """Whatever is over by more than time alone has a row above that stays."""
    nullable = "SELECT 1 FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s AND NOT attnotnull"
    with psycopg.connect(own_store.database.pool.conninfo) as db:
        asked = {
            one.table
            for one in SWEPT
            if type(one) is not Kept or one.needed != "false" or db.execute(nullable, (one.table, one.since)).fetchone()
        }
    assert asked == set(NEEDED)


@pytest.mark.parametrize("one", [one for one in SWEPT if one.table not in HOUSE_TABLES], ids=lambda one: one.table)
def test_what_is_over_is_found_by_an_index(own_store: Store, one: Kept):
    """Counts at the door are few, as they are gone an hour after they are over."""
    asked = f"EXPLAIN SELECT FROM {one.table} WHERE {one.is_over}"
    with psycopg.connect(own_store.database.pool.conninfo) as db:
        db.execute("SET enable_seqscan = off")
        plan = "\n".join(line for (line,) in db.execute(asked, {"before": OVER_AT}))
    assert "Seq Scan" not in plan, plan


def test_more_than_a_batch_goes_batch_after_batch(own_store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retention, "BATCH", 10)
    long_ago = clock.now() - A_CENTURY
    put(own_store, *[("jobs", {"key": str(number), "done_at": long_ago}) for number in range(25)])
    assert retention.JOBS.prune(own_store, clock.now()) == 10
    assert swept(own_store)["jobs"] == 15


def swept(store: Store, *, is_trusted: bool = True) -> dict[str, int]:
    return Sweeper(store, KEPT, lambda: is_trusted).sweep(threading.Event())


def test_nothing_goes_by_a_clock_that_is_not_trusted(own_store: Store, monkeypatch: pytest.MonkeyPatch):
    put(own_store, ("jobs", {}), ("commands", {}))
    monkeypatch.setattr(clock, "now", lambda: OVER_AT + A_CENTURY)
    assert sum(swept(own_store).values()) == 0
    monkeypatch.undo()
    put(own_store, ("jobs", {"key": "old", "done_at": clock.now() - A_CENTURY}))
    assert sum(swept(own_store, is_trusted=False).values()) == 0
    assert swept(own_store)["jobs"] == 1


def test_two_do_not_sweep_at_once(own_store: Store):
    with retention.sweeping(own_store), pytest.raises(BusyElsewhere):
        retention.JOBS.prune(own_store, clock.now())


def test_whoever_works_on_a_row_is_not_waited_for_and_the_next_table_has_its_turn(own_store: Store):
    long_ago = clock.now() - A_CENTURY
    put(own_store, ("jobs", {"done_at": long_ago}), ("commands", {"at": long_ago}))
    began = time.monotonic()
    with psycopg.connect(own_store.database.pool.conninfo) as db:
        db.execute("SELECT FROM jobs FOR UPDATE")
        with pytest.raises(Unavailable):
            retention.JOBS.prune(own_store, clock.now())
        gone = swept(own_store)
    assert (gone["jobs"], gone["commands"]) == (0, 1)
    assert time.monotonic() - began < 8


def test_a_worker_sweeps(own_store: Store, monkeypatch: pytest.MonkeyPatch):
    put(own_store, ("jobs", {"done_at": clock.now() - A_CENTURY}))
    stopping = threading.Event()
    monkeypatch.setattr(retention, "FIRST", 0.01)
    monkeypatch.setattr(wiring, "stop_on_signals", lambda: stopping)
    monkeypatch.setenv("DATABASE_URL", own_store.database.pool.conninfo)
    worker = threading.Thread(target=wiring.run_worker)
    worker.start()
    is_gone = eventually(lambda: count(own_store, "jobs") == 0)
    stopping.set()
    worker.join()
    assert is_gone


def test_a_key_counts_for_ninety_days_and_then_is_free(own_house: House):
    def create(id: UUID) -> int:
        return create_client(own_house.store, id, {"last_name": "Rousseau"}, by=own_house.by().once("once"))

    id = uuid4()
    known = create(id)
    retention.KEYS.prune(own_house.store, story.NOW + timedelta(days=89))
    assert create(id) == known
    retention.KEYS.prune(own_house.store, story.NOW + timedelta(days=91))
    assert create(uuid4()) > known


def test_what_was_delivered_long_ago_can_be_sent_again(own_house: House):
    id = uuid4()
    subscribe(own_house.store, id, "https://example.org/hooks", by=own_house.by())
    own_house.book(at(10))
    own_house.book(at(14))
    own_house.read_on()
    with own_house.store.database.everywhere() as db:
        db.execute("UPDATE webhook_deliveries SET delivered_at = %s", (story.NOW,))
    assert swept_at(own_house.store, story.NOW + timedelta(days=31))["webhook_deliveries"] == 1
    replay(own_house.store, own_house.id, subscription_id=str(id), after=0, until=10_000)
    with own_house.store.database.everywhere() as db:
        assert db.execute("SELECT count(*) FROM webhook_deliveries WHERE delivered_at IS NULL").fetchone()[0] >= 2


def swept_at(store: Store, now: datetime) -> dict[str, int]:
    return {one.name: one.prune(store, now) for one in KEPT}


def test_what_is_done_is_not_done_again_when_its_rows_are_gone_and_the_log_is_read_anew(
    own_store: Store, home: Path, monkeypatch: pytest.MonkeyPatch
):
    """Once-only jobs need their rows for as long as they may go wrong; after that what they are about is settled."""
    long_ago = clock.now() - timedelta(days=100)
    monkeypatch.setattr(story, "NOW", long_ago)
    house = lived(own_store, long_ago)
    done, facts = all_done(house), count(own_store, "events")
    assert done > 5
    for letter in home.rglob("*.eml"):
        letter.unlink()
    swept_at(own_store, clock.now() + A_CENTURY)
    assert (count(own_store, "jobs"), count(own_store, "letters"), count(own_store, "commands")) == (0, 0, 0)
    with own_store.database.everywhere() as db:
        policies = [reader.name for reader in READERS if not reader.tables]
        db.execute("UPDATE positions SET position = 0 WHERE reader = ANY(%s)", (policies,))
    assert all_done(house) >= done
    assert (count(own_store, "events"), list(home.rglob("*.eml"))) == (facts, [])


def lived(store: Store, then: datetime) -> House:
    """A house where much has happened."""
    house = House(store)
    house.join()
    client = house.client(email="emilie@exemple.fr", phone="+33612345678")
    first = house.book(at(10), client_id=client)
    move_appointment(store, first, at(14), by=house.by())
    cancel_appointment(store, house.book(at(10), client_id=client), by=house.by())
    hold_time(store, uuid4(), at(16), [Wanted(house.massage, (house.claire,))], by=house.by())
    invited = {"role": "viewer", "email": "karim@exemple.fr", "expires_at": then + timedelta(days=14)}
    make_invitation(store, uuid4(), **invited, by=house.by())
    house.hire("viewer", "karim@exemple.fr", id=(member := uuid4()))
    change_member_role(store, member, role="secretary", by=house.by())
    person = uuid4()
    register_person(store, name="Paul", email="paul@exemple.fr", is_confirmed=True, by=as_self(person, then))
    links.ask_for(store, person, "sign-in", then)
    return house


def all_done(house: House) -> int:
    """Reads on and does whatever is due, until nothing is; returns how much."""
    worker, done = wiring.Worker(house.store, JOBS), 0
    while True:
        house.read_on()
        with house.store.database.everywhere() as db:
            due = db.execute(DUE).fetchall()
        if not due:
            return done
        for owner, key in due:
            worker.do(str(owner), key)
        done += len(due)
