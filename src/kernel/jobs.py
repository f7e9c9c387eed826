"""Due work: rows in PostgreSQL, carried by dramatiq, leased while done, tried again when it fails."""

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import dramatiq
import msgspec
import structlog
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from msgspec import Struct
from psycopg import Connection

from kernel.store import Store

LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)

QUEUE = """
INSERT INTO jobs (organisation_id, key, name, facts, due_at) VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"""
LEASE_DUE = """
UPDATE jobs SET leased_until = %(until)s, tries = tries + 1
WHERE (organisation_id, key) IN (
    SELECT organisation_id, key FROM jobs
    WHERE done_at IS NULL AND due_at <= %(now)s AND (leased_until IS NULL OR leased_until < %(now)s)
    ORDER BY due_at LIMIT 100 FOR UPDATE SKIP LOCKED)
RETURNING organisation_id, key"""
TAKE = "SELECT name, facts, tries FROM jobs WHERE organisation_id = %s AND key = %s AND done_at IS NULL"
DONE = "UPDATE jobs SET done_at = %s, failure = NULL WHERE organisation_id = %s AND key = %s"
AGAIN = """
UPDATE jobs SET failure = %s, due_at = %s, leased_until = NULL WHERE organisation_id = %s AND key = %s"""

log = structlog.get_logger()


class Job(Struct, frozen=True):
    """Something to do outside or later. The same key queued twice is one job; `at` is an aware instant."""

    name: str
    key: str
    facts: dict[str, Any]
    at: datetime


def queue(db: Connection, organisation_id: UUID, jobs: Iterable[Job]) -> None:
    for job in jobs:
        facts = msgspec.json.encode(job.facts).decode()
        db.execute(QUEUE, (organisation_id, job.key, job.name, facts, job.at), prepare=True)


class Worker:
    """Leases due jobs and hands them to dramatiq; a job that dies with its worker is leased again by another."""

    def __init__(self, store: Store, jobs: dict[str, Callable[..., None]], redis_url: str | None = None):
        self.store = store
        self.jobs = jobs
        self.broker = RedisBroker(url=redis_url) if redis_url else StubBroker()
        dramatiq.set_broker(self.broker)
        self.carry = dramatiq.actor(self.do, actor_name="do", queue_name="jobs", max_retries=0, broker=self.broker)
        self.hands = dramatiq.Worker(self.broker, worker_threads=4)

    def run(self, stopping: threading.Event, tick: float = 0.2) -> None:
        self.hands.start()
        while not stopping.is_set():
            if not self.dispatch(datetime.now(UTC)):
                stopping.wait(tick)
        self.hands.stop()

    def dispatch(self, now: datetime) -> int:
        """Leases what is due now and sends it; returns how many."""
        with self.store.database.everywhere() as db:
            leased = db.execute(LEASE_DUE, {"now": now, "until": now + LEASE}).fetchall()
        for organisation_id, key in leased:
            self.carry.send(str(organisation_id), key)
        return len(leased)

    def do(self, organisation_id: str, key: str) -> None:
        owner = UUID(organisation_id)
        with self.store.database.everywhere() as db:
            found = db.execute(TAKE, (owner, key)).fetchone()
        if found:
            name, facts, tries = found
            self.attempt(owner, key, name, msgspec.json.decode(facts), tries)

    def attempt(self, owner: UUID, key: str, name: str, facts: dict[str, Any], tries: int) -> None:
        try:
            self.jobs[name](self.store, owner, **facts)
        except Exception as fault:
            log.warning("job failed", job=name, key=key, tries=tries, fault=repr(fault))
            self.settle(AGAIN, (repr(fault), datetime.now(UTC) + pause(tries), owner, key))
        else:
            self.settle(DONE, (datetime.now(UTC), owner, key))

    def settle(self, statement: str, row: tuple[Any, ...]) -> None:
        with self.store.database.everywhere() as db:
            db.execute(statement, row)


def pause(tries: int) -> timedelta:
    """How long to wait before the next try: twice as long each time, up to an hour."""
    return min(FIRST_PAUSE * 2 ** min(tries, 12), LONGEST_PAUSE)
