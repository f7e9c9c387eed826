"""A worker whose clock is a year ahead for a while ends nothing and settles nothing, and goes on when it is right."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

import kernel
from carnet.wiring import JOBS
from kernel.clock import now
from kernel.jobs import Job, Worker, queue
from kernel.store import Store
from tests.conftest import FAKETIME
from tests.story import House, eventually

pytestmark = pytest.mark.faketime

ASIDE = {"override": ("outside_hours",), "reason": "à part"}
STANDING = "SELECT name, count(*) FROM events GROUP BY name ORDER BY name"
WAITING = """
SELECT name, count(*) FROM jobs
WHERE organisation_id = %s AND done_at IS NULL AND due_at > now() AND lease = 0 GROUP BY 1 ORDER BY 1"""


@pytest.fixture
def waiting(house: House) -> Iterator[House]:
    """A house with forty-five requests that wait for some days, and reminders of the next days."""
    with house.store.database.everywhere() as db:
        db.execute("DELETE FROM jobs")
    client, next_week = house.client(email="emilie@exemple.fr"), hour(now() + timedelta(days=7))
    for number in range(45):
        house.book(next_week + timedelta(hours=number), status="requested", **ASIDE, by=house.by(at=now()))
    for number in range(3):
        starts_at = next_week + timedelta(hours=number)
        house.book(starts_at, resource=house.karim, client_id=client, **ASIDE, by=house.by(at=now()))
    house.read_on()
    do_now(house, "plan_messages/%")
    house.read_on()
    with house.store.database.everywhere() as db:
        db.execute("DELETE FROM jobs WHERE due_at < now() + interval '1 hour'")
    yield house
    with house.store.database.everywhere() as db:
        db.execute("DELETE FROM jobs")


def hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def do_now(house: House, keys: str) -> None:
    with house.store.database.everywhere() as db:
        query = "SELECT key FROM jobs WHERE organisation_id = %s AND key LIKE %s"
        found = db.execute(query, (house.id, keys)).fetchall()
    for (key,) in found:
        Worker(house.store, JOBS).do(str(house.id), key)


def put(store: Store) -> str:
    key = f"copy_to_teams/{uuid4()}"
    with store.database.everywhere() as db:
        queue(db, uuid4(), [Job("copy_to_teams", key, {}, now() - timedelta(minutes=1))])
    return key


def is_done(store: Store, key: str) -> bool:
    with store.database.everywhere() as db:
        return db.execute("SELECT done_at IS NOT NULL FROM jobs WHERE key = %s", (key,)).fetchone()[0]


def test_a_worker_a_year_ahead_leaves_everything_as_it_was(waiting: House, database_url: str, tmp_path: Path):
    store = waiting.store
    before, standing = waiting_jobs(waiting), waiting.rows(STANDING)
    assert before == [("end_request", 45), ("send_message", 3)]
    clock = tmp_path / "clock"
    clock.write_text("+365d")
    faked = {"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1"}
    faked |= {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "PYTHONPATH": str(Path(kernel.__file__).parents[1])}
    environ = os.environ | faked | {"DATABASE_URL": database_url, "CARNET_HOME": str(tmp_path)}
    with (
        open(tmp_path / "said", "w+") as said,
        subprocess.Popen([sys.executable, "-m", "carnet", "worker"], env=environ, stdout=said, stderr=said) as child,
    ):
        assert eventually(lambda: "work stops" in (tmp_path / "said").read_text(), seconds=30)
        key = put(store)
        assert not eventually(lambda: is_done(store, key), seconds=2)
        clock.write_text("+0")
        assert eventually(lambda: is_done(store, key), seconds=15)
        child.terminate()
        child.wait(15)
    assert waiting_jobs(waiting) == before
    assert waiting.rows(STANDING) == standing


def waiting_jobs(house: House) -> list[tuple]:
    with house.store.database.everywhere() as db:
        return db.execute(WAITING, (house.id,)).fetchall()
