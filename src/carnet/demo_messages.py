"""What the demo practice wrote to its clients; nothing of it was ever sent."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from accounts.rights import SETUP
from kernel.actors import Act
from kernel.events import MAPPER
from kernel.jobs import queue
from kernel.store import Store
from notifications.messages.commands import note_message_not_sent, note_message_sent, plan_messages
from notifications.messages.correspondence import Correspondence, id_for
from notifications.messages.policies import send_in_time
from notifications.messages.rules import DAY_BEFORE, HOLD

ZONE = "Europe/Paris"
FAILED = 0.03
SKIP = "UPDATE positions SET position = (SELECT coalesce(max(position), 0) FROM events) WHERE reader = 'telling'"
PLANNED = "SELECT organisation_id, stream_id, version, name, state FROM events WHERE name = 'MessagePlanned'"

Happening = tuple[datetime, Callable[[], object]]


def messages_of(
    store: Store, dice: random.Random, house_id: UUID, id: UUID, starts_at: datetime, made_at: datetime, now: datetime
) -> Iterator[Happening]:
    """A confirmation once it is booked, and a reminder on the day before if its time has come."""
    yield from news_of(store, house_id, id, made_at, has_failed=dice.random() < FAILED)
    due_at = DAY_BEFORE.due_at(starts_at, ZONE)
    if due_at <= now - timedelta(minutes=1):
        yield due_at, partial(settle, store, house_id, id, due_at, dice.random() < FAILED)


def news_of(
    store: Store, house_id: UUID, id: UUID, at: datetime, *, has_failed: bool = False
) -> Iterator[Happening]:
    """What was done is told ten seconds later, also when that has not quite come."""
    by = Act(organisation_id=house_id, actor="policy/telling", origin="policy", may=SETUP, at=at)
    yield at, partial(plan_messages, store, id, by=by)
    yield at + HOLD, partial(settle, store, house_id, id, at + HOLD, has_failed)


def settle(store: Store, house_id: UUID, id: UUID, at: datetime, has_failed: bool) -> None:
    """Whatever waits and was due by then."""
    letters = store.find(house_id, Correspondence, id_for(id))
    by = Act(organisation_id=house_id, actor="policy/telling", origin="policy", may=SETUP, at=at)
    for message_id, planned in letters.open.items() if letters else ():
        if planned.due_at <= at:
            note(store, id, message_id, planned.appointment_version, has_failed, by)


def note(store: Store, id: UUID, message_id: UUID, version: int, has_failed: bool, by: Act) -> None:
    if has_failed:
        note_message_not_sent(store, id, message_id, "refused 550 5.1.1", by=by)
    else:
        note_message_sent(store, id, message_id, version, by=by)


def skip_what_is_past(store: Store, now: datetime) -> None:
    """The policy begins after what the demo is made of: nobody is written to but by the reminders that wait."""
    with store.database.everywhere() as db:
        db.execute(SKIP)
        for owner, *stored in db.execute(PLANNED).fetchall():
            event = MAPPER.to_domain_event(StoredEvent(*stored[:3], stored[3].encode()))
            queue(db, owner, (job for job in send_in_time(event) if job.at > now))
