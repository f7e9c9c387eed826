"""Who is to be told of what: each event becomes a delivery for each subscription that asks for it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from psycopg import Connection

from kernel.events import Event
from kernel.jobs import Job, hurry, queue, queue_again
from kernel.reader import Reader
from notifications.policies import to_owners
from webhooks.delivering import deliver, replay
from webhooks.events import WebhookChanged, WebhookEnded, WebhookReplayAsked, WebhookStopped
from webhooks.subscription import Subscription

# A subscription hears of what comes after it was made; the position of its first event says when that was.
SUBSCRIPTIONS = """
SELECT s.organisation_id, e.position, s.state FROM states s
JOIN events e ON (e.organisation_id, e.stream_id, e.version) = (s.organisation_id, s.stream_id, 1)
WHERE s.kind = 'Subscription' AND s.organisation_id = ANY(%s)"""
PLAN = """
INSERT INTO webhook_deliveries (organisation_id, subscription_id, position, stream_id, version, name)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"""

# What waited, untried, for a subscription that hears no more; what was sent before may stand there to be sent again.
FORGET_ATTEMPTS = """
DELETE FROM webhook_attempts a USING webhook_deliveries d
WHERE a.organisation_id = %s AND a.subscription_id = %s AND a.position <= %s AND d.delivered_at IS NULL AND d.tries = 0
    AND (a.organisation_id, a.subscription_id, a.position) = (d.organisation_id, d.subscription_id, d.position)"""
FORGET = """
DELETE FROM webhook_deliveries
WHERE organisation_id = %s AND subscription_id = %s AND position <= %s AND delivered_at IS NULL AND tries = 0"""


class Listener(NamedTuple):
    since: int
    subscription: Subscription


class Outbox(Reader):
    """Follows every event there is, so that a new one can never be forgotten."""

    def wants(self, event_name: str) -> bool:
        return True

    def apply(self, events: list[Event], db: Connection) -> None:
        listeners = listeners_in(db, {event.organisation_id for event in events})
        planned = [row for event in events for row in deliveries_of(event, listeners.get(event.organisation_id, []))]
        if planned:
            db.cursor().executemany(PLAN, planned)
        for organisation_id, subscription_id in dict.fromkeys(row[:2] for row in planned):
            queue_again(db, organisation_id, [delivery_job(subscription_id)])
        for event in events:
            react(event, db)


webhooks = Outbox("webhooks")


def listeners_in(db: Connection, organisation_ids: Iterable[UUID]) -> dict[UUID, list[Listener]]:
    found: dict[UUID, list[Listener]] = {}
    for owner, position, state in db.execute(SUBSCRIPTIONS, (list(organisation_ids),), prepare=True):
        found.setdefault(owner, []).append(Listener(position, msgspec.json.decode(state, type=Subscription)))
    return found


def deliveries_of(event: Event, listeners: list[Listener]) -> Iterator[tuple[Any, ...]]:
    name = type(event).__name__
    facts = (event.position, event.originator_id, event.originator_version, name)
    for since, subscription in listeners:
        if since < event.position and subscription.wants(name):
            yield event.organisation_id, subscription.id, *facts


def react(event: Event, db: Connection) -> None:
    """What is asked of a subscription itself: to send again, to go on at once at a new address, to hear no more."""
    id, owner = event.originator_id, event.organisation_id
    match event:
        case WebhookReplayAsked():
            facts = {"subscription_id": str(id), "after": event.after, "until": event.position - 1}
            queue_again(db, owner, [Job("replay_webhook", f"replay/{id}/{event.position}", facts, event.at)])
        case WebhookChanged():
            job = delivery_job(id)
            queue_again(db, owner, [job])
            hurry(db, owner, job.key, datetime.now(UTC))
        case WebhookStopped() | WebhookEnded():
            if isinstance(event, WebhookStopped):
                queue(db, owner, [to_owners(event, "webhook-stopped")])
            db.execute(FORGET_ATTEMPTS, (owner, id, event.position))
            db.execute(FORGET, (owner, id, event.position))


def delivery_job(subscription_id: UUID) -> Job:
    """One job a subscription: it sends what is due, in order."""
    facts = {"subscription_id": str(subscription_id)}
    return Job("deliver_webhooks", f"deliver/{subscription_id}", facts, datetime.now(UTC))


JOBS = {"deliver_webhooks": deliver, "replay_webhook": replay}
