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
QUEUE_AGAIN = """
INSERT INTO jobs AS j (organisation_id, key, name, facts, due_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (organisation_id, key) DO UPDATE SET asked = j.asked + 1, done_at = NULL,
    due_at = CASE WHEN j.done_at IS NULL THEN j.due_at ELSE excluded.due_at END,
    tries = CASE WHEN j.done_at IS NULL THEN j.tries ELSE 0 END"""
HURRY = "UPDATE jobs SET due_at = %s, tries = 0 WHERE organisation_id = %s AND key = %s AND done_at IS NULL"
LEASE_DUE = """
UPDATE jobs SET leased_until = %(until)s, tries = tries + 1
WHERE (organisation_id, key) IN (
    SELECT organisation_id, key FROM jobs
    WHERE done_at IS NULL AND due_at <= %(now)s AND (leased_until IS NULL OR leased_until < %(now)s)
    ORDER BY due_at LIMIT 100 FOR UPDATE SKIP LOCKED)
RETURNING organisation_id, key"""
TAKE = "SELECT name, facts, tries, asked FROM jobs WHERE organisation_id = %s AND key = %s AND done_at IS NULL"
# What was asked for again meanwhile is due again.
DONE = """
UPDATE jobs SET failure = NULL, leased_until = NULL,
    done_at = CASE WHEN asked = %(asked)s THEN %(now)s::timestamptz END,
    due_at = CASE WHEN asked = %(asked)s THEN due_at ELSE %(now)s END,
    tries = CASE WHEN asked = %(asked)s THEN tries ELSE 0 END
WHERE organisation_id = %(owner)s AND key = %(key)s"""
AGAIN = """
UPDATE jobs SET failure = %s, due_at = %s, leased_until = NULL WHERE organisation_id = %s AND key = %s"""

log = structlog.get_logger()


class Job(Struct, frozen=True):
    """Something to do outside or later. The same key queued twice is one job; `at` is an aware instant."""

    name: str
    key: str
    facts: dict[str, Any]
    at: datetime


def queue(db: Connection, organisation_id: UUID, jobs: Iterable[Job], statement: str = QUEUE) -> None:
    for job in jobs:
        facts = msgspec.json.encode(job.facts).decode()
        db.execute(statement, (organisation_id, job.key, job.name, facts, job.at), prepare=True)


def queue_again(db: Connection, organisation_id: UUID, jobs: Iterable[Job]) -> None:
    """For jobs that keep something up to date: done ones are due anew, running ones are not over when they end."""
    queue(db, organisation_id, jobs, QUEUE_AGAIN)


def hurry(db: Connection, organisation_id: UUID, key: str, at: datetime) -> None:
    """A job that waits after a failure is tried at this instant instead."""
    db.execute(HURRY, (at, organisation_id, key))


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
            name, facts, tries, asked = found
            self.attempt(owner, key, name, msgspec.json.decode(facts), tries, asked)

    def attempt(self, owner: UUID, key: str, name: str, facts: dict[str, Any], tries: int, asked: int) -> None:
        try:
            self.jobs[name](self.store, owner, **facts)
        except Exception as fault:
            log.warning("job failed", job=name, key=key, tries=tries, fault=repr(fault))
            self.settle(AGAIN, (repr(fault), datetime.now(UTC) + pause(tries), owner, key))
        else:
            self.settle(DONE, {"asked": asked, "now": datetime.now(UTC), "owner": owner, "key": key})

    def settle(self, statement: str, row: tuple[Any, ...] | dict[str, Any]) -> None:
        with self.store.database.everywhere() as db:
            db.execute(statement, row)


def pause(tries: int) -> timedelta:
    """How long to wait before the next try: twice as long each time, up to an hour."""
    return min(FIRST_PAUSE * 2 ** min(tries, 12), LONGEST_PAUSE)
