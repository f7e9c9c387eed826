"""Writing and reading the log: events, and the time that they claim."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from eventsourcing.persistence import AggregateRecorder, StoredEvent
from msgspec.structs import asdict
from psycopg import Connection
from psycopg.errors import ExclusionViolation, UniqueViolation

from kernel.errors import ClaimsClash, VersionClash
from kernel.events import Claim, Event

# Rows travel as JSON: one statement for any number of them, in one message.
KEEP = """
WITH taken AS (INSERT INTO claims SELECT * FROM json_populate_recordset(NULL::claims, %s::json))
INSERT INTO events (organisation_id, stream_id, version, name, state)
SELECT organisation_id, stream_id, version, name, state FROM json_populate_recordset(NULL::events, %s::json)
RETURNING position"""
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
        positions = self.keep(claims, [event_row(owner, event) for event in stored_events])
        self.position = positions[-1]
        return positions

    def keep(self, claims: list[dict[str, Any]], events: list[dict[str, Any]]) -> list[int]:
        try:
            kept = self.connection.execute(KEEP, (encoded(claims), encoded(events)), prepare=True).fetchall()
        except UniqueViolation as clash:
            raise VersionClash(any(event["version"] == 1 for event in events)) from clash
        except ExclusionViolation as clash:
            raise ClaimsClash from clash
        return [position for (position,) in kept]

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
