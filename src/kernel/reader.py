"""Readers follow the log: views keep rows for people, policies queue jobs; position and rows commit together."""

import time
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from msgspec.structs import force_setattr
from psycopg import Connection
from psycopg.rows import class_row
from psycopg.sql import SQL, Composed, Identifier

from kernel.events import MAPPER, Event
from kernel.jobs import queue
from kernel.recorder import encoded
from kernel.store import Store

BATCH = 1000

# The sequence is read first. Whoever took a number up to it and has not committed holds a write lock on the table:
# wait those out, and every number up to the horizon is decided. `position > last` alone loses events.
LAST_NUMBER = "SELECT last_value, is_called FROM events_position_seq"
WRITING = """
SELECT coalesce(array_agg(virtualtransaction), '{}') FROM pg_locks
WHERE relation = 'events'::regclass AND mode = 'RowExclusiveLock' AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
STILL_WRITING = "SELECT 1 FROM pg_locks WHERE locktype = 'virtualxid' AND virtualxid = ANY(%s) LIMIT 1"
EVENTS_BETWEEN = """
SELECT organisation_id, stream_id, version, position, name, state FROM events
WHERE position > %s AND position <= %s ORDER BY position LIMIT %s"""


class Reader:
    """Follows the log under a name. `apply` takes a batch of the events it asked for, in order."""

    def __init__(self, name: str, tables: tuple[str, ...] = ()):
        self.name = name
        self.tables = tables
        self.handlers: dict[str, Callable[..., Any]] = {}

    def on(self, *kinds: type[Event]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def register(handler: Callable[..., Any]) -> Callable[..., Any]:
            self.handlers.update(dict.fromkeys((kind.__name__ for kind in kinds), handler))
            return handler

        return register

    def apply(self, events: list[Event], db: Connection) -> None:
        for event in events:
            self.handlers[type(event).__name__](event, db)

    def wants(self, event_name: str) -> bool:
        return event_name in self.handlers

    def follow(self, store: Store, limit: int = BATCH) -> int:
        """Reads one batch, if there is one and no other process is at it; returns how many events it passed."""
        with store.database.everywhere() as db:
            last = self.take(db)
            return 0 if last is None else self.read_on(db, last, limit)

    def take(self, db: Connection) -> int | None:
        db.execute("INSERT INTO positions (reader) VALUES (%s) ON CONFLICT DO NOTHING", (self.name,), prepare=True)
        query = "SELECT position FROM positions WHERE reader = %s FOR UPDATE SKIP LOCKED"
        row = db.execute(query, (self.name,), prepare=True).fetchone()
        return row[0] if row else None

    def read_on(self, db: Connection, last: int, limit: int) -> int:
        until = horizon(db, last)
        if until <= last:
            return 0
        rows = db.execute(EVENTS_BETWEEN, (last, until, limit), prepare=True).fetchall()
        self.apply([event_of(row) for row in rows if self.wants(row[4])], db)
        position = rows[-1][3] if len(rows) == limit else until
        db.execute("UPDATE positions SET position = %s WHERE reader = %s", (position, self.name), prepare=True)
        return max(1, len(rows))

    def rebuild(self, store: Store, limit: int = BATCH) -> int:
        """Empties what it keeps and reads the whole log again, seen by others at once; returns the events passed."""
        passed = 0
        with store.database.everywhere() as db:
            db.execute("INSERT INTO positions (reader) VALUES (%s) ON CONFLICT DO NOTHING", (self.name,))
            db.execute("UPDATE positions SET position = 0 WHERE reader = %s", (self.name,))
            for table in self.tables:
                db.execute(SQL("DELETE FROM {}").format(Identifier(table)))
            while step := self.read_on(db, self.take(db), limit):
                passed += step
        return passed


Row = TypeVar("Row")


class View(Reader, Generic[Row]):
    """A reader that keeps, for each stream, the rows which its events fold into.

    A handler takes the rows of one stream and an event and returns the rows as they are after it. Batches are
    folded in memory and written in one statement. `row` is a frozen Struct whose fields are the table's columns, of
    which the first two are organisation_id and the stream's identifier.
    """

    def __init__(self, name: str, table: str, row: type[Row]):
        super().__init__(name, (table,))
        self.row = row
        fields = row.__struct_fields__
        self.key = fields[1]
        names = SQL(", ").join(map(Identifier, fields))
        key, name_of_table = Identifier(self.key), Identifier(table)
        self.select = SQL("SELECT {} FROM {} WHERE {} = ANY(%s)").format(names, name_of_table, key)
        self.delete = SQL("DELETE FROM {} WHERE {} = ANY(%s)").format(name_of_table, key)
        self.insert = insert_into(table)

    def apply(self, events: list[Event], db: Connection) -> None:
        known = {event.originator_id for event in events if event.originator_version > 1}
        before = self.load(db, known)
        after = dict(before)
        for event in events:
            handler = self.handlers[type(event).__name__]
            after[event.originator_id] = handler(after.get(event.originator_id, []), event)
        changed = {key: rows for key, rows in after.items() if rows != before.get(key, [])}
        self.write(db, [key for key in changed if key in before], [row for rows in changed.values() for row in rows])

    def load(self, db: Connection, keys: set[UUID]) -> dict[UUID, list[Row]]:
        found: dict[UUID, list[Row]] = {}
        if keys:
            with db.cursor(row_factory=class_row(self.row)) as cursor:
                for row in cursor.execute(self.select, (list(keys),)):
                    found.setdefault(getattr(row, self.key), []).append(row)
        return found

    def write(self, db: Connection, stale: list[UUID], rows: list[Row]) -> None:
        if stale:
            db.execute(self.delete, (stale,))
        if rows:
            db.execute(self.insert, (encoded(rows),))


class Policy(Reader):
    """A reader whose table is the queue: a handler yields the jobs that an event asks for."""

    def apply(self, events: list[Event], db: Connection) -> None:
        for event in events:
            queue(db, event.organisation_id, self.handlers[type(event).__name__](event))


def insert_into(table: str) -> Composed:
    """One statement for any number of rows, as COPY is refused on tables with row-level security."""
    name = Identifier(table)
    return SQL("INSERT INTO {} SELECT * FROM json_populate_recordset(NULL::{}, %s::json)").format(name, name)


def horizon(db: Connection, last: int) -> int:
    """The position up to which every event is decided: committed and visible, or never to come."""
    number, is_called = db.execute(LAST_NUMBER, prepare=True).fetchone()
    number = number if is_called else 0
    if number > last:
        writing = db.execute(WRITING, prepare=True).fetchone()[0]
        while writing and db.execute(STILL_WRITING, (writing,), prepare=True).fetchone():
            time.sleep(0.001)
    return number


def event_of(row: tuple[Any, ...]) -> Event:
    organisation_id, stream_id, version, position, name, state = row
    event = MAPPER.to_domain_event(StoredEvent(stream_id, version, name, state))
    force_setattr(event, "organisation_id", organisation_id)
    force_setattr(event, "position", position)
    return event


def events_since(store: Store, position: int, limit: int = BATCH) -> Iterator[Event]:
    """Events after this position, gap-safe, across organisations; for tools that look and keep nothing."""
    with store.database.everywhere() as db:
        rows = db.execute(EVENTS_BETWEEN, (position, horizon(db, position), limit)).fetchall()
    yield from map(event_of, rows)
