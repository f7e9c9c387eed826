"""The client's file: every visit, past and future, one row an appointment."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct
from msgspec.structs import replace
from psycopg import Connection
from psycopg.rows import class_row

from booking.appointment import STATUS_AFTER
from booking.events import AppointmentEdited, AppointmentMade, AppointmentMoved, AppointmentRestored, TimeTaken
from kernel.events import Event
from kernel.reader import View
from kernel.store import Store


class Visit(Struct, frozen=True, kw_only=True):
    """The first service and the person who leads it stand for the visit."""

    organisation_id: UUID
    appointment_id: UUID
    client_id: UUID | None
    status: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    service_id: UUID
    resource_id: UUID


class Visits(Struct, frozen=True, kw_only=True):
    """A client's visits: past ones latest first, future ones soonest first, and how they went."""

    past: list[Visit]
    future: list[Visit]
    honoured: int
    missed: int
    cancelled: int


visits = View("visits", "view_visits", Visit)

# Visits keep the file that they were made with; the one that it was merged into finds them.
OF_CLIENT = f"""
SELECT {', '.join(Visit.__struct_fields__)} FROM view_visits
WHERE client_id IN (
    SELECT id FROM clients WHERE file_id = (SELECT file_id FROM clients WHERE id = %s AND is_current) AND is_current)
ORDER BY starts_at, appointment_id"""
MADE = [kind for kind in STATUS_AFTER if issubclass(kind, AppointmentMade)]
SETTLED = [kind for kind in STATUS_AFTER if kind not in MADE and kind is not AppointmentRestored]


@visits.on(*MADE)
def add(_: list[Visit], event: AppointmentMade) -> list[Visit]:
    who = {"organisation_id": event.organisation_id, "appointment_id": event.originator_id}
    return [Visit(**who, client_id=event.client_id, status=STATUS_AFTER[type(event)], **time_of(event))]


@visits.on(AppointmentMoved)
def move(rows: list[Visit], event: AppointmentMoved) -> list[Visit]:
    return [replace(row, **time_of(event)) for row in rows]


@visits.on(AppointmentEdited)
def rename(rows: list[Visit], event: AppointmentEdited) -> list[Visit]:
    return rows if event.client_id is UNSET else [replace(row, client_id=event.client_id) for row in rows]


@visits.on(AppointmentRestored)
def bring_back(rows: list[Visit], event: AppointmentRestored) -> list[Visit]:
    return [replace(row, status=STATUS_AFTER[type(event)], **time_of(event)) for row in rows]


@visits.on(*SETTLED)
def settle(rows: list[Visit], event: Event) -> list[Visit]:
    return [replace(row, status=STATUS_AFTER[type(event)]) for row in rows]


def time_of(event: TimeTaken) -> dict[str, Any]:
    first, last = event.segments[0], event.segments[-1]
    lead = next((use for use in first.uses if use.is_lead), first.uses[0])
    return {
        "starts_at": first.starts_at,
        "ends_at": last.ends_at,
        "zone": event.zone,
        "service_id": first.service_id,
        "resource_id": lead.resource_id,
    }


def of_client(store: Store, organisation_id: UUID, client_id: UUID, now: datetime) -> Visits:
    with store.reading(organisation_id) as db:
        return sorted_visits(visits_of(db, client_id), now)


def visits_of(db: Connection, client_id: UUID) -> list[Visit]:
    with db.cursor(row_factory=class_row(Visit)) as cursor:
        return cursor.execute(OF_CLIENT, (client_id,)).fetchall()


def sorted_visits(rows: list[Visit], now: datetime) -> Visits:
    return Visits(
        past=[row for row in reversed(rows) if row.starts_at <= now],
        future=[row for row in rows if row.starts_at > now],
        honoured=sum(row.status in ("booked", "arrived", "completed") and row.starts_at <= now for row in rows),
        missed=sum(row.status == "missed" for row in rows),
        cancelled=sum(row.status == "cancelled" for row in rows),
    )
