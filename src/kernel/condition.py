"""How the house is doing: readers and their parked streams, due work, the database."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import class_row

from kernel.clock import Clock, measured
from kernel.store import Store

SLOW = "500 milliseconds"
LATE_SECONDS = 60

# Of a broken event too the time is read, if there is any to read.
READERS = """
SELECT p.reader AS name, p.position, greatest(log.last - p.position, 0) AS behind,
    CASE WHEN pg_input_is_valid(oldest.at, 'timestamptz')
        THEN greatest(extract(epoch FROM %(now)s - oldest.at::timestamptz), 0) ELSE 0 END::float8 AS seconds,
    (SELECT count(*) FROM parked WHERE parked.reader = p.reader) AS parked
FROM positions p CROSS JOIN (SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last FROM events_position_seq) log
LEFT JOIN LATERAL (
    SELECT substring(left(state, 1000) FROM '"at": ?"([^"]+)"') AS at FROM events e
    WHERE e.position > p.position ORDER BY e.position LIMIT 1) oldest ON true
ORDER BY p.reader"""
JOBS = """
SELECT name, count(*) AS waiting, count(*) FILTER (WHERE due_at <= %(now)s) AS due,
    count(*) FILTER (WHERE due_at <= %(now)s - interval '60 seconds') AS overdue, count(failure) AS failing,
    greatest(extract(epoch FROM %(now)s - min(due_at)), 0)::float8 AS oldest_seconds
FROM jobs WHERE done_at IS NULL GROUP BY name ORDER BY name"""
EVENTS = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM events_position_seq"
DATABASE = f"""
SELECT count(*) FILTER (WHERE state = 'active' AND query_start < now() - interval '{SLOW}') AS slow,
    count(*) AS connections, pg_database_size(current_database()) AS bytes
FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"""
PARKED = """
SELECT array_agg(reader ORDER BY reader) AS readers, stream_id, version, position, name, failure, min(at) AS at
FROM parked GROUP BY stream_id, version, position, name, failure ORDER BY min(at) DESC, position DESC LIMIT 100"""
FAILING = """
SELECT name, tries, failure, due_at FROM jobs WHERE done_at IS NULL AND failure IS NOT NULL
ORDER BY due_at LIMIT 100"""

# No further than matters: how late the oldest is.
UNREAD = """
SELECT count(*) AS unread, coalesce(max(CASE WHEN pg_input_is_valid(own.at, 'timestamptz')
    THEN greatest(extract(epoch FROM %(now)s - own.at::timestamptz), 0) END), 0)::float8 AS seconds
FROM (SELECT substring(left(state, 1000) FROM '"at": ?"([^"]+)"') AS at FROM events
    WHERE position > (SELECT min(position) FROM positions) ORDER BY position LIMIT 1000) own"""


class ReaderCondition(Struct, frozen=True, kw_only=True):
    """`behind` counts positions; `seconds` is how long ago the oldest event was written that it has not read."""

    name: str
    position: int
    behind: int
    seconds: float
    parked: int

    @property
    def is_late(self) -> bool:
        return self.seconds > LATE_SECONDS


class JobsCondition(Struct, frozen=True, kw_only=True):
    """Work of one name that is not done: `due` now, `overdue` for a minute or more, `failing` to be tried again."""

    name: str
    waiting: int
    due: int
    overdue: int
    failing: int
    oldest_seconds: float


class DatabaseCondition(Struct, frozen=True, kw_only=True):
    """`slow` statements are those that have been running for half a second or more at this moment."""

    slow: int
    connections: int
    bytes: int


class Condition(Struct, frozen=True, kw_only=True):
    events: int
    readers: list[ReaderCondition]
    jobs: list[JobsCondition]
    database: DatabaseCondition
    pool: dict[str, int]
    clock: Clock

    @property
    def is_good(self) -> bool:
        return self.clock.is_right and not any(reader.is_late or reader.parked for reader in self.readers)


class ParkedStream(Struct, frozen=True, kw_only=True):
    """An event that could not be read, and the readers that wait before it."""

    readers: list[str]
    stream_id: UUID
    version: int
    position: int
    name: str
    failure: str
    at: datetime


class FailingJob(Struct, frozen=True, kw_only=True):
    name: str
    tries: int
    failure: str
    due_at: datetime


class OwnCondition(Struct, frozen=True, kw_only=True):
    """Of one organisation: `unread` counts its events, to a thousand, that some reader has not passed, and `seconds`
    is how long ago the oldest of them was written."""

    unread: int
    seconds: float
    parked: list[ParkedStream]
    jobs: list[JobsCondition]
    failing: list[FailingJob]

    @property
    def is_late(self) -> bool:
        return self.seconds > LATE_SECONDS

    @property
    def is_good(self) -> bool:
        return not (self.is_late or self.parked or any(one.failing or one.overdue for one in self.jobs))


def condition(store: Store, now: datetime) -> Condition:
    """Of the whole house, across organisations: numbers and the names of readers and jobs."""
    with store.database.everywhere() as db:
        events = db.execute(EVENTS).fetchone()[0]
        readers = all_of(db, ReaderCondition, READERS, now=now)
        jobs = all_of(db, JobsCondition, JOBS, now=now)
        clock = measured(db)
        # What others run is seen by their own user only.
        db.execute("SET LOCAL ROLE NONE")
        (database,) = all_of(db, DatabaseCondition, DATABASE)
    stats = store.database.pool.get_stats()
    pool = {name: stats.get(name, 0) for name in ("pool_size", "pool_available", "requests_waiting")}
    return Condition(events=events, readers=readers, jobs=jobs, database=database, pool=pool, clock=clock)


def reader_conditions(store: Store, now: datetime) -> list[ReaderCondition]:
    with store.database.everywhere() as db:
        return all_of(db, ReaderCondition, READERS, now=now)


def clock_condition(store: Store, organisation_id: UUID | None = None) -> Clock:
    """The clock of this process, which is that of the others on this machine; held against one house's log, or all."""
    with store.reading(organisation_id) if organisation_id else store.database.everywhere() as db:
        return measured(db)


def own_condition(store: Store, organisation_id: UUID, now: datetime) -> OwnCondition:
    """What is its own alone: the latest hundred parked, and the first hundred failing as they are tried again."""
    with store.reading(organisation_id) as db:
        unread, seconds = db.execute(UNREAD, {"now": now}).fetchone()
        return OwnCondition(
            unread=unread,
            seconds=seconds,
            parked=all_of(db, ParkedStream, PARKED),
            jobs=all_of(db, JobsCondition, JOBS, now=now),
            failing=all_of(db, FailingJob, FAILING),
        )


def all_of(db: Connection, kind: type[Struct], query: str, **values: Any) -> list[Any]:
    with db.cursor(row_factory=class_row(kind)) as cursor:
        return cursor.execute(query, values).fetchall()
