"""What can be asked of subscriptions."""

import secrets
from base64 import b64encode
from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from kernel.actors import Act
from kernel.errors import IdTaken
from kernel.store import Log, command
from webhooks.addresses import must_be_sendable
from webhooks.signing import PREFIX
from webhooks.subscription import Subscription

# How long both secrets sign, so that the receiver can change over without losing one delivery.
BOTH_SIGN = timedelta(hours=24)

# Whoever says what is sent, and where to, reads it there.
EVENTS = "history.see"
RETIRE = "UPDATE webhook_secrets SET good_until = now() + %s WHERE subscription_id = %s AND good_until IS NULL"
END_OLD = "UPDATE webhook_secrets SET good_until = now() WHERE subscription_id = %s AND good_until > now()"


@command("webhooks.write", is_exclusive=True)
def subscribe(log: Log, id: UUID, url: str, *, names: Collection[str] = (), by: Act) -> None:
    """Sends every later event of these names, of all when there are none, to this https address; draws its secret."""
    by.must_hold(EVENTS)
    must_be_sendable(url)
    if log.find(Subscription, id):
        raise IdTaken
    subscription = Subscription(id=id)
    subscription.subscribe(log.write(url, kind="url", about=id), list(names), by)
    put_secret(log, id)
    log.keep(subscription)


@command("webhooks.write", is_exclusive=True)
def change_subscription(log: Log, id: UUID, *, url: str = "", by: Act, **facts: Any) -> None:
    """`facts` are names and is_paused. What happens while it is paused is kept and sent when it goes on."""
    subscription = log.get(Subscription, id)
    if url or facts:
        by.must_hold(EVENTS)
    if url:
        must_be_sendable(url)
        facts["url_id"] = log.write(url, kind="url", about=id)
    subscription.change(by, **facts)
    log.keep(subscription)


@command("webhooks.write", is_exclusive=True)
def change_secret(log: Log, id: UUID, *, by: Act) -> None:
    """Draws a new secret; the one before signs beside it for a day, and any older one no longer."""
    subscription = log.get(Subscription, id)
    subscription.change_secret(by.at + BOTH_SIGN, by)
    log.connection.execute(END_OLD, (id,))
    log.connection.execute(RETIRE, (BOTH_SIGN, id))
    put_secret(log, id)
    log.keep(subscription)


@command("webhooks.write", is_exclusive=True)
def end_old_secret(log: Log, id: UUID, *, by: Act) -> None:
    """The secret before the present one signs no longer; nothing to do when none does."""
    subscription = log.get(Subscription, id)
    if log.connection.execute(END_OLD, (id,)).rowcount:
        subscription.end_old_secret(by)
        log.keep(subscription)


@command("webhooks.write", is_exclusive=True)
def replay_deliveries(log: Log, id: UUID, after: int, *, by: Act) -> None:
    """Sends once more, in order, everything after a position that the subscription asks for."""
    by.must_hold(EVENTS)
    subscription = log.get(Subscription, id)
    subscription.replay_after(after, by)
    log.keep(subscription)


@command("webhooks.write", is_exclusive=True)
def end_subscription(log: Log, id: UUID, *, by: Act) -> None:
    """Nothing more is sent, also what is still waiting."""
    subscription = log.get(Subscription, id)
    subscription.end(by)
    log.keep(subscription)


@command("webhooks.stop", is_exclusive=True)
def stop_subscription(log: Log, id: UUID, why: str, *, by: Act) -> None:
    """Nothing is sent until somebody starts it again; what waits, and what happens meanwhile, is not kept for it."""
    subscription = log.get(Subscription, id)
    subscription.stop(why, by)
    log.keep(subscription)


def put_secret(log: Log, id: UUID) -> None:
    """A new secret of 256 random bits. It is drawn here, so that asking twice under one key draws one."""
    fresh = PREFIX + b64encode(secrets.token_bytes(32)).decode()
    log.connection.execute("INSERT INTO webhook_secrets (subscription_id, secret) VALUES (%s, %s)", (id, fresh))
