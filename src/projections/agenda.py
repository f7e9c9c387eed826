"""The agenda as the desk sees it: one line for each resource of an appointment on each day that it touches."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import UNSET, Struct
from msgspec.structs import replace

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
    blank = AgendaLine(
        organisation_id=event.organisation_id,
        appointment_id=event.originator_id,
        part=0,
        resource_id=event.originator_id,
        shown_on=event.at.date(),
        parts=1,
        version=event.originator_version,
        status=STATUS_AFTER[type(event)],
        client_id=event.client_id,
        service_id=event.originator_id,
        starts_at=event.at,
        ends_at=event.at,
        zone=event.zone,
        is_lead=False,
        is_asked_for=event.is_asked_for,
        note_id=event.note_id,
        client_note_id=event.client_note_id,
        location_id=event.location_id,
        video_link_id=event.video_link_id,
        price_cents=event.price_cents,
        currency=event.currency,
        expires_at=event.expires_at,
    )
    return list(lines_of(blank, event))


@agenda.on(AppointmentMoved, AppointmentRestored)
def redraw_lines(lines: Lines, event: TimeTaken) -> Lines:
    status = STATUS_AFTER.get(type(event), lines[0].status)
    changed = replace(lines[0], version=event.originator_version, status=status, expires_at=event.expires_at)
    return list(lines_of(changed, event))


@agenda.on(AppointmentEdited)
def edit_lines(lines: Lines, event: AppointmentEdited) -> Lines:
    given = {name: value for name in EDITED if (value := getattr(event, name)) is not UNSET}
    return [replace(line, version=event.originator_version, **given) for line in lines]


@agenda.on(*SETTLED)
def settle_lines(lines: Lines, event: Event) -> Lines:
    status = STATUS_AFTER[type(event)]
    return [replace(line, version=event.originator_version, status=status, expires_at=None) for line in lines]


def lines_of(like: AgendaLine, event: TimeTaken) -> Iterator[AgendaLine]:
    zone = ZoneInfo(event.zone)
    for part, segment in enumerate(event.segments):
        for use in segment.uses:
            for on in local_days(segment, zone):
                yield replace(
                    like,
                    part=part,
                    parts=len(event.segments),
                    resource_id=use.resource_id,
                    is_lead=use.is_lead,
                    shown_on=on,
                    service_id=segment.service_id,
                    starts_at=segment.starts_at,
                    ends_at=segment.ends_at,
                    zone=event.zone,
                )


def local_days(segment: Segment, zone: ZoneInfo) -> Iterator[date]:
    """The local dates that a segment touches; an end at midnight belongs to the day before."""
    on = segment.starts_at.astimezone(zone).date()
    last = (segment.ends_at - timedelta(microseconds=1)).astimezone(zone).date()
    while on <= last:
        yield on
        on += DAY
