"""Appointments as lines of a list, past ones and those that were given up among them, in any order."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import class_row

from agenda.timetable import Settings, settings_of
from booking.appointment import STATUS_AFTER
from booking.queries import appointments
from clients.queries import ClientCard, cards
from kernel.store import Store
from kernel.texts import words_of

# As many as are sorted: what a list costs never grows with what there is.
REACH = 5_000
HUNDRED = 100
FILE = """LEFT JOIN clients o ON (o.organisation_id, o.id) = (v.organisation_id, v.client_id) AND o.is_current
LEFT JOIN clients c ON (c.organisation_id, c.id) = (o.organisation_id, o.file_id) AND c.is_current"""
HISTORY = "LEFT JOIN view_history h ON h.stream_id = v.appointment_id AND h.version = 1"
DRAWN = """LEFT JOIN LATERAL (SELECT price_cents, note_id, location_id FROM view_agenda
    WHERE appointment_id = v.appointment_id LIMIT 1) a ON true"""
NOTE = f"{DRAWN} LEFT JOIN texts t ON t.id = a.note_id"
LOCATION = f"{DRAWN} LEFT JOIN texts t ON t.id = a.location_id"
# By what a list is sorted, and what must be joined for it.
SORTS = {
    "time": ("v.starts_at", ""),
    "client": ("c.name_key", FILE),
    "status": ("array_position(%(statuses_in_order)s::text[], v.status)", ""),
    "service": ("array_position(%(services_in_order)s::uuid[], v.service_id)", ""),
    "person": ("array_position(%(people_in_order)s::uuid[], v.resource_id)", ""),
    "phone": ("nullif(c.phone_key, '')", FILE),
    "email": ("nullif(c.email, '')", FILE),
    "price": ("a.price_cents", DRAWN),
    "note": ("lower(t.words)", NOTE),
    "location": ("lower(t.words)", LOCATION),
    "made_at": ("h.at", HISTORY),
    "made_by": ("h.actor", HISTORY),
    "source": ("h.origin", HISTORY),
    "own": ("nullif(c.custom ->> %(own)s, '')", FILE),
}
# Only the conditions that were asked for are in the statement, so that the plan suits them.
CONDITIONS = {
    "first": "v.starts_at >= %(first)s",
    "last": "v.starts_at < %(last)s",
    "statuses": "v.status = ANY(%(statuses)s)",
    "service_id": "v.service_id = %(service_id)s",
    "resource_ids": "v.resource_id = ANY(%(resource_ids)s)",
    "client_id": """v.client_id IN (SELECT id FROM clients WHERE is_current AND file_id = (
        SELECT file_id FROM clients WHERE id = %(client_id)s AND is_current))""",
    "client_ids": """v.client_id IN (SELECT id FROM clients WHERE is_current AND file_id = ANY(%(client_ids)s))""",
    "id_from": "v.appointment_id >= %(id_from)s",
    "id_until": "v.appointment_id <= %(id_until)s",
    "words": """v.client_id IN (SELECT o.id FROM clients c JOIN clients o ON o.file_id = c.id AND o.is_current
        WHERE c.is_current AND c.name_key LIKE %(words)s)""",
}
LINES = f"""
WITH v AS MATERIALIZED (
    SELECT * FROM view_visits v WHERE {{conditions}} ORDER BY starts_at {{way}}, appointment_id LIMIT %(reach)s),
p AS (
    SELECT v.*, count(*) OVER () AS reached,
        row_number() OVER (ORDER BY {{order}} {{way}} NULLS LAST, v.starts_at {{way}}, v.appointment_id) AS place
    FROM v {{joins}} ORDER BY place LIMIT %(limit)s OFFSET %(skip)s)
SELECT v.appointment_id, v.status, v.starts_at, v.ends_at, v.zone, v.client_id, v.service_id, v.resource_id, v.reached,
    coalesce(trim(c.first_name || ' ' || c.last_name), '') AS client_name
FROM p v {FILE} ORDER BY place"""
MADE = "SELECT stream_id, at, actor, origin FROM view_history WHERE stream_id = ANY(%s) AND version = 1"
STATUSES = list(dict.fromkeys(STATUS_AFTER.values()))


class Wanted(Struct, frozen=True, kw_only=True):
    """What a list is narrowed to; instants, half-open. None leaves a condition out."""

    first: datetime | None = None
    last: datetime | None = None
    statuses: list[str] | None = None
    service_id: UUID | None = None
    resource_ids: list[UUID] | None = None
    client_id: UUID | None = None
    client_ids: list[UUID] | None = None
    id_from: UUID | None = None
    id_until: UUID | None = None
    words: str | None = None


class Found(Struct, kw_only=True):
    """A line as the views have it; its version and end of waiting are those of its own events.

    `reached` is how many the whole list has, and no more than REACH.
    """

    appointment_id: UUID
    status: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    client_id: UUID | None
    client_name: str
    service_id: UUID
    resource_id: UUID
    reached: int
    service_name: str = ""
    resource_name: str = ""
    version: int = 0
    expires_at: datetime | None = None
    price_cents: int | None = None
    currency: str = ""
    note: str = ""
    location: str = ""
    made_at: datetime | None = None
    made_by: str = ""
    source: str = ""
    client: ClientCard | None = None


def listed(
    store: Store,
    organisation_id: UUID,
    wanted: Wanted,
    *,
    sort: str = "time",
    own: UUID | None = None,
    is_backwards: bool = False,
    limit: int = 100,
    skip: int = 0,
    reach: int = 0,
) -> list[Found]:
    """At most `limit` lines of the first `reach` by time, or of REACH; `own` is the client field of that sort."""
    asked = {"own": str(own), "limit": limit, "skip": skip, "reach": reach or REACH}
    with store.reading(organisation_id) as db:
        settings = settings_of(db, organisation_id)
        return told(db, settings, read(db, settings, wanted, sort, asked, is_backwards=is_backwards))


def all_of(
    store: Store,
    organisation_id: UUID,
    wanted: Wanted,
    *,
    sort: str = "time",
    own: UUID | None = None,
    is_backwards: bool = False,
) -> tuple[int, Iterator[Found]]:
    """How many lines there are, REACH at most, and the lines, told by the hundred as they are taken."""
    asked = {"own": str(own), "limit": REACH, "skip": 0, "reach": REACH}
    with store.reading(organisation_id) as db:
        lines = read(db, settings_of(db, organisation_id), wanted, sort, asked, is_backwards=is_backwards)
    return len(lines), by_the_hundred(store, organisation_id, lines)


def by_the_hundred(store: Store, organisation_id: UUID, lines: list[Found]) -> Iterator[Found]:
    for start in range(0, len(lines), HUNDRED):
        with store.reading(organisation_id) as db:
            some = told(db, settings_of(db, organisation_id), lines[start : start + HUNDRED])
        yield from some


def read(
    db: Connection, settings: Settings, wanted: Wanted, sort: str, asked: dict[str, Any], *, is_backwards: bool
) -> list[Found]:
    narrow = {name: value for name in wanted.__struct_fields__ if (value := getattr(wanted, name)) is not None}
    conditions = " AND ".join(CONDITIONS[name] for name in narrow) or "true"
    order, joins = SORTS[sort]
    query = LINES.format(conditions=conditions, order=order, joins=joins, way="DESC" if is_backwards else "ASC")
    with db.cursor(row_factory=class_row(Found)) as cursor:
        return cursor.execute(query, narrow | orders(db, settings) | asked).fetchall()


def orders(db: Connection, settings: Settings) -> dict[str, Any]:
    """States, services and people in the order of their names, since the rows have identifiers."""
    names = words_of(db, (each.name_id for each in settings.resources.values()))
    people = sorted(settings.resources.values(), key=lambda each: names.get(each.name_id, "").casefold())
    services = sorted(settings.services.values(), key=lambda each: each.name.casefold())
    return {
        "statuses_in_order": STATUSES,
        "services_in_order": [each.id for each in services],
        "people_in_order": [each.id for each in people],
    }


def told(db: Connection, settings: Settings, lines: list[Found]) -> list[Found]:
    """With the names of what they name, and what their own events say."""
    people = {line.resource_id: settings.resources[line.resource_id].name_id for line in lines}
    names, files = words_of(db, people.values()), cards(db, {line.client_id for line in lines if line.client_id})
    ids = [line.appointment_id for line in lines]
    known = {each.appointment.id: each for each in appointments(db, ids)}
    made = {id: rest for id, *rest in db.execute(MADE, (ids,), prepare=True)}
    for line in lines:
        one = known[line.appointment_id]
        line.service_name = settings.services[line.service_id].name
        line.resource_name = names.get(people[line.resource_id], "")
        line.version, line.expires_at = one.appointment.version, one.appointment.expires_at
        line.price_cents, line.currency = one.appointment.price_cents, one.appointment.currency
        line.note, line.location = one.words["note"], one.words["location"]
        line.made_at, line.made_by, line.source = made.get(line.appointment_id, (None, "", ""))
        line.client = files.get(line.client_id)
    return lines


def window(first: date | None, last: date | None, zone: ZoneInfo) -> dict[str, datetime]:
    """The instants of these whole days in a zone; an end left out stays open."""
    edges = {"first": first, "last": last + timedelta(days=1) if last else None}
    return {name: datetime.combine(on, time(), zone) for name, on in edges.items() if on}


def columns(one: UUID | None, seen: Collection[UUID] | None) -> list[UUID] | None:
    """The columns asked for, among those that may be looked at; None for all."""
    if one is None:
        return None if seen is None else list(seen)
    return [one] if seen is None or one in seen else []
