"""The questions of the desk: a day, two weeks at a glance, one appointment, who is expected."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from agenda.hours import open_periods
from agenda.options import AgendaOptions
from agenda.queries import ResourceCard, resource_cards
from agenda.timetable import Settings, settings_of
from booking.appointment import ENDED, Appointment
from booking.events import Segment, Terms
from clients.queries import ClientCard, cards
from kernel.events import MAPPER
from kernel.recorder import Recorder
from kernel.store import Store
from kernel.texts import words_of
from kernel.zones import DAY, MINUTE, day_spans, instant_of
from projections.absences import between
from projections.messages import MARK

LINES = f"""
SELECT a.appointment_id, a.version, a.status, a.part, a.parts, a.resource_id, a.starts_at, a.ends_at, a.zone,
    coalesce(c.id, a.client_id) AS client_id,
    coalesce(trim(c.first_name || ' ' || c.last_name), '') AS client_name, a.service_id, a.is_lead,
    a.is_asked_for, a.note_id IS NOT NULL AS has_note,
    a.location_id IS NOT NULL OR a.video_link_id IS NOT NULL AS has_location, a.shown_on,
    -- Nothing will be sent without an address.
    CASE WHEN said.mark = 'to_send' AND coalesce(c.email, '') = '' THEN '' ELSE coalesce(said.mark, '') END AS mark
FROM view_agenda a
LEFT JOIN clients o ON (o.organisation_id, o.id) = (a.organisation_id, a.client_id) AND o.is_current
LEFT JOIN clients c ON (c.organisation_id, c.id) = (o.organisation_id, o.file_id) AND c.is_current{MARK}"""
# Where the service stands in a row of these.
SERVICE = 11
OF_DAYS = f"{LINES} WHERE a.shown_on = ANY(%s) AND a.resource_id = ANY(%s) ORDER BY a.starts_at, a.appointment_id"
OF_APPOINTMENT = f"{LINES} WHERE a.appointment_id = %s ORDER BY a.part, a.is_lead DESC, a.resource_id, a.shown_on"
PENDING = "SELECT count(DISTINCT appointment_id) FROM view_agenda WHERE status = 'requested' AND shown_on >= %s"


class Line(Struct, frozen=True, gc=False):
    """A part of an appointment in one resource's column, in the order of LINES; instants."""

    appointment_id: UUID
    version: int
    status: str
    part: int
    parts: int
    resource_id: UUID
    starts_at: datetime
    ends_at: datetime
    zone: str
    client_id: UUID | None
    client_name: str
    service_id: UUID
    is_lead: bool
    is_asked_for: bool
    has_note: bool
    has_location: bool
    shown_on: date
    mark: str
    service_name: str = ""
    colour: str = ""
    capacity: int = 1


class Absent(Struct, frozen=True, kw_only=True):
    absence_id: UUID
    starts_at: datetime
    ends_at: datetime
    reason: str


class Column(Struct, frozen=True, kw_only=True):
    """A resource's day: when it is open, away and taken; instants. `fill` is the percentage of open time booked, and
    `closed` the name of the holiday that closes the house."""

    resource: ResourceCard
    on: date
    closed: str
    periods: list[tuple[datetime, datetime]]
    absences: list[Absent]
    lines: list[Line]
    fill: int | None


class Sheet(Struct, frozen=True, kw_only=True):
    """Days of the agenda, each with a column for each resource, and how the house has them drawn."""

    zone: str
    options: AgendaOptions
    columns: list[Column]


class Day(Struct, frozen=True, kw_only=True):
    """`pending` is how many requests wait from the day before on."""

    on: date
    zone: str
    columns: list[Column]
    closed: str
    pending: int


class AppointmentCard(Struct, frozen=True, kw_only=True):
    """Everything of one appointment, with the terms in force when it was made."""

    id: UUID
    version: int
    status: str
    zone: str
    starts_at: datetime
    ends_at: datetime
    lines: list[Line]
    segments: list[Segment]
    resource_names: list[str]
    service_names: list[str]
    client: ClientCard | None
    note: str
    client_note: str
    location: str
    video_link: str
    price_cents: int | None
    currency: str
    is_asked_for: bool
    expires_at: datetime | None
    terms: Terms


def day(store: Store, organisation_id: UUID, on: date, resource_ids: Collection[UUID] | None = None) -> Day:
    """One column for each practitioner, or for the resources named."""
    with store.reading(organisation_id) as db:
        settings = settings_of(db, organisation_id)
        seen, pending = sheet_in(db, settings, [on], resource_ids), pending_from(db, on - DAY)
    return Day(on=on, zone=seen.zone, columns=seen.columns, closed=closed_on(settings, on), pending=pending)


def requests_from(store: Store, organisation_id: UUID, on: date) -> int:
    """How many requests wait for the house, for a time on this date or later."""
    with store.reading(organisation_id) as db:
        return pending_from(db, on)


def pending_from(db: Connection, on: date) -> int:
    return db.execute(PENDING, (on,), prepare=True).fetchone()[0]


def sheet(store: Store, organisation_id: UUID, dates: Sequence[date], resource_ids: Collection[UUID]) -> Sheet:
    """For each date in order, a column for each of these resources in theirs; one query for all lines."""
    with store.reading(organisation_id) as db:
        return sheet_in(db, settings_of(db, organisation_id), dates, resource_ids)


def sheet_in(
    db: Connection, settings: Settings, dates: Sequence[date], resource_ids: Collection[UUID] | None
) -> Sheet:
    cards = shown_of(resource_cards(db, settings.organisation.id), resource_ids)
    lines = lines_on(db, settings, dates, [card.id for card in cards])
    away = absences_on(db, settings, dates)
    columns = [
        column(settings, card, on, lines.get((card.id, on), []), away.get(card.id, []))
        for on in dates
        for card in cards
    ]
    return Sheet(zone=settings.zone.key, options=settings.options, columns=columns)


def closed_on(settings: Settings, on: date) -> str:
    """The name of the holiday that closes the house on a date, or nothing."""
    return next((dates[on] for dates in settings.closed_on.values() if on in dates), "")


def shown_of(known: list[ResourceCard], ids: Collection[UUID] | None) -> list[ResourceCard]:
    """Those named, in that order; every practitioner when nobody is."""
    if ids is None:
        return [card for card in known if card.kind == "practitioner"]
    by_id = {card.id: card for card in known}
    return [by_id[id] for id in ids if id in by_id]


def lines_on(
    db: Connection, settings: Settings, dates: Sequence[date], ids: list[UUID]
) -> dict[tuple[UUID, date], list[Line]]:
    lines: dict[tuple[UUID, date], list[Line]] = defaultdict(list)
    for line in read_lines(db, settings, OF_DAYS, (list(dates), ids)):
        lines[line.resource_id, line.shown_on].append(line)
    return lines


def read_lines(db: Connection, settings: Settings, query: str, values: tuple[Any, ...]) -> list[Line]:
    with db.cursor(binary=True) as cursor:
        rows = cursor.execute(query, values, prepare=True).fetchall()
    return [line_of(settings, row) for row in rows]


def line_of(settings: Settings, row: tuple[Any, ...]) -> Line:
    service = settings.services[row[SERVICE]]
    return Line(*row, service.name, service.colour, service.capacity)


def absences_on(db: Connection, settings: Settings, dates: Sequence[date]) -> dict[UUID, list[Absent]]:
    """Of each resource, those that touch the days from the first to the last."""
    spans = day_spans(settings.zone, min(dates), max(dates))
    if not spans:
        return {}
    found = between(db, instant_of(spans[0][0]), instant_of(spans[-1][1]))
    reasons = words_of(db, (each.reason_id for each in found))
    away: dict[UUID, list[Absent]] = {}
    for each in found:
        span = {"starts_at": each.starts_at, "ends_at": each.ends_at}
        absent = Absent(absence_id=each.absence_id, reason=reasons.get(each.reason_id, ""), **span)
        away.setdefault(each.resource_id, []).append(absent)
    return away


def column(settings: Settings, card: ResourceCard, on: date, lines: list[Line], away: list[Absent]) -> Column:
    periods = periods_on(settings, card.id, on)
    minutes = sum((end - start) // MINUTE for start, end in periods)
    booked = sum((line.ends_at - line.starts_at) // MINUTE for line in lines if line.status not in ENDED)
    return Column(
        resource=card,
        on=on,
        closed=closed_on(settings, on),
        periods=periods,
        absences=[one for one in away if touches(settings, one, on)],
        lines=lines,
        fill=min(100, round(100 * booked / minutes)) if minutes else None,
    )


def touches(settings: Settings, absent: Absent, on: date) -> bool:
    zone = settings.zone
    return absent.starts_at.astimezone(zone).date() <= on <= (absent.ends_at - MINUTE).astimezone(zone).date()


def periods_on(settings: Settings, resource_id: UUID, on: date) -> list[tuple[datetime, datetime]]:
    resource = settings.resources[resource_id]
    found = open_periods(resource.hours, on, on, settings.zone_of, settings.closures_for(resource))
    return [(instant_of(period.start), instant_of(period.end)) for period in found]


def appointment(store: Store, organisation_id: UUID, id: UUID) -> AppointmentCard | None:
    """The appointment as its own events tell it: always up to date, whatever the readers have read."""
    with store.reading(organisation_id) as db:
        events = map(MAPPER.to_domain_event, Recorder(db).select_events(id))
        found = Appointment.replay(id, events) if is_appointment(db, id) else None
        return card_of(db, settings_of(db, organisation_id), found) if found else None


def is_appointment(db: Connection, id: UUID) -> bool:
    query = "SELECT name LIKE 'Appointment%%' FROM events WHERE stream_id = %s AND version = 1"
    row = db.execute(query, (id,), prepare=True).fetchone()
    return bool(row and row[0])


def card_of(db: Connection, settings: Settings, found: Appointment) -> AppointmentCard:
    uses = [use.resource_id for segment in found.segments for use in segment.uses]
    names = words_of(db, (settings.resources[id].name_id for id in uses))
    words = words_of(db, (found.note_id, found.client_note_id, found.location_id, found.video_link_id))
    return AppointmentCard(
        id=found.id,
        version=found.version,
        status=found.status,
        zone=found.zone,
        starts_at=found.segments[0].starts_at,
        ends_at=found.segments[-1].ends_at,
        lines=read_lines(db, settings, OF_APPOINTMENT, (found.id,)),
        segments=found.segments,
        resource_names=list(dict.fromkeys(names.get(settings.resources[id].name_id, "") for id in uses)),
        service_names=[settings.services[segment.service_id].name for segment in found.segments],
        client=cards(db, [found.client_id]).get(found.client_id) if found.client_id else None,
        note=words.get(found.note_id, ""),
        client_note=words.get(found.client_note_id, ""),
        location=words.get(found.location_id, ""),
        video_link=words.get(found.video_link_id, ""),
        price_cents=found.price_cents,
        currency=found.currency,
        is_asked_for=found.is_asked_for,
        expires_at=found.expires_at,
        terms=found.terms,
    )
