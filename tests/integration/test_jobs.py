"""Due work: once per key, again when it fails, on time, and never lost with its worker."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from booking.commands import approve_appointment
from booking.policies import end_request
from carnet.wiring import JOBS
from kernel.jobs import Job, Worker, hurry, queue, queue_again
from kernel.leases import LEASE
from kernel.store import Store
from projections import desk
from tests.story import NOW, House, at, eventually

DUE = datetime(2026, 1, 1, tzinfo=UTC)


def put(store: Store, organisation_id: UUID, *jobs: Job) -> None:
    with store.database.everywhere() as db:
        queue(db, organisation_id, jobs)


def state(store: Store, key: str) -> tuple:
    with store.database.everywhere() as db:
        return db.execute("SELECT done_at IS NOT NULL, tries, failure FROM jobs WHERE key = %s", (key,)).fetchone()


@pytest.fixture
def done() -> list[str]:
    return []


@contextmanager
def at_work(store: Store, done: list[str], redis_url: str | None = None) -> Iterator[Worker]:
    """A worker that notes what it does, and fails as often as a job's facts say."""

    def note(_: Store, organisation_id: UUID, name: str, failures: int = 0) -> None:
        done.append(name)
        if done.count(name) <= failures:
            raise RuntimeError("not yet")

    stopping = threading.Event()
    worker = Worker(store, JOBS | {"note": note}, redis_url)
    thread = threading.Thread(target=worker.run, args=(stopping, 0.02))
    thread.start()
    yield worker
    stopping.set()
    thread.join()


@pytest.fixture
def working(store: Store, done: list[str]) -> Iterator[Worker]:
    with at_work(store, done) as worker:
        yield worker


@pytest.fixture
def redis_folder(tmp_path: Path) -> Iterator[Path]:
    """A Redis that listens on a socket only and keeps nothing."""
    options = ["--port", "0", "--unixsocket", tmp_path / "redis.sock", "--save", "", "--dir", tmp_path]
    with subprocess.Popen(["redis-server", *map(str, options)], stdout=subprocess.DEVNULL) as server:
        assert eventually((tmp_path / "redis.sock").exists)
        yield tmp_path
        server.terminate()


@pytest.mark.redis
def test_redis_carries_jobs_also_after_it_has_forgotten_everything(store: Store, done: list[str], redis_folder: Path):
    url, owner = f"unix://{redis_folder / 'redis.sock'}", uuid4()
    first, second = str(uuid4()), str(uuid4())
    with at_work(store, done, url) as worker:
        put(store, owner, Job("note", first, {"name": first}, DUE))
        assert eventually(lambda: state(store, first)[0])
        worker.bell.server.flushall()
        put(store, owner, Job("note", second, {"name": second}, DUE))
        assert eventually(lambda: state(store, second)[0])
    assert done == [first, second]


@pytest.fixture(autouse=True)
def nothing_else_is_due(store: Store) -> None:
    """Other tests leave jobs in the same database, and these count what is due."""
    with store.database.everywhere() as db:
        db.execute("DELETE FROM jobs")


def test_the_same_key_is_one_job(store: Store, working: Worker, done: list[str]):
    key, owner = str(uuid4()), uuid4()
    for _ in range(3):
        put(store, owner, Job("note", key, {"name": key}, DUE))
    assert eventually(lambda: state(store, key)[0])
    put(store, owner, Job("note", key, {"name": key}, DUE))
    assert done == [key]


def test_what_is_not_due_waits(store: Store, working: Worker, done: list[str]):
    key, owner = str(uuid4()), uuid4()
    put(store, owner, Job("note", key, {"name": key}, datetime.now(UTC) + timedelta(seconds=0.6)))
    assert not eventually(lambda: done, seconds=0.3)
    assert eventually(lambda: done)


def test_what_fails_is_tried_again_later_and_says_why(store: Store, working: Worker, done: list[str]):
    key, owner = str(uuid4()), uuid4()
    put(store, owner, Job("note", key, {"name": key, "failures": 1}, DUE))
    assert eventually(lambda: (state(store, key) or [0, 0, 0])[2])
    assert state(store, key) == (False, 1, "RuntimeError('not yet')")
    with store.database.everywhere() as db:
        db.execute("UPDATE jobs SET due_at = now() WHERE key = %s", (key,))
    assert eventually(lambda: state(store, key)[0])
    assert done == [key, key]


def test_a_job_that_died_with_its_worker_is_leased_again(store: Store, done: list[str]):
    key, owner = str(uuid4()), uuid4()
    put(store, owner, Job("note", key, {"name": key}, DUE))
    dead = [Worker(store, {}) for _ in range(3)]
    assert dead[0].dispatch() == 1
    assert dead[1].dispatch() == 0
    with store.database.everywhere() as db:
        db.execute("UPDATE jobs SET leased_until = leased_until - %s WHERE key = %s", (LEASE * 1.1, key))
    assert dead[2].dispatch() == 1


def test_one_bad_job_holds_up_no_other(store: Store, working: Worker, done: list[str]):
    bad, good, owner = str(uuid4()), str(uuid4()), uuid4()
    put(store, owner, Job("nobody_knows", bad, {}, DUE), Job("note", good, {"name": good}, DUE))
    assert eventually(lambda: done == [good])
    assert eventually(lambda: state(store, bad)[2])


def test_a_request_that_nobody_answers_expires_by_itself(house: House, working: Worker):
    long_ago = house.by(at=NOW - timedelta(days=4))
    id = house.book(at(10), status="requested", by=long_ago)
    house.read_on()
    assert eventually(lambda: desk.appointment(house.store, house.id, id).status == "expired")
    house.book(at(10))


def test_an_answered_request_does_not_expire(house: House):
    id = house.book(at(10), status="requested")
    approve_appointment(house.store, id, by=house.by())
    end_request(house.store, house.id, str(id))
    assert desk.appointment(house.store, house.id, id).status == "booked"


def test_what_is_asked_for_again_while_it_runs_is_done_again(store: Store):
    key, owner, runs = str(uuid4()), uuid4(), []

    def run(_: Store, __: UUID) -> None:
        runs.append(key)
        if len(runs) == 1:
            with store.database.everywhere() as db:
                queue_again(db, owner, [Job("sync", key, {}, DUE)])

    worker = Worker(store, {"sync": run})
    with store.database.everywhere() as db:
        queue_again(db, owner, [Job("sync", key, {}, DUE)])
    for _ in range(3):
        worker.do(str(owner), key)
    assert len(runs) == 2
    with store.database.everywhere() as db:
        queue_again(db, owner, [Job("sync", key, {}, DUE)])
    worker.do(str(owner), key)
    assert len(runs) == 3


def test_a_job_that_failed_waits_though_it_is_asked_for_again_unless_hurried(store: Store):
    key, owner = str(uuid4()), uuid4()
    with store.database.everywhere() as db:
        queue_again(db, owner, [Job("broken", key, {}, DUE)])
    Worker(store, {}).do(str(owner), key)
    due = "SELECT due_at > now() FROM jobs WHERE key = %s"
    with store.database.everywhere() as db:
        queue_again(db, owner, [Job("broken", key, {}, DUE)])
        assert db.execute(due, (key,)).fetchone() == (True,)
        hurry(db, owner, key, DUE)
        assert db.execute(due, (key,)).fetchone() == (False,)
        db.execute("DELETE FROM jobs WHERE key = %s", (key,))
