"""Messages of all appointments as lines of a list, and how many of them need somebody."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg.rows import class_row

from kernel.store import Store

# One that failed and was sent again since needs nobody any more.
STANDS = """m.state = %(state)s AND (m.state <> 'failed' OR NOT EXISTS (
    SELECT FROM view_messages n WHERE (n.organisation_id, n.appointment_id) = (m.organisation_id, m.appointment_id)
    AND n.rule = m.rule AND n.state IN ('to_send', 'sent')
    AND (n.planned_at, n.is_manual) > (m.planned_at, m.is_manual)))"""
CONDITIONS = {
    "first": "m.due_at >= %(first)s",
    "last": "m.due_at < %(last)s",
    "state": STANDS,
    "resource_ids": "v.resource_id = ANY(%(resource_ids)s)",
}
LINES = """
SELECT m.message_id, m.appointment_id, m.kind, m.rule, m.channel, m.state, m.why, m.due_at, m.settled_at, v.starts_at,
    coalesce(trim(c.first_name || ' ' || c.last_name), '') AS client_name, coalesce(c.email, '') <> '' AS has_email
FROM view_messages m
JOIN view_visits v ON (v.organisation_id, v.appointment_id) = (m.organisation_id, m.appointment_id)
LEFT JOIN clients o ON (o.organisation_id, o.id) = (m.organisation_id, m.client_id) AND o.is_current
LEFT JOIN clients c ON (c.organisation_id, c.id) = (o.organisation_id, o.file_id) AND c.is_current
WHERE {conditions} ORDER BY m.due_at {way}, m.message_id LIMIT %(limit)s OFFSET %(skip)s"""
FAILED = f"""
SELECT count(*) FROM view_messages m
JOIN view_visits v ON (v.organisation_id, v.appointment_id) = (m.organisation_id, m.appointment_id)
WHERE {STANDS} AND m.starts_at > %(now)s AND (%(columns)s::uuid[] IS NULL OR v.resource_id = ANY(%(columns)s))"""


class Found(Struct, frozen=True, kw_only=True):
    """A message, whom it is for, and when the appointment is; instants."""

    message_id: UUID
    appointment_id: UUID
    kind: str
    rule: str
    channel: str
    state: str
    why: str
    due_at: datetime
    settled_at: datetime | None
    starts_at: datetime
    client_name: str
    has_email: bool


def listed(
    store: Store,
    organisation_id: UUID,
    *,
    first: datetime | None = None,
    last: datetime | None = None,
    state: str | None = None,
    resource_ids: Collection[UUID] | None = None,
    limit: int,
    skip: int = 0,
) -> list[Found]:
    """By when they are due: what is to be sent soonest first, else the latest first. None leaves a condition out."""
    asked: dict[str, Any] = {"first": first, "last": last, "state": state or None, "resource_ids": resource_ids}
    asked = {name: value for name, value in asked.items() if value is not None}
    conditions = " AND ".join(CONDITIONS[name] for name in asked) or "true"
    query = LINES.format(conditions=conditions, way="ASC" if state == "to_send" else "DESC")
    with store.reading(organisation_id) as db, db.cursor(row_factory=class_row(Found)) as cursor:
        return cursor.execute(query, asked | {"limit": limit, "skip": skip}).fetchall()


def failed(store: Store, organisation_id: UUID, now: datetime, columns: Collection[UUID] | None) -> int:
    """How many failed of appointments that are still to come, in these columns or in all."""
    values = {"state": "failed", "now": now, "columns": None if columns is None else list(columns)}
    with store.reading(organisation_id) as db:
        return db.execute(FAILED, values, prepare=True).fetchone()[0]
