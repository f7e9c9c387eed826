"""What became of the letters about one organisation; messages to its clients are told with the appointments."""

from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from psycopg.rows import class_row

from kernel.store import Store

LOOKED_AT = timedelta(days=30)
# Letters that were no longer of use: they went nowhere, and nobody missed them.
NOT_NEEDED = ("too_late", "link_over", "person_gone", "said_by_another", "owner_no_more", "overtaken")
LATEST = """
SELECT name, queued_at, tries, coalesce(failure, '') AS failure, sent_at IS NOT NULL AS is_sent,
    settled_at IS NOT NULL AS is_settled
FROM letters WHERE queued_at > %s AND starts_with(key, 'letter/') ORDER BY queued_at DESC, key LIMIT 500"""


class LetterCard(Struct, frozen=True, kw_only=True):
    """A letter without its words: `failure` is the mail server's answer, or why it was not sent."""

    name: str
    queued_at: datetime
    tries: int
    failure: str
    is_sent: bool
    is_settled: bool

    @property
    def outcome(self) -> str:
        if self.is_sent:
            return "sent"
        if not self.is_settled:
            return "waiting"
        return "not_needed" if self.failure in NOT_NEEDED else "failed"


def latest_letters(store: Store, organisation_id: UUID, now: datetime) -> list[LetterCard]:
    """Of the last thirty days, newest first; letters to somebody about their own account are not the house's."""
    with store.reading(organisation_id) as db, db.cursor(row_factory=class_row(LetterCard)) as cursor:
        return cursor.execute(LATEST, (now - LOOKED_AT,)).fetchall()
