"""Readers follow the log: views keep rows for people, policies queue jobs; position and rows commit together."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.sql import SQL, Composed, Identifier

from kernel import parked
from kernel.events import Event
from kernel.jobs import queue
from kernel.parked import Enter, Stream
from kernel.recorder import encoded
from kernel.store import Store
from kernel.tail import ROWS, horizon

BATCH = 1000

# What this reader does not ask for is left out; what nobody here knows is not: it may be of a newer program.
# A parked stream is left out from the event on that could not be read.
WANTED = """name <> ALL(%(unwanted)s) AND NOT EXISTS (
    SELECT FROM parked WHERE parked.reader = %(reader)s AND parked.organisation_id = events.organisation_id
    AND parked.stream_id = events.stream_id AND parked.version <= events.version)"""
IN_ORDER = f"{ROWS} WHERE position > %(last)s AND position <= %(until)s AND {WANTED} ORDER BY position"
KNOW = "INSERT INTO positions (reader) VALUES (%s) ON CONFLICT DO NOTHING"
TAKE = "SELECT position FROM positions WHERE reader = %s FOR UPDATE SKIP LOCKED"
MOVE = "UPDATE positions SET position = %s WHERE reader = %s"



class Reader:
    """Follows the log under a name. `apply` takes a batch of the events it asked for, in order.

    What it keeps of one stream must not depend on where other streams are: a stream whose event it cannot read is
    parked and read again later, while the others go on. Its tables are written without a schema's name, so that it
    can keep a second set of them elsewhere.
    """

    # Whether `fill` writes each row once and reads none, so that indexes may wait until the rows are in.
    fills_bare: ClassVar[bool] = False

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

    def fill(self, events: list[Event], db: Connection) -> None:
        """Takes streams from their first event on, into tables that hold nothing of them and that nobody sees yet."""
        self.apply(events, db)

    def wants(self, event_name: str) -> bool:
        return event_name in self.handlers

    def asked(self) -> dict[str, Any]:
        """The parameters of WANTED."""
        return {"reader": self.name, "unwanted": [name for name in Event.names if not self.wants(name)]}

    def follow(self, store: Store, limit: int = BATCH) -> int:
        """Reads one batch, if there is one and no other process is at it; returns how many positions it passed."""
        return self.advance(store.database.everywhere, limit)

    def advance(self, enter: Enter, limit: int = BATCH) -> int:
        """The same in any room where its tables are. What it cannot read is parked, in a second try at the batch."""
        return parked.in_two_tries(enter, lambda db, is_apart: self.step(db, limit, is_apart=is_apart))

    def step(self, db: Connection, limit: int, *, is_apart: bool = False) -> int:
        last = self.take(db)
        until = 0 if last is None else min(horizon(db, last), last + limit)
        if last is None or until <= last:
            return 0
        rows = db.execute(IN_ORDER, self.asked() | {"last": last, "until": until}, prepare=True).fetchall()
        parked.read(self.name, rows, self.apply, db, is_apart=is_apart)
        db.execute(MOVE, (until, self.name), prepare=True)
        return until - last

    def take(self, db: Connection) -> int | None:
        db.execute(KNOW, (self.name,), prepare=True)
        row = db.execute(TAKE, (self.name,), prepare=True).fetchone()
        return row[0] if row else None


Kept = TypeVar("Kept")


class View(Reader, Generic[Kept]):
    """A reader that keeps, for each stream, the rows which its events fold into.

    A handler takes the rows of one stream and an event and returns the rows as they are after it. Batches are
    folded in memory and written in one statement. `row` is a frozen Struct whose fields are the table's columns, of
    which the first two are organisation_id and the stream's identifier.
    """

    fills_bare = True

    def __init__(self, name: str, table: str, row: type[Kept]):
        super().__init__(name, (table,))
        self.row = row
        fields = row.__struct_fields__
        self.key = fields[1]
        columns = SQL(", ").join(map(Identifier, fields))
        place = {"table": Identifier(table), "columns": columns, "key": Identifier(self.key)}
        ours = "FROM {table} WHERE (organisation_id, {key}) IN (SELECT * FROM unnest(%s::uuid[], %s::uuid[]))"
        self.select = SQL(f"SELECT {{columns}} {ours}").format(**place)
        self.delete = SQL(f"DELETE {ours}").format(**place)
        self.copy = SQL("COPY {table} ({columns}) FROM STDIN").format(**place)
        self.insert = insert_into(table)

    def apply(self, events: list[Event], db: Connection) -> None:
        before = self.load(db, {stream_of(event) for event in events if event.originator_version > 1})
        after = self.fold(events, dict(before))
        changed = {stream: rows for stream, rows in after.items() if rows != before.get(stream, [])}
        stale = [stream for stream in changed if stream in before]
        self.write(db, stale, [row for rows in changed.values() for row in rows])

    def fill(self, events: list[Event], db: Connection) -> None:
        names = self.row.__struct_fields__
        with db.cursor().copy(self.copy) as copy:
            for rows in self.fold(events, {}).values():
                for row in rows:
                    copy.write_row([getattr(row, name) for name in names])

    def fold(self, events: list[Event], rows: dict[Stream, list[Kept]]) -> dict[Stream, list[Kept]]:
        """The rows of each stream after these events."""
        for event in events:
            stream = (event.organisation_id, event.originator_id)
            rows[stream] = self.handlers[type(event).__name__](rows.get(stream, []), event)
        return rows

    def load(self, db: Connection, streams: set[Stream]) -> dict[Stream, list[Kept]]:
        found: dict[Stream, list[Kept]] = {}
        if streams:
            with db.cursor(row_factory=class_row(self.row)) as cursor:
                for row in cursor.execute(self.select, columns_of(streams)):
                    found.setdefault((row.organisation_id, getattr(row, self.key)), []).append(row)
        return found

    def write(self, db: Connection, stale: list[Stream], rows: list[Kept]) -> None:
        if stale:
            db.execute(self.delete, columns_of(stale))
        if rows:
            db.execute(self.insert, (encoded(rows),))


class Policy(Reader):
    """A reader whose table is the queue: a handler yields the jobs that an event asks for."""

    def apply(self, events: list[Event], db: Connection) -> None:
        for event in events:
            queue(db, event.organisation_id, self.handlers[type(event).__name__](event))


def stream_of(event: Event) -> Stream:
    return event.organisation_id, event.originator_id


def columns_of(streams: Iterable[Stream]) -> tuple[list[UUID], list[UUID]]:
    """Two organisations may have given one identifier to two things, so a stream is named by both."""
    return [organisation_id for organisation_id, _ in streams], [id for _, id in streams]


def insert_into(table: str) -> Composed:
    """One statement for any number of rows, as COPY is refused on tables with row-level security."""
    name = Identifier(table)
    return SQL("INSERT INTO {} SELECT * FROM json_populate_recordset(NULL::{}, %s::json)").format(name, name)
