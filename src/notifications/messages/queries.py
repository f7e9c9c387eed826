"""Which messages there will be: of what was just done, and of an appointment that somebody is about to make."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from clients.queries import ClientCard
from kernel.store import Store
from notifications.messages.matter import matter_of
from notifications.messages.news import KINDS, news
from notifications.messages.rules import HOLD, RULES, Rule


class Foreseen(Struct, frozen=True, kw_only=True):
    """A message that will leave at an instant; with `why`, one that will not."""

    kind: str
    rule: str
    channel: str
    due_at: datetime
    why: str = ""


def news_to_come(store: Store, organisation_id: UUID, appointment_id: UUID, now: datetime) -> str:
    """The kind of the message that is sent when the Undo delay is over; empty when there is none."""
    with store.reading(organisation_id) as db:
        matter = matter_of(db, appointment_id)
    if matter.client is None or not matter.client.email or matter.now.starts_at <= now:
        return ""
    due = news(matter.events, matter.letters.told_version, matter.letters.sent_version)
    is_to_come = due is not None and due.version > matter.letters.settled_version and due.at + HOLD > now
    return due.kind if is_to_come else ""


def will_receive(
    client: ClientCard | None,
    starts_at: datetime,
    zone: str,
    now: datetime,
    *,
    status: str = "booked",
    tells_client: bool = True,
) -> list[Foreseen]:
    """What an appointment made now would have sent to this client; nothing without a client or in the past.

    `zone` is that of the place, `status` booked, requested or proposed.
    """
    if client is None or starts_at <= now:
        return []
    why = "not_wanted" if not tells_client else "" if client.email else "no_email"
    first = Foreseen(kind=KINDS.get(status, "booked"), rule="", channel="email", due_at=now + HOLD, why=why)
    return [first, *reminders(client, starts_at, zone, now)]


def reminders(client: ClientCard, starts_at: datetime, zone: str, now: datetime) -> Iterator[Foreseen]:
    for rule in RULES:
        due_at = rule.due_at(starts_at, zone)
        facts = {"kind": rule.kind, "rule": rule.name, "channel": rule.channel, "due_at": due_at}
        yield Foreseen(**facts, why=reason(client, rule, due_at, now))


def reason(client: ClientCard, rule: Rule, due_at: datetime, now: datetime) -> str:
    if rule.channel == "email" and not client.email:
        return "no_email"
    return "booked_too_late" if due_at <= now else ""
