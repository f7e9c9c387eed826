"""The action history: one line for each event, with every field's old and new value, whatever the event."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection
from psycopg.rows import dict_row

from kernel.events import Event, facts_of
from kernel.reader import Reader, Stream, columns_of, insert_into, stream_of
from kernel.recorder import encoded
from kernel.store import Store

PUT_LINES = insert_into("view_history")
PUT_FIELDS = insert_into("view_history_fields")
OF_STREAMS = "view_history_fields WHERE (organisation_id, stream_id) IN (SELECT * FROM unnest(%s::uuid[], %s::uuid[]))"
KNOWN_FIELDS = f"SELECT organisation_id, stream_id, fields FROM {OF_STREAMS}"
DROP_FIELDS = f"DELETE FROM {OF_STREAMS}"
LINES = """
SELECT h.stream_id, h.version, h.position, h.at, h.happened_at, h.name, h.actor, h.behalf, h.origin,
    coalesce(t.words, '') AS reason, h.override, h.client_id, h.changes
FROM view_history h LEFT JOIN texts t ON (t.organisation_id, t.id) = (h.organisation_id, h.reason_id)"""
OF_STREAM = f"{LINES} WHERE h.stream_id = %s ORDER BY h.version"
# What is written to clients has a page of its own.
LATEST = f"{LINES} WHERE h.position < %s AND h.name NOT LIKE 'Message%%' ORDER BY h.position DESC LIMIT %s"
LAST_SEEN = """
SELECT coalesce(max(position), 0) FROM view_history WHERE position <= (SELECT min(position) FROM positions)"""
END = 2**62
FIELDS = ("organisation_id", "stream_id", "fields")


class Change(Struct, frozen=True, array_like=True):
    """A field before and after, as plain values; None where there was none."""

    field: str
    old: Any
    new: Any


class HistoryLine(Struct, frozen=True, kw_only=True):
    """An action: what happened, who caused it for whom, through what, why, and on two clocks."""

    stream_id: UUID
    version: int
    position: int
    at: datetime
    happened_at: datetime | None
    name: str
    actor: str
    behalf: str
    origin: str
    reason: str
    override: list[str]
    client_id: UUID | None
    changes: list[Change]


class History(Reader):
    """Follows every event there is, so that a new one can never be forgotten."""

    fills_bare = True

    def __init__(self) -> None:
        super().__init__("history", ("view_history", "view_history_fields"))

    def wants(self, event_name: str) -> bool:
        return True

    def apply(self, events: list[Event], db: Connection) -> None:
        fields = known_fields(db, {stream_of(event) for event in events if event.originator_version > 1})
        if fields:
            db.execute(DROP_FIELDS, columns_of(fields))
        self.put(events, fields, db)

    def fill(self, events: list[Event], db: Connection) -> None:
        self.put(events, {}, db)

    def put(self, events: list[Event], fields: dict[Stream, dict[str, Any]], db: Connection) -> None:
        """The lines of these events, and what the fields of their streams are from then on."""
        db.execute(PUT_LINES, (encoded([line_of(event, fields) for event in events]),))
        kept = [(*stream, encoded(known)) for stream, known in fields.items()]
        db.execute(PUT_FIELDS, (encoded([dict(zip(FIELDS, row, strict=True)) for row in kept]),))


history = History()


def known_fields(db: Connection, streams: set[Stream]) -> dict[Stream, dict[str, Any]]:
    rows = db.execute(KNOWN_FIELDS, columns_of(streams)) if streams else ()
    return {(organisation_id, id): msgspec.json.decode(fields) for organisation_id, id, fields in rows}


def line_of(event: Event, fields: dict[Stream, dict[str, Any]]) -> dict[str, Any]:
    """The event's row; `fields` moves on to what the stream's fields are after it."""
    known = fields.setdefault(stream_of(event), {})
    facts = facts_of(event)
    changes = [(name, known.get(name), value) for name, value in facts.items() if known.get(name) != value]
    known.update(facts)
    return {
        "organisation_id": event.organisation_id,
        "stream_id": event.originator_id,
        "version": event.originator_version,
        "position": event.position,
        "at": event.at,
        "happened_at": event.happened_at,
        "name": type(event).__name__,
        "actor": event.by,
        "behalf": event.behalf,
        "origin": event.via,
        "reason_id": event.reason_id,
        "override": event.override,
        "client_id": known.get("client_id"),
        "changes": encoded(changes),
    }


def of(store: Store, organisation_id: UUID, stream_id: UUID) -> list[HistoryLine]:
    """Everything that happened to one appointment, client or setting, oldest first."""
    with store.reading(organisation_id) as db:
        return lines_from(db, OF_STREAM, (stream_id,))


def page(store: Store, organisation_id: UUID, before: int | None = None, limit: int = 50) -> list[HistoryLine]:
    """The latest actions of the organisation before a position, newest first."""
    with store.reading(organisation_id) as db:
        return lines_from(db, LATEST, (before or END, limit))


def latest(store: Store, organisation_id: UUID) -> int:
    """The position of the organisation's last event that every reader has seen; 0 before the first."""
    with store.reading(organisation_id) as db:
        return db.execute(LAST_SEEN, prepare=True).fetchone()[0]


def lines_from(db: Connection, query: str, values: Sequence[Any] | Mapping[str, Any]) -> list[HistoryLine]:
    with db.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(query, values).fetchall()
    return [HistoryLine(**row | {"changes": changes_of(row["changes"])}) for row in rows]


def changes_of(encoded: str) -> list[Change]:
    return msgspec.json.decode(encoded, type=list[Change])
