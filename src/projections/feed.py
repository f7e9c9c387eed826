"""The log as other programs follow it: every event of one organisation in order, without a word about people."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection

from kernel.events import STAMPS

# The history view knows each organisation's events in order; what it has seen, every reader before it has too.
SINCE = """
SELECT h.position, h.name, h.stream_id, h.version, e.state
FROM view_history h JOIN events e USING (organisation_id, stream_id, version)
WHERE h.position > %(after)s AND h.position <= (SELECT min(position) FROM positions)
    AND (%(names)s::text[] IS NULL OR h.name = ANY(%(names)s))
    AND (%(stream)s::uuid IS NULL OR h.stream_id = %(stream)s)
ORDER BY h.position LIMIT %(limit)s"""
ONE = "SELECT position, name, stream_id, version, state FROM events WHERE stream_id = %s AND version = %s"


class Fact(Struct, frozen=True, kw_only=True):
    """An event as programs read it; `facts` are its own fields, of which identifiers of texts are not the texts."""

    position: int
    name: str
    stream_id: UUID
    version: int
    at: datetime
    happened_at: datetime | None
    actor: str
    on_behalf_of: str
    origin: str
    override: list[str]
    reason_id: str | None
    command_id: str
    zone: str = "UTC"
    facts: dict[str, Any]


def since(
    db: Connection,
    after: int,
    *,
    names: Collection[str] | None = None,
    stream_id: UUID | None = None,
    limit: int = 100,
) -> list[Fact]:
    """The organisation's events after a position, those of some names or of one stream, oldest first."""
    asked = {"after": after, "names": list(names) if names else None, "stream": stream_id, "limit": limit}
    return [fact_of(*row) for row in db.execute(SINCE, asked).fetchall()]


def one(db: Connection, stream_id: UUID, version: int) -> Fact:
    """One event of the organisation, from the log itself."""
    return fact_of(*db.execute(ONE, (stream_id, version), prepare=True).fetchone())


def fact_of(position: int, name: str, stream_id: UUID, version: int, state: str) -> Fact:
    told = msgspec.json.decode(state)
    return Fact(
        position=position,
        name=name,
        stream_id=stream_id,
        version=version,
        at=instant(told["at"]),
        happened_at=instant(told.get("happened_at")),
        actor=told["by"],
        on_behalf_of=told.get("behalf", ""),
        origin=told["via"],
        override=told.get("override", []),
        reason_id=told.get("reason_id"),
        command_id=told["command"],
        facts={name: value for name, value in told.items() if name not in STAMPS},
    )


def instant(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
