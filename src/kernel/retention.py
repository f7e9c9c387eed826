"""What is done does not stay: how long each table keeps what is over, and the sweeper that takes it out by and by."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from msgspec import Struct
from psycopg import Connection
from psycopg.errors import DeadlockDetected

from kernel import clock
from kernel.errors import Unavailable
from kernel.store import Store

# Rows a transaction, and seconds that one table may take in a sweep; what is left goes with the next.
BATCH, PATIENCE = 1000, 60.0
# Seconds from the start of a worker to its first sweep, and between two.
FIRST, PAUSE = 60.0, 3600.0
ONE_SWEEPER = 7_263_002
# Whoever works on a row is not waited for: it goes another time. A plan that knows the instant finds it by an index.
BRIEFLY = """
SET LOCAL lock_timeout = '200ms'; SET LOCAL statement_timeout = '10s'; SET LOCAL plan_cache_mode = force_custom_plan"""
IS_ALONE = "SELECT pg_try_advisory_xact_lock(%s)"

log = structlog.get_logger()


class Prunes(Protocol):
    """Something that is kept for a while; `prune` takes a part of what is over out, and tells how much."""

    @property
    def name(self) -> str: ...

    def prune(self, store: Store, now: datetime) -> int: ...


class Kept(Struct, frozen=True, kw_only=True):
    """Rows of `table` go a `period` after the instant `since` (SQL; NULL while they are not over), unless they are
    `needed` still (SQL)."""

    table: str
    since: str
    period: timedelta
    needed: str = "false"

    @property
    def name(self) -> str:
        return self.table

    @property
    def is_over(self) -> str:
        return f"{self.since} < %(before)s AND NOT ({self.needed})"

    @property
    def statement(self) -> str:
        """A row that somebody has changed meanwhile is asked once more."""
        some = f"SELECT ctid FROM {self.table} WHERE {self.is_over} LIMIT %(batch)s"
        return f"DELETE FROM {self.table} WHERE ctid = ANY(ARRAY({some})) AND {self.is_over}"

    def prune(self, store: Store, now: datetime) -> int:
        with sweeping(store) as db:
            return db.execute(self.statement, {"before": now - self.period, "batch": BATCH}).rowcount


# What the kernel's own tables keep. Whatever a job does is settled by the aggregate or the letter it is about, so that
# one that is asked for again, after its row is gone, finds nothing left to do.
JOBS = Kept(table="jobs", since="done_at", period=timedelta(days=30))
KEYS = Kept(table="commands", since="at", period=timedelta(days=90))
WINDOWS = Kept(table="rate_windows", since="ends_at", period=timedelta(hours=1))
KEPT = (JOBS, KEYS, WINDOWS)


class BusyElsewhere(Exception):  # noqa: N818 — nothing is wrong
    """Another process sweeps at this moment."""


@contextmanager
def sweeping(store: Store) -> Iterator[Connection]:
    """A short transaction of the one who sweeps, while our clock and the database's agree."""
    with store.database.everywhere() as db:
        clock.must_agree(db)
        if not db.execute(IS_ALONE, (ONE_SWEEPER,)).fetchone()[0]:
            raise BusyElsewhere
        db.execute(BRIEFLY)
        yield db


class Sweeper:
    """Takes out what is over, one table after the other, by a clock that is trusted. Nobody waits for it."""

    def __init__(self, store: Store, kept: Sequence[Prunes], is_trusted: Callable[[], bool]):
        self.store, self.kept, self.is_trusted = store, kept, is_trusted

    def run(self, stopping: threading.Event) -> None:
        pause = FIRST
        while not stopping.wait(pause):
            self.sweep(stopping)
            pause = PAUSE

    def sweep(self, stopping: threading.Event) -> dict[str, int]:
        """How much went of each."""
        gone = {one.name: self.prune(one, stopping) for one in self.kept}
        log.info("swept", **{name: count for name, count in gone.items() if count})
        return gone

    def prune(self, one: Prunes, stopping: threading.Event) -> int:
        """Batch after batch. What goes wrong with one keeps no other from its turn."""
        until, gone = time.monotonic() + PATIENCE, 0
        try:
            while self.is_trusted() and not stopping.is_set() and time.monotonic() < until:
                batch = one.prune(self.store, clock.now())
                gone += batch
                if not batch:
                    break
        except (Unavailable, DeadlockDetected, BusyElsewhere) as busy:
            log.info("swept another time", what=one.name, why=repr(busy))
        except Exception:
            log.exception("not swept", what=one.name)
        return gone
