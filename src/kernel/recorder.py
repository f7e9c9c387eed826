"""Writing and reading the log: events, claims, states, texts and the command's key, in one transaction."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import AggregateRecorder, StoredEvent
from psycopg import Connection
from psycopg.errors import ExclusionViolation, UniqueViolation

from kernel.errors import ClaimsClash, VersionClash
from kernel.events import Claim, Event

INSERT_EVENT = "INSERT INTO events (stream_id, version, name, state) VALUES (%s, %s, %s, %s) RETURNING position"
INSERT_CLAIM = """
INSERT INTO claims (stream_id, resource_id, seat, starts_at, ends_at, kind, before_minutes, after_minutes,
    capacity, counts_on, expires_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""

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
        events: list[Event] = extras["events"]
        self.replace_claims(latest_claims(events), {e.originator_id for e in events if e.originator_version == 1})
        positions = [self.append(event) for event in stored_events]
        self.position = positions[-1]
        return positions

    def append(self, event: StoredEvent) -> int:
        row = (event.originator_id, event.originator_version, event.topic, event.state.decode())
        try:
            return self.connection.execute(INSERT_EVENT, row, prepare=True).fetchone()[0]
        except UniqueViolation as clash:
            raise VersionClash from clash

    def replace_claims(self, taken: dict[UUID, list[Claim]], new: set[UUID]) -> None:
        """Frees before it takes, so that a hold can become an appointment in one step."""
        if released := [stream_id for stream_id in taken if stream_id not in new]:
            self.connection.execute("DELETE FROM claims WHERE stream_id = ANY(%s)", (released,), prepare=True)
        for stream_id, claims in taken.items():
            for claim in claims:
                self.take(stream_id, claim)

    def take(self, stream_id: UUID, claim: Claim) -> None:
        try:
            self.connection.execute(INSERT_CLAIM, (stream_id, *claim_row(claim)), prepare=True)
        except ExclusionViolation as clash:
            raise ClaimsClash from clash

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


def claim_row(claim: Claim) -> tuple[Any, ...]:
    return (
        claim.resource_id,
        claim.seat,
        claim.starts_at,
        claim.ends_at,
        claim.kind,
        claim.before_minutes,
        claim.after_minutes,
        claim.capacity,
        claim.counts_on,
        claim.expires_at,
    )
