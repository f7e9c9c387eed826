"""The questions of the desk: a day, two weeks at a glance, one appointment, who is expected."""

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct
from psycopg import Connection

from agenda.hours import open_periods
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
from projections.messages import marked

LINES = """
SELECT a.appointment_id, a.version, a.status, a.part, a.parts, a.resource_id, a.starts_at, a.ends_at, a.zone,
    coalesce(c.id, a.client_id) AS client_id,
    coalesce(trim(c.first_name || ' ' || c.last_name), '') AS client_name, a.service_id, a.is_lead,
    a.is_asked_for, a.note_id IS NOT NULL AS has_note,
    a.location_id IS NOT NULL OR a.video_link_id IS NOT NULL AS has_location, coalesce(c.email, '') <> '' AS has_email
FROM view_agenda a
LEFT JOIN clients o ON (o.organisation_id, o.id) = (a.organisation_id, a.client_id) AND o.is_current
LEFT JOIN clients c ON (c.organisation_id, c.id) = (o.organisation_id, o.file_id) AND c.is_current"""
# Where the service stands in a row of these.
SERVICE = 11
OF_DAY = f"{LINES} WHERE a.shown_on = %s AND a.resource_id = ANY(%s) ORDER BY a.starts_at, a.appointment_id"
OF_APPOINTMENT = f"{LINES} WHERE a.appointment_id = %s ORDER BY a.part, a.is_lead DESC, a.resource_id, a.shown_on"
BOOKED_MINUTES = """
SELECT shown_on, resource_id, sum(extract(epoch FROM ends_at - starts_at))::bigint / 60 FROM view_agenda
WHERE shown_on BETWEEN %s AND %s AND status <> ALL(%s) GROUP BY 1, 2"""
PENDING = "SELECT count(DISTINCT appointment_id) FROM view_agenda WHERE status = 'requested' AND shown_on >= %s"
RECENT = """
SELECT DISTINCT ON (c.id) c.id, latest.starts_at, latest.service_id FROM (
    SELECT client_id, starts_at, service_id FROM view_visits
    WHERE resource_id = %s AND client_id IS NOT NULL AND starts_at < %s AND starts_at > %s AND status <> ALL(%s)
    ORDER BY starts_at DESC LIMIT 400) latest
JOIN clients o ON o.id = latest.client_id AND o.is_current
JOIN clients c ON c.id = o.file_id AND c.is_current AND NOT c.is_archived
ORDER BY c.id, latest.starts_at DESC"""
USUAL = """
SELECT service_id FROM view_visits
WHERE client_id IN (SELECT id FROM clients WHERE file_id = %s AND is_current) AND status <> ALL(%s)
GROUP BY service_id ORDER BY count(*) DESC, max(starts_at) DESC"""


class Line(Struct, frozen=True):
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
    has_email: bool
    service_name: str = ""
    colour: str = ""
    mark: str = ""


class Absent(Struct, frozen=True, kw_only=True):
    absence_id: UUID
    starts_at: datetime
    ends_at: datetime
    reason: str


class Column(Struct, frozen=True, kw_only=True):
    """A resource's day: when it is open, away and taken; instants. `fill` is the percentage of open time booked."""

    resource: ResourceCard
    periods: list[tuple[datetime, datetime]]
    absences: list[Absent]
    lines: list[Line]
    fill: int | None


class Day(Struct, frozen=True, kw_only=True):
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


class Expected(Struct, frozen=True, kw_only=True):
    """A client who may be meant by an empty time: when last seen, and for what."""

    client: ClientCard
    last_at: datetime
    service_id: UUID
    is_usual_time: bool


def day(store: Store, organisation_id: UUID, on: date, resource_ids: Collection[UUID] | None = None) -> Day:
    """One column for each practitioner, or for the resources named."""
    with store.reading(organisation_id) as db:
        settings = settings_of(db, organisation_id)
        shown = [card for card in resource_cards(db, organisation_id) if is_shown(card, resource_ids)]
        lines = lines_on(db, settings, on, [card.id for card in shown])
        away = absences_on(db, settings, on)
        columns = [column(settings, card, on, lines.get(card.id, []), away.get(card.id, [])) for card in shown]
        pending = db.execute(PENDING, (on - DAY,)).fetchone()[0]
    closed = next((dates[on] for dates in settings.closed_on.values() if on in dates), "")
    return Day(on=on, zone=settings.zone.key, columns=columns, closed=closed, pending=pending)


def is_shown(card: ResourceCard, resource_ids: Collection[UUID] | None) -> bool:
    return card.kind == "practitioner" if resource_ids is None else card.id in resource_ids


def lines_on(db: Connection, settings: Settings, on: date, ids: list[UUID]) -> dict[UUID, list[Line]]:
    lines: dict[UUID, list[Line]] = {}
    for line in marked(db, read_lines(db, settings, OF_DAY, (on, ids))):
        lines.setdefault(line.resource_id, []).append(line)
    return lines


def read_lines(db: Connection, settings: Settings, query: str, values: tuple[Any, ...]) -> list[Line]:
    with db.cursor(binary=True) as cursor:
        rows = cursor.execute(query, values, prepare=True).fetchall()
    return [line_of(settings, row) for row in rows]


def line_of(settings: Settings, row: tuple[Any, ...]) -> Line:
    service = settings.services[row[SERVICE]]
    return Line(*row, service.name, service.colour)


def absences_on(db: Connection, settings: Settings, on: date) -> dict[UUID, list[Absent]]:
    spans = day_spans(settings.zone, on, on)
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
    fill = min(100, round(100 * booked / minutes)) if minutes else None
    return Column(resource=card, periods=periods, absences=away, lines=lines, fill=fill)


def periods_on(settings: Settings, resource_id: UUID, on: date) -> list[tuple[datetime, datetime]]:
    resource = settings.resources[resource_id]
    found = open_periods(resource.hours, on, on, settings.zone_of, settings.closures_for(resource))
    return [(instant_of(period.start), instant_of(period.end)) for period in found]


def fills(
    store: Store, organisation_id: UUID, first: date, days: int = 14, columns: frozenset[UUID] | None = None
) -> dict[date, int | None]:
    """For each local date, the percentage of open time that is booked, of all practitioners or of these `columns`.

    None when all are closed.
    """
    last = first + timedelta(days - 1)
    with store.reading(organisation_id) as db:
        settings = settings_of(db, organisation_id)
        booked = db.execute(BOOKED_MINUTES, (first, last, list(ENDED)), prepare=True).fetchall()
    people = {id for id, each in settings.resources.items() if each.kind == "practitioner" and each.is_active}
    people = people if columns is None else people & columns
    taken = Counter()
    for on, resource_id, minutes in booked:
        taken[on] += minutes if resource_id in people else 0
    opened = open_minutes(settings, people, first, last)
    dates = (first + timedelta(number) for number in range(days))
    return {on: min(100, round(100 * taken[on] / opened[on])) if opened[on] else None for on in dates}


def open_minutes(settings: Settings, people: set[UUID], first: date, last: date) -> Counter:
    minutes: Counter = Counter()
    for id in people:
        resource = settings.resources[id]
        closed_on = settings.closures_for(resource)
        for period in open_periods(resource.hours, first, last, settings.zone_of, closed_on):
            minutes[period.on] += period.end - period.start
    return minutes


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


def expected_clients(store: Store, organisation_id: UUID, resource_id: UUID, starts_at: datetime) -> list[Expected]:
    """Who this person saw in the months before, those of the same weekday and hour first, then the latest."""
    with store.reading(organisation_id) as db:
        settings = settings_of(db, organisation_id)
        zone = settings.zone_at(settings.resources[resource_id])
        values = (resource_id, starts_at, starts_at - 200 * DAY, list(ENDED))
        rows = db.execute(RECENT, values, prepare=True).fetchall()
        known = cards(db, [row[0] for row in rows])
    seen = [expected(known[id], at, service_id, starts_at, zone) for id, at, service_id in rows if id in known]
    return sorted(seen, key=lambda each: (not each.is_usual_time, -each.last_at.timestamp()))


def expected(client: ClientCard, last_at: datetime, service_id: UUID, starts_at: datetime, zone: ZoneInfo) -> Expected:
    then, now = last_at.astimezone(zone), starts_at.astimezone(zone)
    is_usual = then.weekday() == now.weekday() and abs(then.hour * 60 + then.minute - now.hour * 60 - now.minute) <= 30
    return Expected(client=client, last_at=last_at, service_id=service_id, is_usual_time=is_usual)


def usual_services(store: Store, organisation_id: UUID, client_id: UUID) -> list[UUID]:
    """The services this client has had, the most frequent first."""
    with store.reading(organisation_id) as db:
        return [id for (id,) in db.execute(USUAL, (client_id, list(ENDED)), prepare=True)]
