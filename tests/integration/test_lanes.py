"""Lanes: nobody's work waits for another kind of work, nor for all that one house has brought."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from carnet.wiring import JOBS, LANES
from kernel import jobs, leases
from kernel.jobs import Job, NotYet, Worker, queue, queue_again
from kernel.lanes import JobWithoutLane, Lane, complete
from kernel.leases import DONE, settle, take
from kernel.store import Store
from tests.story import eventually

DUE = datetime(2026, 1, 1, tzinfo=UTC)
QUICK, SLOW = Lane("quick", ("letter",), hands=2, share=1), Lane("slow", ("call", "tell"), hands=3, share=2)
LANES_HERE = (QUICK, SLOW)


@pytest.fixture(autouse=True)
def nothing_else_is_due(store: Store) -> Iterator[None]:
    clear(store)
    yield
    clear(store)


def clear(store: Store) -> None:
    with store.database.everywhere() as db:
        db.execute("DELETE FROM jobs")


def put(store: Store, owner: UUID, name: str, count: int = 1, at: datetime = DUE) -> list[str]:
    keys = [f"{name}/{uuid4()}" for _ in range(count)]
    with store.database.everywhere() as db:
        queue(db, owner, [Job(name, key, {}, at) for key in keys])
    return keys


def rows(store: Store, query: str, *values: object) -> list[tuple]:
    with store.database.everywhere() as db:
        return db.execute(query, values).fetchall()


def done_at_try(store: Store) -> list[tuple[int, int]]:
    return rows(store, "SELECT tries, lease FROM jobs WHERE done_at IS NOT NULL")


class Office:
    """Notes who was served in what; whatever is called `call` waits until it is let go."""

    def __init__(self, store: Store):
        self.store, self.served, self.let_go = store, [], threading.Event()
        self.worker = Worker(store, {"letter": self.letter, "call": self.call, "tell": self.letter}, None, LANES_HERE)

    def letter(self, _: Store, owner: UUID) -> None:
        self.served.append(owner)

    def call(self, _: Store, owner: UUID) -> None:
        self.let_go.wait(20)
        self.served.append(owner)

    def in_hand(self) -> Counter:
        return Counter(one.organisation_id for one in self.worker.hands.in_hand())


@contextmanager
def at_work(store: Store) -> Iterator[Office]:
    office, stopping = Office(store), threading.Event()
    thread = threading.Thread(target=office.worker.run, args=(stopping, 0.05))
    thread.start()
    try:
        yield office
    finally:
        office.let_go.set()
        stopping.set()
        thread.join()


@pytest.fixture
def office(store: Store) -> Iterator[Office]:
    with at_work(store) as opened:
        yield opened


def test_every_job_is_in_one_lane_which_leaves_a_hand_to_others():
    assert complete(LANES, JOBS) == LANES
    for wrong in ((QUICK,), (QUICK, SLOW, Lane("more", ("tell",), hands=2, share=1))):
        with pytest.raises(JobWithoutLane):
            complete(wrong, ["letter", "call", "tell"])
    with pytest.raises(JobWithoutLane):
        complete((Lane("all", ("letter",), hands=2, share=2),), ["letter"])


def test_a_letter_waits_for_no_call_and_a_house_for_no_other_house(store: Store, office: Office):
    crowd, alone, third = uuid4(), uuid4(), uuid4()
    put(store, crowd, "call", 40)
    assert eventually(lambda: office.in_hand()[crowd] == SLOW.share)
    put(store, alone, "letter")
    assert eventually(lambda: alone in office.served)
    put(store, third, "tell")
    assert eventually(lambda: third in office.served)
    assert eventually(lambda: office.in_hand() == {crowd: SLOW.share})


def test_only_what_hands_can_do_at_once_is_leased_and_each_job_once(store: Store, office: Office):
    for _ in range(5):
        put(store, uuid4(), "call", 8)
    leased = "SELECT count(*) FROM jobs WHERE leased_until IS NOT NULL"
    assert eventually(lambda: rows(store, leased) == [(SLOW.hands,)])
    assert not eventually(lambda: rows(store, leased) != [(SLOW.hands,)], seconds=0.4)
    office.let_go.set()
    assert eventually(lambda: len(done_at_try(store)) == 40)
    assert set(done_at_try(store)) == {(1, 1)}


def test_houses_take_turns_though_one_has_waited_longer_with_more(store: Store):
    """One look after another, as a worker with one hand has it."""
    one_hand = (Lane("quick", ("letter",), hands=1, share=1),)
    houses = [uuid4() for _ in range(4)]
    for number, house in enumerate(houses):
        put(store, house, "letter", 50 - 10 * number, DUE + timedelta(days=number))
    worker, served = Worker(store, {}, None, one_hand), []
    for _ in range(12):
        free = worker.hands.free([])
        with store.database.everywhere() as db:
            (one,) = leases.lease_due(db, one_hand, free, [], datetime.now(UTC))
            settle(db, one, DONE)
        free[0].after = str(one.organisation_id)
        served.append(one.organisation_id)
    assert [Counter(served[turn : turn + 4]) for turn in (0, 4, 8)] == [Counter(houses)] * 3


def test_a_lease_does_not_run_out_under_whoever_works(store: Store, monkeypatch: pytest.MonkeyPatch):
    for module in (leases, jobs):
        monkeypatch.setattr(module, "LEASE", timedelta(seconds=0.6))
    monkeypatch.setattr(jobs, "BEAT", 0.1)
    (key,) = put(store, uuid4(), "call")
    with at_work(store) as office:
        assert eventually(lambda: office.in_hand())
        other = Worker(store, {}, None, LANES_HERE)
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            assert other.dispatch() == 0
            time.sleep(0.05)
        office.let_go.set()
        assert eventually(lambda: done_at_try(store) == [(1, 1)])


def test_whoever_comes_back_too_late_settles_nothing(store: Store):
    owner = uuid4()
    (key,) = put(store, owner, "letter")
    with store.database.everywhere() as db:
        before, after = take(db, owner, key), take(db, owner, key)
        assert not settle(db, before, DONE)
        assert settle(db, after, DONE)
    assert before.lease < after.lease


def test_what_somebody_else_is_at_comes_back_without_having_failed(store: Store):
    owner = uuid4()
    (key,) = put(store, owner, "letter")

    def letter(*_: object) -> None:
        raise NotYet(timedelta(minutes=3))

    Worker(store, {"letter": letter}).do(str(owner), key)
    query = "SELECT tries, failure, due_at > now() + interval '2 minutes', done_at FROM jobs WHERE key = %s"
    assert rows(store, query, key) == [(0, None, True, None)]


def test_a_lease_given_by_a_clock_that_was_ahead_is_over(store: Store):
    put(store, uuid4(), "letter")
    with store.database.everywhere() as db:
        db.execute("UPDATE jobs SET leased_until = now() + interval '1 year'")
    assert Worker(store, {}, None, LANES_HERE).dispatch() == 1


def test_what_failed_under_a_clock_that_was_ahead_is_due_again(store: Store, office: Office):
    owner = uuid4()
    (failed,) = put(store, owner, "letter", at=datetime.now(UTC) + timedelta(days=365))
    (later,) = put(store, owner, "letter", at=datetime.now(UTC) + timedelta(days=365))
    with store.database.everywhere() as db:
        db.execute("UPDATE jobs SET failure = 'away' WHERE key = %s", (failed,))
    done = "SELECT done_at IS NOT NULL FROM jobs WHERE key = %s"
    assert eventually(lambda: rows(store, done, failed) == [(True,)], seconds=8)
    assert rows(store, done, later) == [(False,)]


def test_what_is_asked_for_again_does_not_wait_as_long_as_a_clock_jumped(store: Store):
    owner, key = uuid4(), "sync/1"
    with store.database.everywhere() as db:
        queue_again(db, owner, [Job("letter", key, {}, DUE)])
        for ahead, is_due in (("1 year", True), ("30 minutes", False)):
            db.execute("UPDATE jobs SET due_at = now() + %s::interval WHERE key = %s", (ahead, key))
            queue_again(db, owner, [Job("letter", key, {}, datetime.now(UTC))])
            assert db.execute("SELECT due_at <= now() FROM jobs WHERE key = %s", (key,)).fetchone() == (is_due,)


@pytest.mark.parametrize("apart", [timedelta(days=365), timedelta(days=-365), timedelta(minutes=3)])
def test_nothing_is_leased_while_our_clock_and_the_databases_are_apart(
    store: Store, monkeypatch: pytest.MonkeyPatch, apart: timedelta
):
    put(store, uuid4(), "letter")
    worker = Worker(store, {}, None, LANES_HERE)
    monkeypatch.setattr(jobs.clock, "now", lambda: datetime.now(UTC) + apart)
    assert worker.dispatch() == 0
    monkeypatch.setattr(jobs.clock, "now", lambda: datetime.now(UTC) + timedelta(minutes=1))
    assert worker.dispatch() == 1


def test_a_worker_stops_by_a_wrong_clock_and_goes_on_by_itself(
    store: Store, office: Office, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(jobs, "BEAT", 0.05)
    office.worker.beats_at = 0.0
    monkeypatch.setattr(jobs.clock, "now", lambda: datetime.now(UTC) + timedelta(days=365))
    assert eventually(lambda: not office.worker.trust.is_given)
    owner = uuid4()
    put(store, owner, "letter")
    assert not eventually(lambda: office.served, seconds=0.4)
    monkeypatch.undo()
    office.worker.beats_at = 0.0
    assert eventually(lambda: office.served == [owner], seconds=8)




def test_many_workers_at_once_lease_each_job_once(store: Store):
    for _ in range(20):
        put(store, uuid4(), "letter", 5)
    workers, leased = [Worker(store, {}, None, LANES_HERE) for _ in range(8)], []

    def lease(worker: Worker) -> None:
        with store.database.everywhere() as db:
            leased.extend(leases.lease_due(db, LANES_HERE, worker.hands.free([]), [], datetime.now(UTC)))

    for _ in range(4):
        threads = [threading.Thread(target=lease, args=[worker]) for worker in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert leased
    assert len({one.key for one in leased}) == len(leased)
    assert {one.lease for one in leased} == {1}
