"""Messages to clients as the desk sees them: each with what is to become of it, became of it, and why."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from psycopg.rows import class_row

from kernel.reader import View
from kernel.store import Store
from notifications.messages.correspondence import FOR_NOW, KNOWN_OTHERWISE
from notifications.messages.events import MessageNotSent, MessagePlanned, MessageSent

# Why a message did not leave that nobody needs to mend; anything else has failed.
SKIPPED = (*KNOWN_OTHERWISE, *FOR_NOW, "undone", "no_email", "booked_too_late", "begun", "house_stands_still")
SKIPPED += ("too_late",)


class MessageLine(Struct, frozen=True, kw_only=True):
    """`state` is to_send, sent, failed or skipped."""

    organisation_id: UUID
    correspondence_id: UUID
    message_id: UUID
    appointment_id: UUID
    client_id: UUID
    rule: str
    kind: str
    channel: str
    state: str
    why: str
    is_manual: bool
    starts_at: datetime
    planned_at: datetime
    due_at: datetime
    settled_at: datetime | None


messages = View("messages", "view_messages", MessageLine)

Lines = list[MessageLine]
FIELDS = ", ".join(f"m.{name}" for name in MessageLine.__struct_fields__)
OF_APPOINTMENT = f"""
SELECT {FIELDS} FROM view_messages m WHERE m.appointment_id = %s
ORDER BY m.planned_at, m.is_manual, m.due_at, m.message_id"""
# The worst is shown: what failed, then what is still to be sent. Of each rule, and of news, the latest message counts:
# one that failed may have been sent again.
ORDER = ["failed", "to_send", "sent"]
# Joined to the lines `a` of an agenda: one word for the appointment of each, NULL where there is nothing to show.
MARK = f"""
LEFT JOIN LATERAL (
    SELECT (ARRAY{ORDER})[min(place)] AS mark FROM (
        SELECT DISTINCT ON (m.rule) array_position(ARRAY{ORDER}, m.state) AS place FROM view_messages m
        WHERE (m.organisation_id, m.appointment_id) = (a.organisation_id, a.appointment_id) AND m.state <> 'skipped'
        ORDER BY m.rule, m.planned_at DESC, m.is_manual DESC) latest) said ON true"""


@messages.on(MessagePlanned)
def plan(lines: Lines, event: MessagePlanned) -> Lines:
    line = MessageLine(
        organisation_id=event.organisation_id,
        correspondence_id=event.originator_id,
        message_id=event.message_id,
        appointment_id=event.appointment_id,
        client_id=event.client_id,
        rule=event.rule,
        kind=event.kind,
        channel=event.channel,
        state="to_send",
        why="",
        is_manual=event.is_manual,
        starts_at=event.starts_at,
        planned_at=event.at,
        due_at=event.due_at,
        settled_at=None,
    )
    return [*(each for each in lines if each.message_id != event.message_id), line]


@messages.on(MessageSent)
def send(lines: Lines, event: MessageSent) -> Lines:
    return settled(lines, event.message_id, state="sent", why="", settled_at=event.at)


@messages.on(MessageNotSent)
def give_up(lines: Lines, event: MessageNotSent) -> Lines:
    state = "skipped" if event.why in SKIPPED else "failed"
    return settled(lines, event.message_id, state=state, why=event.why, settled_at=event.at)


def settled(lines: Lines, message_id: UUID, **facts: object) -> Lines:
    return [replace(each, **facts) if each.message_id == message_id else each for each in lines]


def of_appointment(store: Store, organisation_id: UUID, id: UUID) -> Lines:
    """Oldest first."""
    with store.reading(organisation_id) as db, db.cursor(row_factory=class_row(MessageLine)) as cursor:
        return cursor.execute(OF_APPOINTMENT, (id,), prepare=True).fetchall()
