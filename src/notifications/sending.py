"""The job that sends a letter: it takes it, looks whether it is still needed, sends it, and notes how that went."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.acting import acts_for
from kernel.actors import Act
from kernel.jobs import Job, NotYet, queue
from kernel.settings import Settings, read_settings
from kernel.store import Store
from notifications.asked import Asked
from notifications.channels import files, smtp
from notifications.looking import look, owners
from notifications.outcomes import NotDeliverable, NotNeeded, OutcomeUnknown, TryAgain
from notifications.parcels import Parcel
from notifications.writing import parcel

LEASE = timedelta(seconds=60)

# By the database's clock; who took it until later than anybody can did so by a clock that was put right since.
TAKE = """
INSERT INTO letters AS l (key, name, queued_at, taken_until) VALUES (%(key)s, %(name)s, %(at)s, now() + %(lease)s)
ON CONFLICT (organisation_id, key) DO UPDATE SET tries = l.tries + 1, taken_until = excluded.taken_until
WHERE l.settled_at IS NULL
    AND (l.taken_until IS NULL OR l.taken_until < now() OR l.taken_until > now() + 2 * %(lease)s)
RETURNING tries, handed_at IS NOT NULL"""
SETTLED = "SELECT settled_at IS NOT NULL FROM letters WHERE key = %s"
OUTCOME = "SELECT sent_at IS NOT NULL, coalesce(failure, '') FROM letters WHERE key = %s AND settled_at IS NOT NULL"
# Only the latest to take it hands it over, and nobody does so twice.
HAND_OVER = """
UPDATE letters SET handed_at = %s, person_id = %s
WHERE key = %s AND tries = %s AND handed_at IS NULL AND settled_at IS NULL RETURNING tries"""
GIVE_BACK = "UPDATE letters SET taken_until = NULL, handed_at = NULL, failure = %s WHERE key = %s AND tries = %s"
LET_GO = f"{GIVE_BACK} AND handed_at IS NULL"
SENT = "UPDATE letters SET sent_at = %(at)s, settled_at = %(at)s, failure = NULL WHERE key = %(key)s"
SETTLE = "UPDATE letters SET settled_at = %s, failure = %s WHERE key = %s AND settled_at IS NULL"

HandOver = Callable[[], None]


class BeingSent(NotYet):
    """Another worker has this letter."""

    def __init__(self) -> None:
        super().__init__(LEASE / 6)


class Post:
    """One letter in hand: its place among the letters, and what is noted of it."""

    def __init__(self, store: Store, organisation_id: UUID, key: str, tries: int):
        self.store, self.organisation_id, self.key, self.tries = store, organisation_id, key, tries
        self.person_id: UUID | None = None

    def note(self, statement: str, values: Any) -> tuple[Any, ...] | None:
        with self.store.reading(self.organisation_id) as db:
            done = db.execute(statement, values)
            return done.fetchone() if done.description else None

    def hand_over(self) -> None:
        if self.note(HAND_OVER, (datetime.now(UTC), self.person_id, self.key, self.tries)) is None:
            raise BeingSent

    def give_back(self, reason: str) -> None:
        self.note(GIVE_BACK, (reason, self.key, self.tries))

    def let_go(self, fault: str) -> None:
        """After a fault of ours; what may have been sent stays taken until it is known not to be under way."""
        self.note(LET_GO, (fault, self.key, self.tries))

    def sent(self) -> None:
        self.note(SENT, {"at": datetime.now(UTC), "key": self.key})

    def settle(self, reason: str) -> None:
        self.note(SETTLE, (datetime.now(UTC), reason, self.key))


@acts_for("letters")
def send_letter(store: Store, by: Act, key: str, name: str, at: str, about: dict[str, str]) -> None:
    deliver(store, by.organisation_id, key, name, datetime.fromisoformat(at), about)


def deliver(
    store: Store, organisation_id: UUID, key: str, name: str, queued_at: datetime, about: dict[str, str]
) -> None:
    """Once for each key, whoever asks how often; raises what may go better later. `outcome` says what became of it."""
    tries = take(store, organisation_id, key, name, queued_at)
    if tries:
        asked = Asked(store, read_settings(os.environ), organisation_id, name, about, datetime.now(UTC))
        settle(Post(store, organisation_id, key, tries), asked, queued_at)


def outcome(store: Store, organisation_id: UUID, key: str) -> tuple[bool, str] | None:
    """Whether a letter was sent, and why not; None while that is not known."""
    return Post(store, organisation_id, key, 0).note(OUTCOME, (key,))


def take(store: Store, organisation_id: UUID, key: str, name: str, queued_at: datetime) -> int:
    """Which try this is; 0 when there is nothing left to do. One that was handed over by a worker that then died may
    have been sent, and is not sent again."""
    post = Post(store, organisation_id, key, 0)
    taken = post.note(TAKE, {"key": key, "name": name, "at": queued_at, "lease": LEASE})
    if taken is None:
        if post.note(SETTLED, (key,)) == (True,):
            return 0
        raise BeingSent
    if taken[1]:
        post.settle("outcome_unknown")
        return 0
    return taken[0]


def settle(post: Post, asked: Asked, queued_at: datetime) -> None:
    """Sends, or notes why not; only what may go better later is raised."""
    try:
        send(asked.settings, written(post, asked, queued_at), post.hand_over)
    except (NotNeeded, NotDeliverable) as reason:
        post.settle(str(reason))
    except OutcomeUnknown:
        post.settle("outcome_unknown")
    except TryAgain as reason:
        post.give_back(str(reason))
        raise
    except Exception as fault:
        post.let_go(type(fault).__name__)
        raise
    else:
        post.sent()


def written(post: Post, asked: Asked, queued_at: datetime) -> Parcel:
    letter = look(asked)
    post.person_id = letter.to.person_id
    return parcel(letter, f"{post.organisation_id}/{post.key}", queued_at, asked.settings)


def send(settings: Settings, sealed: Parcel, hand_over: HandOver) -> None:
    """Through the mail server; where none is named, into files at home."""
    if settings.smtp_url:
        smtp.send(sealed, hand_over, settings.smtp_url)
    else:
        files.send(sealed, hand_over, settings.home / "mail")


@acts_for("letters")
def write_to_owners(store: Store, by: Act, key: str, name: str, at: str, about: dict[str, str]) -> None:
    """One letter to each owner as they are now; done twice it is the same as once."""
    with store.reading(by.organisation_id) as db:
        people = owners(db)
    with store.database.everywhere() as db:
        queue(db, by.organisation_id, (to_owner(id, key, name, at, about) for id in people))


def to_owner(person_id: UUID, key: str, name: str, at: str, about: dict[str, str]) -> Job:
    facts = {"key": f"{key}/{person_id}", "name": name, "at": at, "about": about | {"person_id": str(person_id)}}
    return Job("send_letter", facts["key"], facts, datetime.fromisoformat(at))
