"""The log past a position: up to where it is decided, and its rows as events."""

import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from msgspec.structs import force_setattr
from psycopg import Connection

from kernel.events import MAPPER, Event
from kernel.store import Store

# No event of ours comes near; one that is longer is not even fetched.
LONGEST_STATE = 1_000_000
# The sequence is read first. Whoever took a number up to it and has not committed holds a write lock on the table:
# wait those out, and every number up to the horizon is decided. `position > last` alone loses events.
LAST_NUMBER = "SELECT last_value, is_called FROM events_position_seq"
WRITING = """
SELECT coalesce(array_agg(virtualtransaction), '{}') FROM pg_locks
WHERE relation = 'events'::regclass AND mode = 'RowExclusiveLock' AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
STILL_WRITING = "SELECT 1 FROM pg_locks WHERE locktype = 'virtualxid' AND virtualxid = ANY(%s) LIMIT 1"
HAS_NEWS = "SELECT has_news(%s, %s, %s)"
# Seconds between two looks, within the server.
PAUSE = 0.02
ROWS = f"""
SELECT organisation_id, stream_id, version, position, name,
    CASE WHEN octet_length(state) <= {LONGEST_STATE} THEN state END
FROM events"""
BETWEEN = f"{ROWS} WHERE position > %s AND position <= %s ORDER BY position LIMIT %s"


class Row(NamedTuple):
    """An event as it is stored."""

    organisation_id: UUID
    stream_id: UUID
    version: int
    position: int
    name: str
    state: str | None


class EventUnknown(Exception):
    """This program has no event of that name; a newer one may."""


class EventTooLong(Exception):
    """Longer than anything this program writes."""


def horizon(db: Connection, last: int) -> int:
    """The position up to which every event is decided: committed and visible, or never to come."""
    number, is_called = db.execute(LAST_NUMBER, prepare=True).fetchone()
    number = number if is_called else 0
    if number > last:
        writing = db.execute(WRITING, prepare=True).fetchone()[0]
        while writing and db.execute(STILL_WRITING, (writing,), prepare=True).fetchone():
            time.sleep(0.001)
    return number


def has_news(store: Store, readers: Sequence[str], longest: float) -> bool:
    """Whether the log has numbers that one of these readers has not passed, now or within `longest` seconds."""
    with store.database.everywhere() as db:
        return db.execute(HAS_NEWS, (list(readers), longest, PAUSE), prepare=True).fetchone()[0]


def event_of(row: tuple[Any, ...]) -> Event:
    organisation_id, stream_id, version, position, name, state = row
    if name not in Event.names:
        raise EventUnknown(name)
    if state is None:
        raise EventTooLong(name)
    event = MAPPER.to_domain_event(StoredEvent(stream_id, version, name, state))
    force_setattr(event, "organisation_id", organisation_id)
    force_setattr(event, "position", position)
    return event


def events_since(store: Store, position: int, limit: int = 1000) -> Iterator[Event]:
    """Events after this position, gap-safe, across organisations; for tools that look and keep nothing."""
    with store.database.everywhere() as db:
        rows = db.execute(BETWEEN, (position, horizon(db, position), limit)).fetchall()
    yield from map(event_of, rows)
