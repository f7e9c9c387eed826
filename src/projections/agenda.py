"""The agenda as the desk sees it: one line for each resource of an appointment on each day that it touches."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import UNSET, Struct
from msgspec.structs import replace
from psycopg import Connection

from booking.appointment import STATUS_AFTER
from booking.events import (
    AppointmentEdited,
    AppointmentMade,
    AppointmentMoved,
    AppointmentRestored,
    Segment,
    TimeTaken,
)
from kernel.events import Event
from kernel.reader import View
from kernel.zones import DAY

EDITED = ("client_id", "price_cents", "is_asked_for", "note_id", "client_note_id", "location_id", "video_link_id")

NOTES = """
SELECT DISTINCT a.appointment_id, t.words FROM view_agenda a JOIN texts t ON t.id = a.note_id
WHERE a.appointment_id = ANY(%s) AND t.words IS NOT NULL"""


class AgendaLine(Struct, frozen=True, kw_only=True):
    organisation_id: UUID
    appointment_id: UUID
    part: int
    resource_id: UUID
    shown_on: date
    parts: int
    version: int
    status: str
    client_id: UUID | None
    service_id: UUID
    starts_at: datetime
    ends_at: datetime
    zone: str
    is_lead: bool
    is_asked_for: bool
    note_id: UUID | None
    client_note_id: UUID | None
    location_id: UUID | None
    video_link_id: UUID | None
    price_cents: int | None
    currency: str
    expires_at: datetime | None


agenda = View("agenda", "view_agenda", AgendaLine)

Lines = list[AgendaLine]
MADE = [kind for kind in STATUS_AFTER if issubclass(kind, AppointmentMade)]
SETTLED = [kind for kind in STATUS_AFTER if kind not in MADE and kind is not AppointmentRestored]


@agenda.on(*MADE)
def add_lines(_: Lines, event: AppointmentMade) -> Lines:
    known = {name: getattr(event, name) for name in (*EDITED, "organisation_id", "currency")}
    return drawn(known | {"status": STATUS_AFTER[type(event)]}, event)


@agenda.on(AppointmentMoved, AppointmentRestored)
def redraw_lines(lines: Lines, event: TimeTaken) -> Lines:
    known = {name: getattr(lines[0], name) for name in (*EDITED, "organisation_id", "currency", "status")}
    return drawn(known | ({"status": "booked"} if isinstance(event, AppointmentRestored) else {}), event)


@agenda.on(AppointmentEdited)
def edit_lines(lines: Lines, event: AppointmentEdited) -> Lines:
    given = {name: value for name in EDITED if (value := getattr(event, name)) is not UNSET}
    return [replace(line, version=event.originator_version, **given) for line in lines]


@agenda.on(*SETTLED)
def settle_lines(lines: Lines, event: Event) -> Lines:
    status = STATUS_AFTER[type(event)]
    return [replace(line, version=event.originator_version, status=status, expires_at=None) for line in lines]


def drawn(known: dict[str, Any], event: TimeTaken) -> Lines:
    """The lines of an appointment at the time of this event; `known` is what the time does not say."""
    zone = ZoneInfo(event.zone)
    return [
        AgendaLine(
            **known,
            appointment_id=event.originator_id,
            version=event.originator_version,
            expires_at=event.expires_at,
            zone=event.zone,
            part=part,
            parts=len(event.segments),
            service_id=segment.service_id,
            starts_at=segment.starts_at,
            ends_at=segment.ends_at,
            resource_id=use.resource_id,
            is_lead=use.is_lead,
            shown_on=on,
        )
        for part, segment in enumerate(event.segments)
        for use in segment.uses
        for on in local_days(segment, zone)
    ]


def local_days(segment: Segment, zone: ZoneInfo) -> Iterator[date]:
    """The local dates that a segment touches; an end at midnight belongs to the day before."""
    on = segment.starts_at.astimezone(zone).date()
    last = (segment.ends_at - timedelta(microseconds=1)).astimezone(zone).date()
    while on <= last:
        yield on
        on += DAY


def notes_on(db: Connection, ids: list[UUID]) -> dict[UUID, str]:
    """The team's notes on these appointments, where there are any."""
    return dict(db.execute(NOTES, (ids,), prepare=True).fetchall())
