"""The support accesses of a house, as the house sees them."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from accounts.support.access import SupportAccess
from kernel.store import Store, listed
from kernel.texts import words_of


class AccessCard(Struct, frozen=True, kw_only=True):
    id: UUID
    reason: str
    opened_at: datetime
    until: datetime
    may_change: bool
    is_good: bool


def accesses(store: Store, organisation_id: UUID, now: datetime) -> list[AccessCard]:
    """The latest first."""
    with store.reading(organisation_id) as db:
        found = listed(db, SupportAccess)
        words = words_of(db, (one.reason_id for one in found))
    cards = [card_of(one, words.get(one.reason_id, ""), now) for one in found]
    return sorted(cards, key=lambda card: card.opened_at, reverse=True)


def card_of(found: SupportAccess, reason: str, now: datetime) -> AccessCard:
    return AccessCard(
        id=found.id,
        reason=reason,
        opened_at=found.opened_at,
        until=found.until,
        may_change=found.may_change,
        is_good=found.is_good(now),
    )
