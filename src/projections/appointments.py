"""Pages of appointments in the order of their starts, for whoever filters and goes on after the last one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

# Only the conditions that were asked for are in the statement, so that the plan suits them.
CONDITIONS = {
    "starts_from": "v.starts_at >= %(starts_from)s",
    "starts_before": "v.starts_at < %(starts_before)s",
    "client_id": "v.client_id = %(client_id)s",
    "statuses": "v.status = ANY(%(statuses)s)",
    "service_id": "EXISTS (SELECT FROM view_agenda a WHERE a.appointment_id = v.appointment_id"
    " AND a.service_id = %(service_id)s)",
    "resource_id": "EXISTS (SELECT FROM view_agenda a WHERE a.appointment_id = v.appointment_id"
    " AND a.resource_id = %(resource_id)s)",
    "after": "(v.starts_at, v.appointment_id) > (%(after_at)s, %(after_id)s)",
}
PAGE = """
SELECT v.appointment_id, v.starts_at FROM view_visits v WHERE {}
ORDER BY v.starts_at, v.appointment_id LIMIT %(limit)s"""


class Filter(Struct, frozen=True, kw_only=True):
    """What a page is narrowed to; instants, half-open. None leaves a condition out."""

    starts_from: datetime | None = None
    starts_before: datetime | None = None
    client_id: UUID | None = None
    service_id: UUID | None = None
    resource_id: UUID | None = None
    statuses: list[str] | None = None


def page(
    db: Connection, wanted: Filter, after: tuple[datetime, UUID] | None, limit: int
) -> list[tuple[UUID, datetime]]:
    """Identifiers and starts of the appointments after this one."""
    asked: dict[str, Any] = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
    asked = {name: value for name, value in asked.items() if value is not None}
    if after:
        asked |= {"after": True, "after_at": after[0], "after_id": after[1]}
    conditions = " AND ".join(CONDITIONS[name] for name in asked if name in CONDITIONS) or "true"
    return db.execute(PAGE.format(conditions), asked | {"limit": limit}).fetchall()
