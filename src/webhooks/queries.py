"""What can be asked of subscriptions: who listens to what, and how each delivery went."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import class_row

from kernel.store import Store, found_in, listed
from kernel.texts import words_of
from webhooks.subscription import Subscription

STANDING = """
SELECT subscription_id, count(*) FILTER (WHERE delivered_at IS NULL), max(delivered_at),
    max(last_at) FILTER (WHERE delivered_at IS NULL)
FROM webhook_deliveries WHERE subscription_id = ANY(%s) GROUP BY 1"""
DELIVERIES = """
SELECT d.position, d.name, d.stream_id, d.tries, d.last_at, d.delivered_at, a.status, a.took_ms, a.failure
FROM webhook_deliveries d LEFT JOIN LATERAL (
    SELECT status, took_ms, failure FROM webhook_attempts
    WHERE (organisation_id, subscription_id, position) = (d.organisation_id, d.subscription_id, d.position)
    ORDER BY at DESC LIMIT 1) a ON true
WHERE d.subscription_id = %s AND d.position < %s ORDER BY d.position DESC LIMIT %s"""
OLD_SECRETS = """
SELECT subscription_id, max(good_until) FROM webhook_secrets
WHERE subscription_id = ANY(%s) AND good_until > now() GROUP BY 1"""
SIGNED_BY = "SELECT secret FROM webhook_secrets WHERE subscription_id = %s AND good_until IS NULL"
END = 2**62


class SubscriptionCard(Struct, frozen=True, kw_only=True):
    """A subscription as the house sees it: `stopped` says why nothing is sent until somebody starts it again,
    `old_secret_until` how long the secret before signs, `failed_at` is the last try of what still waits."""

    id: UUID
    version: int
    url: str
    names: list[str]
    is_paused: bool
    is_over: bool
    stopped: str
    old_secret_until: datetime | None
    waiting: int
    delivered_at: datetime | None
    failed_at: datetime | None


class Delivery(Struct, frozen=True, kw_only=True):
    """One event on its way: how often it was tried, and how the last try went."""

    position: int
    name: str
    stream_id: UUID
    tries: int
    last_at: datetime | None
    delivered_at: datetime | None
    status: int | None
    took_ms: int | None
    failure: str | None


def subscriptions(store: Store, organisation_id: UUID) -> list[SubscriptionCard]:
    """Those that go on first, by address."""
    with store.reading(organisation_id) as db:
        cards = cards_of(db, listed(db, Subscription))
    return sorted(cards, key=lambda card: (card.is_over, card.url))


def subscription(store: Store, organisation_id: UUID, id: UUID) -> SubscriptionCard | None:
    with store.reading(organisation_id) as db:
        found = found_in(db, Subscription, id)
        return cards_of(db, [found])[0] if found else None


def cards_of(db: Connection, known: list[Subscription]) -> list[SubscriptionCard]:
    urls = words_of(db, (each.url_id for each in known))
    standing = {row[0]: row[1:] for row in db.execute(STANDING, ([each.id for each in known],))}
    old = dict(db.execute(OLD_SECRETS, ([each.id for each in known],)).fetchall())
    return [
        card_of(each, urls.get(each.url_id, ""), old.get(each.id), *standing.get(each.id, (0, None, None)))
        for each in known
    ]


def card_of(
    found: Subscription,
    url: str,
    old_secret_until: datetime | None,
    waiting: int,
    delivered_at: datetime | None,
    failed_at: datetime | None,
) -> SubscriptionCard:
    return SubscriptionCard(
        id=found.id,
        version=found.version,
        url=url,
        names=found.names,
        is_paused=found.is_paused,
        is_over=found.is_over,
        stopped=found.stopped,
        old_secret_until=old_secret_until,
        waiting=waiting,
        delivered_at=delivered_at,
        failed_at=failed_at,
    )


def deliveries(
    store: Store, organisation_id: UUID, id: UUID, before: int | None = None, limit: int = 50
) -> list[Delivery]:
    """The latest deliveries of a subscription before a position, newest first."""
    with store.reading(organisation_id) as db, db.cursor(row_factory=class_row(Delivery)) as cursor:
        return cursor.execute(DELIVERIES, (id, before or END, limit)).fetchall()


def secret(store: Store, organisation_id: UUID, id: UUID) -> str:
    """The secret that signs, for whoever has just made it."""
    with store.reading(organisation_id) as db:
        return db.execute(SIGNED_BY, (id,)).fetchone()[0]
