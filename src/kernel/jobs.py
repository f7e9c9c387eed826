"""Due work: rows in PostgreSQL, leased when a hand is free, carried by dramatiq, tried again when it fails."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog
from msgspec import Struct
from psycopg import Connection
from psycopg.errors import DeadlockDetected

from kernel import clock
from kernel.bell import Bell
from kernel.errors import Unavailable
from kernel.hands import Hands
from kernel.lanes import EVERYTHING, Lane
from kernel.leases import (
    AGAIN,
    DONE,
    GIVE_BACK,
    LEASE,
    LONGEST_PAUSE,
    NOT_YET,
    Leased,
    lease_due,
    pause,
    pull_back,
    renew,
    settle,
    take,
)
from kernel.outside import sending_held
from kernel.sending import held_since
from kernel.store import Store

SHORTEST_WAIT, WAIT = 0.02, 0.2
# What is done besides leasing: clocks compared, leases renewed, forgotten pauses ended; in seconds.
BEAT = LEASE.total_seconds() / 6

QUEUE = """
INSERT INTO jobs (organisation_id, key, name, facts, due_at) VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"""
# What waits for longer than any pause was put off by a clock that has been put right since.
QUEUE_AGAIN = f"""
INSERT INTO jobs AS j (organisation_id, key, name, facts, due_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (organisation_id, key) DO UPDATE SET asked = j.asked + 1, done_at = NULL,
    due_at = CASE WHEN j.done_at IS NULL AND j.due_at <= now() + interval '{LONGEST_PAUSE.total_seconds()} seconds'
        THEN j.due_at ELSE least(excluded.due_at, now()) END,
    tries = CASE WHEN j.done_at IS NULL THEN j.tries ELSE 0 END"""
HURRY = "UPDATE jobs SET due_at = %s, tries = 0 WHERE organisation_id = %s AND key = %s AND done_at IS NULL"

log = structlog.get_logger()


class Job(Struct, frozen=True):
    """Something to do outside or later. The same key queued twice is one job; `at` is an aware instant."""

    name: str
    key: str
    facts: dict[str, Any]
    at: datetime


class NotYet(Exception):
    """Raised by a job that somebody else is at, or that comes too early: it comes back after `pause`, unfailed."""

    def __init__(self, pause: timedelta):
        super().__init__(str(pause))
        self.pause = pause


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
    """Leases what is due and what its hands can do at once; a job that dies with its worker is leased by another."""

    def __init__(
        self,
        store: Store,
        jobs: Mapping[str, Callable[..., None]],
        redis_url: str | None = None,
        lanes: tuple[Lane, ...] = EVERYTHING,
    ):
        self.store, self.jobs, self.lanes = store, jobs, lanes
        self.bell = Bell(redis_url)
        self.woken = threading.Event()
        self.hands = Hands(lanes, self.work, self.woken)
        self.trust = clock.Trust()
        self.beats_at = 0.0
        self.is_away, self.is_working = False, True

    def run(self, stopping: threading.Event, longest_wait: float = WAIT) -> None:
        """Looks at once when a hand is free again or the bell rings, else after pauses that grow while nothing is."""
        listening = threading.Thread(target=self.bell.listen, args=(self.woken, stopping), daemon=True)
        listening.start()
        self.hands.start()
        wait = SHORTEST_WAIT
        while not stopping.is_set():
            wait = SHORTEST_WAIT if self.look() else min(2 * wait, longest_wait)
            self.woken.wait(wait)
            self.woken.clear()
        self.hands.stop()
        self.give_back()
        listening.join()
        self.bell.close()

    def give_back(self) -> None:
        """What is not finished need not wait until its lease runs out."""
        with suppress(Unavailable), self.store.database.everywhere() as db:
            for one in self.hands.in_hand():
                settle(db, one, GIVE_BACK)

    def look(self) -> int:
        """Leases and hands over what is due; returns how much. A database that is away is waited for."""
        try:
            if time.monotonic() >= self.beats_at:
                self.beat()
            found = self.dispatch() if self.may_work() else 0
        except (Unavailable, DeadlockDetected) as away:
            self.say_away(away)
            return 0
        self.is_away = False
        return found

    def say_away(self, away: Exception) -> None:
        if not self.is_away:
            self.is_away = True
            log.warning("database away", fault=str(away))

    def beat(self) -> None:
        """Everything that keeps leases and pauses true."""
        with self.store.database.everywhere() as db:
            renew(db, self.hands.in_hand())
            pulled = pull_back(db)
            self.trust.weigh(clock.measured(db))
            self.hold_or_release(is_held=held_since(db) is not None)
        self.beats_at = time.monotonic() + BEAT
        if pulled:
            log.warning("jobs put off by a wrong clock are due again", count=pulled)

    def hold_or_release(self, *, is_held: bool) -> None:
        if is_held is not sending_held.is_set():
            log.warning("sending is held" if is_held else "sending goes on")
        (sending_held.set if is_held else sending_held.clear)()

    def may_work(self) -> bool:
        """Whether our clock is trusted; says when that changes."""
        is_given, seen = self.trust.is_given, self.trust.clock
        if is_given is not self.is_working:
            self.is_working = is_given
            log.warning("work goes on" if is_given else "work stops", why="clock", ahead=seen.ahead, behind=seen.behind)
        return is_given

    def dispatch(self) -> int:
        """Leases what is due now and hands it over; returns how many."""
        in_hand = self.hands.in_hand()
        loads = [load for load in self.hands.free(in_hand) if not (load.lane.is_outward and sending_held.is_set())]
        if not any(load.free for load in loads):
            return 0
        with self.store.database.everywhere() as db:
            leased = lease_due(db, self.lanes, loads, in_hand, clock.now())
        for one in leased:
            self.hands.give(one)
        return len(leased)

    def do(self, organisation_id: str, key: str) -> None:
        """Does one job now, whether due or not."""
        with self.store.database.everywhere() as db:
            found = take(db, UUID(organisation_id), key)
        if found:
            self.work(found)

    def work(self, one: Leased) -> None:
        try:
            self.jobs[one.name](self.store, one.organisation_id, **msgspec.json.decode(one.facts))
        except NotYet as early:
            self.settle(one, NOT_YET, pause=early.pause)
        except Exception as fault:
            log.warning("job failed", job=one.name, key=one.key, tries=one.tries, fault=repr(fault))
            self.settle(one, AGAIN, failure=repr(fault), pause=pause(one.tries))
        else:
            self.settle(one, DONE)

    def settle(self, one: Leased, statement: str, **facts: Any) -> None:
        """Insists while the lease lasts, as what is not noted is done again."""
        until = time.monotonic() + LEASE.total_seconds()
        while not self.is_settled(one, statement, facts):
            if time.monotonic() > until:
                log.warning("job not settled", job=one.name, key=one.key, lease=one.lease)
                return
            time.sleep(WAIT)

    def is_settled(self, one: Leased, statement: str, facts: dict[str, Any]) -> bool:
        """False when the database is away."""
        try:
            with self.store.database.everywhere() as db:
                if not settle(db, one, statement, **facts):
                    log.warning("job was another's by then", job=one.name, key=one.key, lease=one.lease)
        except Unavailable:
            return False
        return True
