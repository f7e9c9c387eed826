"""Events that a reader cannot read: their stream waits, the others go on, and a release reads it again."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import psycopg
import structlog
from psycopg import Connection
from psycopg.errors import ProgramLimitExceeded, StatementTooComplex

from kernel.errors import Unavailable
from kernel.events import Event
from kernel.tail import ROWS, Row, event_of
from kernel.texts import clean

if TYPE_CHECKING:
    from kernel.reader import Reader
    from kernel.store import Store

LONGEST_FAILURE = 500
PARK = """
INSERT INTO parked (organisation_id, reader, stream_id, version, position, name, failure)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (organisation_id, reader, stream_id) DO UPDATE
SET version = excluded.version, position = excluded.position, name = excluded.name, failure = excluded.failure"""
PARKED = "SELECT organisation_id, stream_id FROM parked WHERE reader = %s ORDER BY position"
LOCK = "SELECT position FROM positions WHERE reader = %s FOR UPDATE"
UNPARK = "DELETE FROM parked WHERE reader = %s AND organisation_id = %s AND stream_id = %s RETURNING version"
AGAIN = f"""{ROWS}
WHERE organisation_id = %(organisation)s AND stream_id = %(stream)s AND version >= %(version)s
AND position <= %(position)s AND name <> ALL(%(unwanted)s) ORDER BY version"""

log = structlog.get_logger()

Take = Callable[[list[Event], Connection], None]
Enter = Callable[[], AbstractContextManager[Connection]]
Stream = tuple[UUID, UUID]
Answer = TypeVar("Answer")


def in_two_tries(enter: Enter, work: Callable[[Connection, bool], Answer]) -> Answer:
    """Works in a transaction; when an event was in the way, in a new one, told to take events apart."""
    try:
        with enter() as db:
            return work(db, False)
    except Exception as fault:
        if not is_about_an_event(fault):
            raise
    with enter() as db:
        return work(db, True)


def is_about_an_event(fault: BaseException) -> bool:
    """Whether reading on without the event would help: not when the database is away or has another shape."""
    if isinstance(fault, Unavailable):
        fault = fault.__cause__ or fault
    if isinstance(fault, psycopg.DataError | psycopg.IntegrityError | ProgramLimitExceeded | StatementTooComplex):
        return True
    return not isinstance(fault, psycopg.Error | Unavailable)


def read(
    reader: str, rows: list[Row], take: Take, db: Connection, *, again: Take | None = None, is_apart: bool = False
) -> None:
    """Takes the events of these rows, in order; apart, all that can be read, and parks the streams of what cannot.

    `again` takes the rest of a stream whose beginning was taken before; it is `take` when left out.
    """
    if is_apart:
        take_apart(reader, readable(reader, rows, db), take, again or take, db)
    elif rows:
        take([event_of(row) for row in rows], db)


def readable(reader: str, rows: list[Row], db: Connection) -> list[Event]:
    events: list[Event] = []
    without: set[Stream] = set()
    for row in rows:
        if (row[0], row[1]) in without:
            continue
        try:
            events.append(event_of(row))
        except Exception as fault:
            without.add(park(reader, Row(*row), fault, db))
    return events


def take_apart(reader: str, events: list[Event], take: Take, again: Take, db: Connection) -> set[Stream]:
    """All of them, else each half of them by itself, down to what cannot be taken; returns the streams it parked."""
    fault = fault_in(events, take, db)
    if fault is None:
        return set()
    if len(events) == 1:
        return {park(reader, row_of(events[0]), fault, db)}
    middle = between_streams(events)
    if middle is None:
        middle, take = len(events) // 2, again
    without = take_apart(reader, events[:middle], take, again, db)
    rest = [event for event in events[middle:] if (event.organisation_id, event.originator_id) not in without]
    return without | take_apart(reader, rest, take, again, db)


def fault_in(events: list[Event], take: Take, db: Connection) -> Exception | None:
    """What kept these events from being taken, all together; None when they are."""
    try:
        with db.transaction():
            take(events, db)
    except Exception as fault:
        if not is_about_an_event(fault):
            raise
        return fault
    return None


def between_streams(events: list[Event]) -> int | None:
    """A place near the middle where one stream ends and another begins; None when all are of one stream."""
    middle = len(events) // 2
    places = [*range(middle, len(events)), *range(middle - 1, 0, -1)]
    return next((at for at in places if events[at].originator_id != events[at - 1].originator_id), None)


def park(reader: str, row: Row, fault: Exception, db: Connection) -> Stream:
    failure = clean(f"{type(fault).__name__}: {fault}")[:LONGEST_FAILURE]
    facts = {"stream": str(row.stream_id), "version": row.version, "position": row.position, "name": row.name}
    log.error("stream parked", reader=reader, failure=failure, **facts)
    values = (row.organisation_id, reader, row.stream_id, row.version, row.position, row.name, failure)
    db.execute(PARK, values)
    return row.organisation_id, row.stream_id


def row_of(event: Event) -> Row:
    name = type(event).__name__
    return Row(event.organisation_id, event.originator_id, event.originator_version, event.position, name, None)


def release(reader: "Reader", store: "Store") -> tuple[int, int]:
    """Reads the parked streams of a reader again, each by itself; returns how many go on and how many stay parked."""
    waiting = streams_of(reader, store)
    for stream in waiting:
        with store.database.everywhere() as db:
            read_again(reader, stream, db)
    left = len(set(waiting) & set(streams_of(reader, store)))
    return len(waiting) - left, left


def streams_of(reader: "Reader", store: "Store") -> list[Stream]:
    with store.database.everywhere() as db:
        return db.execute(PARKED, (reader.name,)).fetchall()


def read_again(reader: "Reader", stream: Stream, db: Connection) -> None:
    """From the event on that could not be read, up to where the reader is; its position is locked meanwhile."""
    position = db.execute(LOCK, (reader.name,)).fetchone()[0]
    found = db.execute(UNPARK, (reader.name, *stream)).fetchone()
    if found:
        where: dict[str, Any] = {"organisation": stream[0], "stream": stream[1], "version": found[0]}
        rows = db.execute(AGAIN, reader.asked() | where | {"position": position}).fetchall()
        read(reader.name, rows, reader.apply, db, is_apart=True)
