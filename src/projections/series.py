"""Series as people see them: one row each, and one for every appointment that is an occurrence."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct
from msgspec.structs import replace
from psycopg import Connection
from psycopg.rows import class_row

from booking.appointment import STATUS_AFTER
from booking.events import AppointmentEdited, AppointmentMade, AppointmentMoved, AppointmentRestored
from booking.series.events import (
    SeriesCancelled,
    SeriesExtended,
    SeriesMoved,
    SeriesPlanned,
    SeriesRestored,
    SeriesService,
)
from booking.series.series import Series
from clients.queries import ClientCard, cards
from kernel.events import Event
from kernel.reader import View
from kernel.store import Store, found_in
from projections.visits import time_of


class SeriesLine(Struct, frozen=True, kw_only=True):
    """Who comes back, by which rule, at what time on the wall, for what, with whom."""

    organisation_id: UUID
    series_id: UUID
    client_id: UUID | None
    rule: str
    zone: str
    wall_time: str
    service_ids: list[UUID]
    resource_ids: list[UUID]


class OccurrenceLine(Struct, frozen=True, kw_only=True):
    """The first service and the resource that leads it stand for the visit."""

    organisation_id: UUID
    appointment_id: UUID
    series_id: UUID
    occurrence_on: date
    status: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    is_exception: bool
    service_id: UUID
    resource_id: UUID


class SeriesCard(Struct, frozen=True, kw_only=True):
    """A series as its own events tell it, with its appointments in order of time; `numbers` by their names."""

    series: Series
    lines: list[OccurrenceLine]
    numbers: dict[date, int]


class SeriesPlace(Struct, frozen=True, kw_only=True):
    """An occurrence's number among those of its series; None when it left the series."""

    line: OccurrenceLine
    rule: str
    number: int | None
    count: int


class Holder(Struct, frozen=True):
    """Whose time it is, and in whose column."""

    id: UUID
    resource_id: UUID
    client: ClientCard | None
    starts_at: datetime
    ends_at: datetime


series = View("series", "view_series", SeriesLine)
occurrences = View("occurrences", "view_occurrences", OccurrenceLine)

MADE = [kind for kind in STATUS_AFTER if issubclass(kind, AppointmentMade)]
SETTLED = [kind for kind in STATUS_AFTER if kind not in MADE and kind is not AppointmentRestored]
OF_SERIES = f"""
SELECT {", ".join(OccurrenceLine.__struct_fields__)} FROM view_occurrences
WHERE series_id = %s ORDER BY starts_at, occurrence_on"""
OF_APPOINTMENT = f"SELECT {', '.join(OccurrenceLine.__struct_fields__)} FROM view_occurrences WHERE appointment_id = %s"
HOLDERS = """
SELECT appointment_id, resource_id, client_id, starts_at, ends_at FROM view_visits
WHERE appointment_id = ANY(%s::uuid[])"""
OF_CLIENT = f"SELECT {', '.join(SeriesLine.__struct_fields__)} FROM view_series WHERE client_id = %s ORDER BY series_id"


@series.on(SeriesPlanned)
def begin(_: list[SeriesLine], event: SeriesPlanned) -> list[SeriesLine]:
    line = SeriesLine(
        organisation_id=event.organisation_id,
        series_id=event.originator_id,
        client_id=event.client_id,
        rule=event.rule,
        zone=event.zone,
        wall_time=event.wall_time,
        **given(event.services),
    )
    return [line]


@series.on(SeriesMoved)
def move(lines: list[SeriesLine], event: SeriesMoved) -> list[SeriesLine]:
    return [replace(line, rule=event.rule, wall_time=event.wall_time, **given(event.services)) for line in lines]


@series.on(SeriesExtended, SeriesCancelled, SeriesRestored)
def end_otherwise(
    lines: list[SeriesLine], event: SeriesExtended | SeriesCancelled | SeriesRestored
) -> list[SeriesLine]:
    return [replace(line, rule=event.rule) for line in lines]


def given(services: list[SeriesService]) -> dict[str, Any]:
    people = dict.fromkeys(id for each in services for id in each.resource_ids)
    return {"service_ids": [each.service_id for each in services], "resource_ids": list(people)}


@occurrences.on(*MADE)
def add(_: list[OccurrenceLine], event: AppointmentMade) -> list[OccurrenceLine]:
    if event.series_id is None:
        return []
    line = OccurrenceLine(
        organisation_id=event.organisation_id,
        appointment_id=event.originator_id,
        series_id=event.series_id,
        occurrence_on=event.occurrence_on,
        status=STATUS_AFTER[type(event)],
        is_exception=event.is_exception,
        **time_of(event),
    )
    return [line]


@occurrences.on(AppointmentMoved)
def shift(lines: list[OccurrenceLine], event: AppointmentMoved) -> list[OccurrenceLine]:
    return [replace(line, is_exception=event.is_exception, **time_of(event)) for line in lines]


@occurrences.on(AppointmentRestored)
def bring_back(lines: list[OccurrenceLine], event: AppointmentRestored) -> list[OccurrenceLine]:
    return [replace(line, status=STATUS_AFTER[type(event)], **time_of(event)) for line in lines]


@occurrences.on(AppointmentEdited)
def mark(lines: list[OccurrenceLine], event: AppointmentEdited) -> list[OccurrenceLine]:
    if event.is_exception is UNSET:
        return lines
    return [replace(line, is_exception=event.is_exception) for line in lines]


@occurrences.on(*SETTLED)
def settle(lines: list[OccurrenceLine], event: Event) -> list[OccurrenceLine]:
    return [replace(line, status=STATUS_AFTER[type(event)]) for line in lines]


def card(store: Store, organisation_id: UUID, id: UUID) -> SeriesCard | None:
    with store.reading(organisation_id) as db:
        found = found_in(db, Series, id)
        return card_of(db, found) if found else None


def card_of(db: Connection, found: Series) -> SeriesCard:
    with db.cursor(row_factory=class_row(OccurrenceLine)) as cursor:
        lines = cursor.execute(OF_SERIES, (found.id,)).fetchall()
    return SeriesCard(series=found, lines=lines, numbers={each.on: n for n, each in enumerate(found.made, 1)})


def place_of(store: Store, organisation_id: UUID, appointment_id: UUID) -> SeriesPlace | None:
    """Where this appointment stands in its series; None when it is of none."""
    with store.reading(organisation_id) as db:
        with db.cursor(row_factory=class_row(OccurrenceLine)) as cursor:
            line = cursor.execute(OF_APPOINTMENT, (appointment_id,)).fetchone()
        found = found_in(db, Series, line.series_id) if line else None
    if found is None:
        return None
    names = [each.on for each in found.made]
    number = names.index(line.occurrence_on) + 1 if line.occurrence_on in names else None
    return SeriesPlace(line=line, rule=found.rule, number=number, count=len(names))


def holders(store: Store, organisation_id: UUID, ids: Iterable[str]) -> dict[str, Holder]:
    """Whose appointments these are, by identifier; what is no appointment is absent."""
    with store.reading(organisation_id) as db:
        rows = db.execute(HOLDERS, (list(ids),)).fetchall()
        known = cards(db, [client_id for _, _, client_id, *_ in rows if client_id])
    return {str(id): Holder(id, column, known.get(client_id), *span) for id, column, client_id, *span in rows}


def of_client(store: Store, organisation_id: UUID, client_id: UUID) -> list[SeriesLine]:
    with store.reading(organisation_id) as db, db.cursor(row_factory=class_row(SeriesLine)) as cursor:
        return cursor.execute(OF_CLIENT, (client_id,)).fetchall()
