"""Writing and reading the log: events, and the time that they claim."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from eventsourcing.persistence import AggregateRecorder, StoredEvent
from msgspec.structs import asdict
from psycopg import Connection
from psycopg.errors import ExclusionViolation, UniqueViolation

from kernel.errors import ClaimsClash, KeyTaken, VersionClash
from kernel.events import Claim, Event

# Rows travel as JSON: one statement for any number of them, in one message; the last of a command has its key.
KEPT = """
WITH taken AS (INSERT INTO claims SELECT * FROM json_populate_recordset(NULL::claims, %s::json)),
kept AS (
    INSERT INTO events (organisation_id, stream_id, version, name, state)
    SELECT organisation_id, stream_id, version, name, state FROM json_populate_recordset(NULL::events, %s::json)
    RETURNING position)"""
KEEP = f"{KEPT} SELECT position FROM kept"
KEEP_WITH_KEY = f"""{KEPT},
remembered AS (
    INSERT INTO commands (origin, key, fingerprint, at, position)
    SELECT %s, %s, %s, %s::timestamptz, max(position) FROM kept)
SELECT position FROM kept"""
REMEMBER = "INSERT INTO commands (origin, key, fingerprint, at, position) VALUES (%s, %s, %s, %s, %s)"
KEYS = "commands_pkey"
FREE = "DELETE FROM claims WHERE stream_id = ANY(%s)"

SELECT_EVENTS = (
    "SELECT version, name, state FROM events WHERE stream_id = %s AND version > %s ORDER BY version LIMIT %s"
)


class Recorder(AggregateRecorder):
    """The library's recorder, on a transaction that the caller began in one organisation.

    The library's own table lock and NOTIFY are not here: each would make all commits queue.
    """

    def __init__(self, connection: Connection):
        self.connection = connection
        self.position = 0

    def insert_events(self, stored_events: Sequence[StoredEvent], **extras: Any) -> Sequence[int]:
        """Frees before it takes, so that a hold can become an appointment in one step."""
        events: list[Event] = extras["events"]
        taken = latest_claims(events)
        new = {event.originator_id for event in events if event.originator_version == 1}
        if freed := [stream_id for stream_id in taken if stream_id not in new]:
            self.connection.execute(FREE, (freed,), prepare=True)
        owner = events[0].organisation_id
        claims = [claim_row(owner, stream_id, claim) for stream_id, some in taken.items() for claim in some]
        rows = [event_row(owner, event) for event in stored_events]
        positions = self.keep(claims, rows, extras["remembered"])
        self.position = positions[-1]
        return positions

    def keep(
        self, claims: list[dict[str, Any]], events: list[dict[str, Any]], remembered: tuple[Any, ...]
    ) -> list[int]:
        statement = KEEP_WITH_KEY if remembered else KEEP
        try:
            rows = self.connection.execute(statement, (encoded(claims), encoded(events), *remembered), prepare=True)
        except UniqueViolation as clash:
            raise clash_of(clash, is_new=any(event["version"] == 1 for event in events)) from clash
        except ExclusionViolation as clash:
            raise ClaimsClash from clash
        return sorted(position for (position,) in rows)

    def remember(self, origin: str, key: str, asked: bytes, at: datetime) -> None:
        """The key of a command that kept nothing with it; whoever sends forms, calls as a program or runs jobs meets
        none of the others' keys."""
        try:
            self.connection.execute(REMEMBER, (origin, key, asked, at, self.position), prepare=True)
        except UniqueViolation as taken:
            raise KeyTaken from taken

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The events of one stream in order, after version `gt`, up to `lte`."""
        rows = self.connection.execute(SELECT_EVENTS, (originator_id, gt or 0, limit), prepare=True).fetchall()
        stored = [StoredEvent(originator_id, version, name, state.encode()) for version, name, state in rows]
        stored = [event for event in stored if lte is None or event.originator_version <= lte]
        return stored[::-1] if desc else stored


def clash_of(clash: UniqueViolation, *, is_new: bool) -> Exception:
    return KeyTaken() if clash.diag.constraint_name == KEYS else VersionClash(is_new)


def latest_claims(events: Sequence[Event]) -> dict[UUID, list[Claim]]:
    """What each stream takes after these events; streams that leave the ledger alone are absent."""
    taken: dict[UUID, list[Claim]] = {}
    for event in events:
        if (claims := event.claims()) is not None:
            taken[event.originator_id] = claims
    return taken


def claim_row(organisation_id: UUID, stream_id: UUID, claim: Claim) -> dict[str, Any]:
    return asdict(claim) | {"organisation_id": organisation_id, "stream_id": stream_id}


def event_row(organisation_id: UUID, event: StoredEvent) -> dict[str, Any]:
    return {
        "organisation_id": organisation_id,
        "stream_id": event.originator_id,
        "version": event.originator_version,
        "name": event.topic,
        "state": event.state.decode(),
    }


def encoded(rows: list[Any]) -> str:
    return msgspec.json.encode(rows).decode()
