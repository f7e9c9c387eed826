"""Appointments as lines of a list, past ones and those that were given up among them, in any order."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import class_row

from agenda.timetable import Settings, settings_of
from booking.queries import appointments
from kernel.store import Store
from kernel.texts import words_of

SORTS = {
    "time": "v.starts_at",
    "client": "c.name_key",
    "status": "v.status",
    "service": "v.service_id",
    "person": "v.resource_id",
}
# Only the conditions that were asked for are in the statement, so that the plan suits them.
CONDITIONS = {
    "first": "v.starts_at >= %(first)s",
    "last": "v.starts_at < %(last)s",
    "statuses": "v.status = ANY(%(statuses)s)",
    "service_id": "v.service_id = %(service_id)s",
    "resource_ids": "v.resource_id = ANY(%(resource_ids)s)",
    "words": "c.name_key LIKE %(words)s",
}
LINES = """
SELECT v.appointment_id, v.status, v.starts_at, v.ends_at, v.zone, v.client_id, v.service_id, v.resource_id,
    coalesce(trim(c.first_name || ' ' || c.last_name), '') AS client_name
FROM view_visits v
LEFT JOIN clients o ON (o.organisation_id, o.id) = (v.organisation_id, v.client_id) AND o.is_current
LEFT JOIN clients c ON (c.organisation_id, c.id) = (o.organisation_id, o.file_id) AND c.is_current
WHERE {conditions} ORDER BY {order}, v.starts_at, v.appointment_id LIMIT %(limit)s OFFSET %(skip)s"""


class Wanted(Struct, frozen=True, kw_only=True):
    """What a list is narrowed to; instants, half-open. None leaves a condition out."""

    first: datetime | None = None
    last: datetime | None = None
    statuses: list[str] | None = None
    service_id: UUID | None = None
    resource_ids: list[UUID] | None = None
    words: str | None = None


class Found(Struct, kw_only=True):
    """A line as the views have it; its version and end of waiting are those of its own events."""

    appointment_id: UUID
    status: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    client_id: UUID | None
    client_name: str
    service_id: UUID
    resource_id: UUID
    service_name: str = ""
    resource_name: str = ""
    version: int = 0
    expires_at: datetime | None = None
    price_cents: int | None = None
    currency: str = ""
    note: str = ""


def listed(
    store: Store,
    organisation_id: UUID,
    wanted: Wanted,
    *,
    sort: str = "time",
    is_backwards: bool = False,
    limit: int = 100,
    skip: int = 0,
) -> list[Found]:
    """At most `limit` lines; the cost is that of the lines in the window, whatever came before it."""
    asked: dict[str, Any] = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
    asked = {name: value for name, value in asked.items() if value is not None}
    conditions = " AND ".join(CONDITIONS[name] for name in asked) or "true"
    order = f"{SORTS[sort]}{' DESC' if is_backwards else ''}"
    with store.reading(organisation_id) as db:
        settings = settings_of(db, organisation_id)
        with db.cursor(row_factory=class_row(Found)) as cursor:
            query = LINES.format(conditions=conditions, order=order)
            lines = cursor.execute(query, asked | {"limit": limit, "skip": skip}).fetchall()
        return told(db, settings, lines)


def told(db: Connection, settings: Settings, lines: list[Found]) -> list[Found]:
    """With the names of what they name, and what their own events say."""
    people = {line.resource_id: settings.resources[line.resource_id].name_id for line in lines}
    names = words_of(db, people.values())
    known = {each.appointment.id: each for each in appointments(db, [line.appointment_id for line in lines])}
    for line in lines:
        one = known[line.appointment_id]
        line.service_name = settings.services[line.service_id].name
        line.resource_name = names.get(people[line.resource_id], "")
        line.version, line.expires_at = one.appointment.version, one.appointment.expires_at
        line.price_cents, line.currency = one.appointment.price_cents, one.appointment.currency
        line.note = one.words["note"]
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
