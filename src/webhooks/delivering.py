"""The job that sends: the earliest delivery first, one after the other, each attempt noted."""

import time
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection

from accounts.acting import acts_for
from kernel.actors import Act
from kernel.jobs import Job, queue_again
from kernel.store import Store, found_in
from kernel.texts import words_of
from projections import feed
from webhooks.sending import Answer, post
from webhooks.signing import headers
from webhooks.subscription import Subscription

# A job that has more to send than this makes room for others and comes back.
SECONDS_A_RUN = 20.0
AT_ONCE = 500

OURS = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 7))"
EARLIEST = """
SELECT position, stream_id, version FROM webhook_deliveries
WHERE organisation_id = %s AND subscription_id = %s AND delivered_at IS NULL ORDER BY position LIMIT 1"""
SECRETS = """
SELECT secret FROM webhook_secrets
WHERE organisation_id = %s AND subscription_id = %s AND (good_until IS NULL OR good_until > %s) ORDER BY id DESC"""
NOTE = """
INSERT INTO webhook_attempts (organisation_id, subscription_id, position, at, status, took_ms, failure)
VALUES (%s, %s, %s, %s, %s, %s, %s)"""
SETTLE = """
UPDATE webhook_deliveries SET tries = tries + 1, last_at = %(at)s,
    delivered_at = CASE WHEN %(is_accepted)s THEN %(at)s ELSE NULL END
WHERE organisation_id = %(owner)s AND subscription_id = %(id)s AND position = %(position)s"""
AGAIN = """
INSERT INTO webhook_deliveries (organisation_id, subscription_id, position, stream_id, version, name)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (organisation_id, subscription_id, position) DO UPDATE SET delivered_at = NULL, tries = 0, last_at = NULL"""


class NotAccepted(Exception):
    """The receiver did not take a delivery; the job is tried again, later each time."""


class Letter(Struct, frozen=True, kw_only=True):
    """What one delivery sends."""

    url: str
    body: bytes
    headers: dict[str, str]


@acts_for("webhooks")
def deliver(store: Store, by: Act, subscription_id: str) -> None:
    """Sends what is due in order; stops at the first that is not accepted, so that nothing overtakes it."""
    until = time.monotonic() + SECONDS_A_RUN
    while (answer := send_next(store, by.organisation_id, UUID(subscription_id))) is not None:
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
    """Sends the earliest delivery and notes how it went; None when there is none, or another worker is at it.

    The lock lasts as long as the sending: two workers never send for one subscription at once.
    """
    with store.database.everywhere() as db:
        if not db.execute(OURS, (str(id),)).fetchone()[0]:
            return None
        due = db.execute(EARLIEST, (organisation_id, id), prepare=True).fetchone()
        letter = written(store, db, organisation_id, id, *due) if due else None
        if letter is None:
            return None
        answer = post(letter.url, letter.body, letter.headers)
        note(db, organisation_id, id, due[0], answer)
        return answer


def written(
    store: Store, db: Connection, organisation_id: UUID, id: UUID, position: int, stream_id: UUID, version: int
) -> Letter | None:
    """The letter as it is sent now: to the present address, under the secrets that are good now."""
    with store.reading(organisation_id) as own:
        subscription = found_in(own, Subscription, id)
        if subscription is None or subscription.is_over or subscription.is_paused:
            return None
        url = words_of(own, [subscription.url_id]).get(subscription.url_id, "")
        fact = feed.one(own, stream_id, version)
    now = datetime.now(UTC)
    secrets = [secret for (secret,) in db.execute(SECRETS, (organisation_id, id, now))]
    body = msgspec.json.encode(fact)
    return Letter(url=url, body=body, headers=headers(secrets, f"{id}/{position}", now, body))


def note(db: Connection, owner: UUID, id: UUID, position: int, answer: Answer) -> None:
    at = datetime.now(UTC)
    db.execute(NOTE, (owner, id, position, at, answer.status, answer.took_ms, answer.failure))
    settled = {"at": at, "is_accepted": answer.is_accepted, "owner": owner, "id": id, "position": position}
    db.execute(SETTLE, settled, prepare=True)


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
