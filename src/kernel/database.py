"""The pool of connections, and the three ways in: within one organisation, as a reader across all, and at the door."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection, Cursor
from psycopg_pool import ConnectionPool, PoolTimeout

from kernel.errors import Unavailable
from kernel.pulse import Pulse, Watched

# Settings of the transaction: nothing stays on a connection that a pool or PgBouncer hands on.
ENTER = "BEGIN; SET LOCAL ROLE {role}; SET LOCAL carnet.organisation = '{organisation}'"
# Waits before anything is read: what whoever is waited for has written is seen by every statement that follows.
WAIT_FOR_OTHERS = "; SELECT entered({key}, {is_exclusive})"
# Our statements have one good plan each; planning them anew every time took a third of the ledger's read.
SETTINGS = " ".join(
    f"-c {name}={value}"
    for name, value in {
        "statement_timeout": "30s",
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "60s",
        "timezone": "UTC",
        "plan_cache_mode": "force_generic_plan",
    }.items()
)


# How long a request waits for a connection, in seconds.
WAIT = 3.0
# How many transactions this thread is within.
depth = threading.local()


class Database:
    """Connections to one PostgreSQL. Build it after a fork; `close` it when done."""

    def __init__(self, url: str, *, size: int = 8):
        self.pulse = Pulse(url)
        self.pool = ConnectionPool(
            url,
            connection_class=Watched,
            configure=self.watch,
            min_size=1,
            max_size=size,
            open=True,
            timeout=WAIT,
            # A server that was away is tried anew by whoever asks next, not after pauses that double for minutes.
            reconnect_timeout=WAIT / 2,
            kwargs={"autocommit": True, "options": SETTINGS, "connect_timeout": 5},
        )

    def watch(self, connection: Watched) -> None:
        connection.pulse = self.pulse

    @contextmanager
    def within(self, organisation_id: UUID) -> Iterator[Connection]:
        """A transaction that sees and writes the rows of one organisation only."""
        with self.transaction("carnet_app", organisation_id) as connection:
            yield connection

    @contextmanager
    def deciding(self, organisation_id: UUID, *, is_exclusive: bool) -> Iterator[tuple[Connection, int]]:
        """The same for a command: beside others of its organisation, or `is_exclusive`, while no other is under way.

        Also tells the revision of what they decide on; 0 where nothing is yet.
        """
        wait = WAIT_FOR_OTHERS.format(key=lock_key(organisation_id), is_exclusive=is_exclusive)
        with self.entering("carnet_app", organisation_id, wait) as (connection, entered):
            yield connection, last_row(entered)[0] or 0

    @contextmanager
    def everywhere(self) -> Iterator[Connection]:
        """A transaction of a reader or a job dispatcher: reads every organisation, writes views and jobs."""
        with self.transaction("carnet_reader") as connection:
            yield connection

    @contextmanager
    def at_the_door(self) -> Iterator[Connection]:
        """A transaction of a request that does not know its organisation yet: it reads what leads to it, and counts."""
        with self.transaction("carnet_door") as connection:
            yield connection

    @contextmanager
    def transaction(self, role: str, organisation_id: UUID | None = None) -> Iterator[Connection]:
        with self.entering(role, organisation_id) as (connection, _):
            yield connection

    @contextmanager
    def entering(self, role: str, organisation_id: UUID | None, wait: str = "") -> Iterator[tuple[Connection, Cursor]]:
        """Begins, enters and waits in one message; the pool's own context commits, or rolls back on any exception."""
        enter = ENTER.format(role=role, organisation=organisation_id or "") + wait
        self.pulse.must_beat()
        try:
            with self.pool.connection() as connection:
                entered = connection.execute(enter.encode())
                with counted():
                    yield connection, entered
        except (PoolTimeout, psycopg.OperationalError) as lost:
            if is_settled_by_retry(lost):
                raise
            if isinstance(lost, PoolTimeout):
                self.pulse.is_felt()
            raise Unavailable(str(lost)) from lost

    def close(self) -> None:
        self.pool.close()


def lock_key(organisation_id: UUID, id: UUID | None = None) -> int:
    """The advisory lock of an organisation, or of something in it; others' identifiers lead to other locks."""
    named = organisation_id.bytes + (id.bytes if id else b"")
    return int.from_bytes(blake2b(named, digest_size=8).digest(), "big", signed=True)


@contextmanager
def counted() -> Iterator[None]:
    depth.count = getattr(depth, "count", 0) + 1
    try:
        yield
    finally:
        depth.count -= 1


def is_within_transaction() -> bool:
    """Whether this thread is."""
    return getattr(depth, "count", 0) > 0


def last_row(entered: Cursor) -> tuple[Any, ...]:
    """Of the last of several statements."""
    while entered.nextset():
        pass
    return entered.fetchone()


def is_settled_by_retry(error: Exception) -> bool:
    """Deadlocks and serialisation failures are operational errors to psycopg, and ordinary work to us."""
    return isinstance(error, psycopg.errors.DeadlockDetected | psycopg.errors.SerializationFailure)
