"""Appointments and holds as their own events tell them: never behind, and as of any position."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from msgspec import Struct
from psycopg import Connection

from agenda.timetable import settings_of
from booking.appointment import Appointment
from booking.events import Segment
from booking.hold import Hold
from booking.prices import list_price
from kernel.aggregate import Aggregate
from kernel.events import MAPPER, Event
from kernel.store import Store
from kernel.texts import words_of

Kind = TypeVar("Kind", bound=Aggregate)
EVENTS = """
SELECT stream_id, version, name, state FROM events
WHERE stream_id = ANY(%s) AND (%s::bigint IS NULL OR position <= %s) ORDER BY stream_id, version"""
# Each text of an appointment, and the field that carries its identifier.
WORDS_OF = {name: f"{name}_id" for name in ("note", "client_note", "location", "video_link", "answers")}


class AppointmentRead(Struct, frozen=True, kw_only=True):
    """An appointment with its words by their names."""

    appointment: Appointment
    words: dict[str, str]


def appointment(store: Store, organisation_id: UUID, id: UUID, until: int | None = None) -> AppointmentRead | None:
    """The appointment as of a position in the log, or as it is now."""
    with store.reading(organisation_id) as db:
        return next(iter(appointments(db, [id], until)), None)


def usual_price(store: Store, organisation_id: UUID, segments: list[Segment]) -> int | None:
    """What these services cost now, in cents, when nothing else is said."""
    with store.reading(organisation_id) as db:
        return list_price(settings_of(db, organisation_id), segments)


def appointments(db: Connection, ids: Iterable[UUID], until: int | None = None) -> list[AppointmentRead]:
    """Those of these identifiers that are appointments, in their order; two queries, however many."""
    told = streams(db, ids, until)
    found = [each for id, events in told.items() if (each := Appointment.replay(id, events))]
    spoken = words_of(db, (getattr(each, field) for each in found for field in WORDS_OF.values()))
    return [AppointmentRead(appointment=each, words=words_in(each, spoken)) for each in found]


def words_in(found: Appointment, spoken: dict[UUID, str]) -> dict[str, str]:
    return {name: spoken.get(getattr(found, field), "") for name, field in WORDS_OF.items()}


def hold(store: Store, organisation_id: UUID, id: UUID) -> Hold | None:
    return store.find(organisation_id, Hold, id)


def as_of(db: Connection, kind: type[Kind], id: UUID, until: int | None) -> Kind | None:
    """An aggregate as of a position in the log, or as it is now."""
    return kind.replay(id, streams(db, [id], until).get(id, []))


def streams(db: Connection, ids: Iterable[UUID], until: int | None = None) -> dict[UUID, list[Event]]:
    """The events of each stream, in the order of the identifiers; those without any are absent."""
    wanted = list(dict.fromkeys(ids))
    told: dict[UUID, list[Event]] = {id: [] for id in wanted}
    for stream_id, version, name, state in db.execute(EVENTS, (wanted, until, until), prepare=True):
        told[stream_id].append(MAPPER.to_domain_event(StoredEvent(stream_id, version, name, state.encode())))
    return {id: events for id, events in told.items() if events}
