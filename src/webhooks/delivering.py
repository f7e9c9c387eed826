"""The job that sends: the earliest delivery first, one after the other, each attempt noted."""

import time
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec

from accounts.acting import acts_for
from kernel.actors import Act
from kernel.clock import MOST_APART
from kernel.jobs import Job, NotYet, queue_again
from kernel.store import Store, found_in
from kernel.texts import words_of
from projections import feed
from webhooks.commands import BOTH_SIGN, stop_subscription
from webhooks.sending import SECONDS, Answer, post
from webhooks.signing import headers
from webhooks.subscription import Subscription

# A job that has more to send than this makes room for others and comes back.
SECONDS_A_RUN = 5.0
# Longer than a sending can last, so that it runs out under nobody who lives.
CLAIM = timedelta(seconds=2 * SECONDS)
AT_ONCE = 500

EARLIEST = """
SELECT position, claimed_until > now() AND claimed_until <= now() + 2 * %s FROM webhook_deliveries
WHERE organisation_id = %s AND subscription_id = %s AND delivered_at IS NULL ORDER BY position LIMIT 1 FOR UPDATE"""
TAKE = """
UPDATE webhook_deliveries SET claim = claim + 1, claimed_until = now() + %s
WHERE organisation_id = %s AND subscription_id = %s AND position = %s RETURNING position, stream_id, version, claim"""
# No secret before the present one signs for longer than it was to, whatever the clock said when it was changed.
SECRETS = """
SELECT secret FROM webhook_secrets
WHERE organisation_id = %s AND subscription_id = %s
    AND (good_until IS NULL OR (good_until > now() AND good_until <= now() + %s))
ORDER BY id DESC LIMIT 2"""
NOTE = """
INSERT INTO webhook_attempts (organisation_id, subscription_id, position, at, status, took_ms, failure)
VALUES (%s, %s, %s, clock_timestamp(), %s, %s, %s)"""
SETTLE = """
UPDATE webhook_deliveries SET tries = tries + 1, last_at = now(), claimed_until = NULL,
    delivered_at = CASE WHEN %(is_accepted)s THEN now() END
WHERE organisation_id = %(owner)s AND subscription_id = %(id)s AND position = %(position)s AND claim = %(claim)s"""
AGAIN = """
INSERT INTO webhook_deliveries (organisation_id, subscription_id, position, stream_id, version, name)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (organisation_id, subscription_id, position) DO UPDATE SET delivered_at = NULL, tries = 0, last_at = NULL"""


class NotAccepted(Exception):
    """The receiver did not take a delivery; the job is tried again, later each time."""


class Claimed(NamedTuple):
    """A delivery in hand: nobody else sends for its subscription while `claim` is its latest number."""

    position: int
    stream_id: UUID
    version: int
    claim: int


@acts_for("webhooks")
def deliver(store: Store, by: Act, subscription_id: str) -> None:
    """Sends what is due in order; stops at the first that is not accepted, so that nothing overtakes it."""
    id, until = UUID(subscription_id), time.monotonic() + SECONDS_A_RUN
    while (answer := send_next(store, by.organisation_id, id)) is not None:
        if answer.is_gone:
            stop_subscription(store, id, "gone", by=by)
            return
        if not answer.is_accepted:
            raise NotAccepted(answer.failure or f"status {answer.status}")
        if time.monotonic() > until:
            come_back(store, by.organisation_id, subscription_id)
            return


def come_back(store: Store, organisation_id: UUID, subscription_id: str) -> None:
    job = Job("deliver_webhooks", f"deliver/{subscription_id}", {"subscription_id": subscription_id}, datetime.now(UTC))
    with store.database.everywhere() as db:
        queue_again(db, organisation_id, [job])


def send_next(store: Store, organisation_id: UUID, id: UUID) -> Answer | None:
    """Sends the earliest delivery and notes how it went; None when there is none to be sent now.

    Nothing of ours is held while it is sent: the delivery is claimed before and settled after. Whoever finds it
    claimed comes back; whoever was so slow that it was claimed anew settles nothing.
    """
    until = time.monotonic() + SECONDS
    url = address_of(store, organisation_id, id)
    claimed = claim(store, organisation_id, id) if url else None
    if url is None or claimed is None:
        return None
    body = msgspec.json.encode(fact_of(store, organisation_id, claimed))
    signed = headers(secrets_of(store, organisation_id, id), f"{id}/{claimed.position}", datetime.now(UTC), body)
    answer = post(url, body, signed, until)
    note(store, organisation_id, id, claimed, answer)
    return answer


def address_of(store: Store, organisation_id: UUID, id: UUID) -> str | None:
    """Where it is sent now; None when it is not."""
    with store.reading(organisation_id) as own:
        subscription = found_in(own, Subscription, id)
        if subscription is None or subscription.is_over or subscription.is_paused:
            return None
        return words_of(own, [subscription.url_id]).get(subscription.url_id, "")


def claim(store: Store, organisation_id: UUID, id: UUID) -> Claimed | None:
    with store.database.everywhere() as db:
        earliest = db.execute(EARLIEST, (CLAIM, organisation_id, id), prepare=True).fetchone()
        if earliest is None:
            return None
        if earliest[1]:
            raise NotYet(CLAIM)
        return Claimed(*db.execute(TAKE, (CLAIM, organisation_id, id, earliest[0]), prepare=True).fetchone())


def fact_of(store: Store, organisation_id: UUID, claimed: Claimed) -> feed.Fact:
    with store.reading(organisation_id) as own:
        return feed.one(own, claimed.stream_id, claimed.version)


def secrets_of(store: Store, organisation_id: UUID, id: UUID) -> list[str]:
    """The secrets that are good now, the newest first; never more than two."""
    with store.database.everywhere() as db:
        return [secret for (secret,) in db.execute(SECRETS, (organisation_id, id, BOTH_SIGN + MOST_APART))]


def note(store: Store, owner: UUID, id: UUID, claimed: Claimed, answer: Answer) -> None:
    settled = {"is_accepted": answer.is_accepted, "owner": owner, "id": id, **claimed._asdict()}
    with store.database.everywhere() as db:
        db.execute(NOTE, (owner, id, claimed.position, answer.status, answer.took_ms, answer.failure))
        is_ours = db.execute(SETTLE, settled, prepare=True).rowcount == 1
    if not is_ours:
        raise NotYet(CLAIM)


@acts_for("webhooks")
def replay(store: Store, by: Act, subscription_id: str, after: int, until: int) -> None:
    """Makes everything after a position due again, a page at a time; done twice it is the same as once."""
    id = UUID(subscription_id)
    while after < until:
        with store.reading(by.organisation_id) as own:
            subscription = found_in(own, Subscription, id)
            facts = [fact for fact in feed.since(own, after, limit=AT_ONCE) if fact.position <= until]
        if not facts:
            break
        due = [fact for fact in facts if subscription.wants(fact.name)]
        with store.database.everywhere() as db:
            rows = [(by.organisation_id, id, fact.position, fact.stream_id, fact.version, fact.name) for fact in due]
            db.cursor().executemany(AGAIN, rows)
        after = facts[-1].position
    come_back(store, by.organisation_id, subscription_id)
