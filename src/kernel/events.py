"""Events: immutable facts of plain values, known for ever by the name of their class."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from eventsourcing.persistence import Mapper, StoredEvent
from msgspec import Struct
from msgspec.structs import force_setattr

PLAIN = (UUID, datetime, date)
ENVELOPE = ("organisation_id", "originator_id", "originator_version", "position")


class Claim(Struct, frozen=True, kw_only=True):
    """A stretch of one seat of one resource, half-open, in instants. Seat 0 is an absence, which excludes nobody."""

    resource_id: UUID
    starts_at: datetime
    ends_at: datetime
    seat: int = 1
    kind: str = "visit"
    before_minutes: int = 0
    after_minutes: int = 0
    capacity: int = 1
    counts_on: date | None = None
    expires_at: datetime | None = None


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every fact carries: where it stands in the log, who caused it, how, and on which two clocks."""

    names: ClassVar[dict[str, type["Event"]]] = {}

    organisation_id: UUID | None = None
    originator_id: UUID | None = None
    originator_version: int = 0
    position: int = 0

    at: datetime
    by: str
    via: str
    command: UUID
    behalf: str = ""
    reason_id: UUID | None = None
    override: tuple[str, ...] = ()
    happened_at: datetime | None = None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        known = Event.names.setdefault(cls.__name__, cls)
        if known.__module__ != cls.__module__:
            raise TypeError(f"two events are called {cls.__name__}: {known.__module__} and {cls.__module__}")

    def claims(self) -> list[Claim] | None:
        """The time this fact takes in place of what its stream took before; None leaves the ledger alone."""
        return None


STAMPS = frozenset(Event.__struct_fields__)


def facts_of(event: Event) -> dict[str, Any]:
    """The event's own facts as JSON values, without its stamps."""
    plain = msgspec.to_builtins(event)
    return {name: value for name, value in plain.items() if name not in STAMPS}


class EventMapper(Mapper[UUID]):
    """Events to JSON that SQL can read, by msgspec: ten times faster than the library's own transcoder."""

    def __init__(self) -> None:
        self.decoders: dict[str, msgspec.json.Decoder[Event]] = {}
        self.encoder = msgspec.json.Encoder()

    def to_stored_event(self, domain_event: Event) -> StoredEvent:  # type: ignore[override]
        state = msgspec.to_builtins(domain_event, builtin_types=PLAIN)
        for name in ENVELOPE:
            state.pop(name, None)
        return StoredEvent(
            domain_event.originator_id,
            domain_event.originator_version,
            type(domain_event).__name__,
            self.encoder.encode(state),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Event:  # type: ignore[override]
        event = self.decoder(stored_event.topic).decode(stored_event.state)
        force_setattr(event, "originator_id", stored_event.originator_id)
        force_setattr(event, "originator_version", stored_event.originator_version)
        return event

    def decoder(self, name: str) -> msgspec.json.Decoder[Event]:
        if name not in self.decoders:
            self.decoders[name] = msgspec.json.Decoder(Event.names[name])
        return self.decoders[name]


MAPPER = EventMapper()
