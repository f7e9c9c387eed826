"""Absences as the agenda hatches them."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import class_row

from agenda.events import AbsenceCancelled, AbsenceMoved, AbsencePlanned, AbsenceRestored, AbsenceTime
from kernel.reader import View


class AbsenceLine(Struct, frozen=True, kw_only=True):
    organisation_id: UUID
    absence_id: UUID
    resource_id: UUID
    starts_at: datetime
    ends_at: datetime
    is_whole_days: bool
    reason_id: UUID | None


absences = View("absences", "view_absences", AbsenceLine)

BETWEEN = """
SELECT organisation_id, absence_id, resource_id, starts_at, ends_at, is_whole_days, reason_id FROM view_absences
WHERE ends_at > %s AND starts_at < %s ORDER BY starts_at"""
AHEAD = """
SELECT organisation_id, absence_id, resource_id, starts_at, ends_at, is_whole_days, reason_id FROM view_absences
WHERE ends_at > %s AND (%s::uuid[] IS NULL OR resource_id = ANY(%s)) ORDER BY starts_at, absence_id LIMIT %s"""


@absences.on(AbsencePlanned, AbsenceMoved, AbsenceRestored)
def draw(lines: list[AbsenceLine], event: AbsenceTime) -> list[AbsenceLine]:
    return [
        AbsenceLine(
            organisation_id=event.organisation_id,
            absence_id=event.originator_id,
            resource_id=event.resource_id,
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            is_whole_days=event.is_whole_days,
            reason_id=event.reason_id or (lines[0].reason_id if lines else None),
        )
    ]


@absences.on(AbsenceCancelled)
def rub_out(_: list[AbsenceLine], __: AbsenceCancelled) -> list[AbsenceLine]:
    return []


def between(db: Connection, start: datetime, end: datetime) -> list[AbsenceLine]:
    """The absences that touch this stretch."""
    with db.cursor(row_factory=class_row(AbsenceLine)) as cursor:
        return cursor.execute(BETWEEN, (start, end)).fetchall()


def ahead(db: Connection, after: datetime, resource_ids: list[UUID] | None, limit: int) -> list[AbsenceLine]:
    """The next absences that are not over, of these columns or of all."""
    with db.cursor(row_factory=class_row(AbsenceLine)) as cursor:
        return cursor.execute(AHEAD, (after, resource_ids, resource_ids, limit)).fetchall()
