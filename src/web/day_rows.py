"""A day as lines in the order of the clock: visits with whoever comes, time that is free, time in which one is away."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import Struct

from clients import queries as clients
from clients.queries import ClientCard
from projections import desk as desk_view
from projections.agenda import notes_on
from projections.desk import Column, Line
from web import visit
from web.gaps import busy
from web.sight import CONTACTS, may
from web.words import LIVE

Span = tuple[datetime, datetime]
# Shorter free time is a breath between two visits.
LEAST_FREE = timedelta(minutes=15)
SHOWN = LIVE | {"missed"}


class Row(Struct, frozen=True, kw_only=True):
    """`kind` is visit, free or away; of a visit its line, the client's file and the note of the team."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    people: list[str]
    line: Line | None = None
    client: ClientCard | None = None
    note: str = ""
    reason: str = ""
    absence_id: UUID | None = None


class Told(NamedTuple):
    """What is known of the visits of some columns besides their lines: who comes, and the team's notes."""

    clients: dict[UUID, ClientCard]
    notes: dict[UUID, str]


def columns_on(dates: list[date], ids: list[UUID]) -> list[Column]:
    """For each date, a column for each of these."""
    return desk_view.sheet(visit.store(), visit.house(), dates, ids).columns


def told_of(columns: list[Column]) -> Told:
    """Two questions, however many columns there are."""
    lines = [line for column in columns for line in column.lines if line.status in SHOWN]
    with visit.store().reading(visit.house()) as db:
        files = clients.cards(db, {line.client_id for line in lines if line.client_id})
        return Told(files, notes_on(db, [line.appointment_id for line in lines if line.has_note]))


def rows_of(columns: list[Column], told: Told) -> list[Row]:
    """The lines of these columns together; time that several have free at once is said once."""
    visits = list(visit_rows(columns, told))
    free = sorted(row for column in columns for row in free_of(column))
    shared = [(span, [name for _, name in some]) for span, some in groupby(free, key=lambda each: each[0])]
    found = [Row(kind="free", starts_at=begin, ends_at=end, people=names) for (begin, end), names in shared]
    return sorted([*visits, *found, *away_rows(columns)], key=lambda row: (row.starts_at, row.kind != "visit"))


def visit_rows(columns: list[Column], told: Told) -> Iterator[Row]:
    for column in columns:
        for line in column.lines:
            if line.status in SHOWN:
                yield Row(
                    kind="visit",
                    starts_at=line.starts_at,
                    ends_at=line.ends_at,
                    people=[column.resource.name],
                    line=line,
                    client=told.clients.get(line.client_id) if may(CONTACTS) else None,
                    note=told.notes.get(line.appointment_id, ""),
                )


def away_rows(columns: list[Column]) -> Iterator[Row]:
    for column in columns:
        for one in column.absences:
            at = {"starts_at": one.starts_at, "ends_at": one.ends_at, "absence_id": one.absence_id}
            yield Row(kind="away", people=[column.resource.name], reason=one.reason, **at)


def free_of(column: Column) -> Iterator[tuple[Span, str]]:
    taken = sorted(busy(column))
    for period in sorted(column.periods):
        yield from ((span, column.resource.name) for span in left_of(period, taken))


def left_of(period: Span, taken: Iterable[Any]) -> Iterator[Span]:
    """What of a period nothing takes."""
    at, until = period
    for begin, end in (span for span in taken if span[0] < until):
        if begin - at >= LEAST_FREE:
            yield at, begin
        at = max(at, end)
    if until - at >= LEAST_FREE:
        yield at, until
