"""The house's booking terms; what they say at booking is copied into the promise."""

from typing import Any, ClassVar
from uuid import UUID, uuid5

from agenda.events import BookingTermsSet
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.changes import must_not_be_negative, take
from kernel.events import Event


class BookingTerms(Aggregate, kw_only=True):
    """How soon (`lead_minutes`) and how far ahead (`horizon_days`) one books online, until when one may cancel
    (`notice_minutes` before the start), how long a hold and a request keep their time."""

    is_listed: ClassVar[bool] = True

    lead_minutes: int = 0
    horizon_days: int | None = 60
    notice_minutes: int = 0
    hold_minutes: int = 10
    request_hours: int = 48
    needs_approval: bool = False

    def set(self, by: Act, **terms: Any) -> None:
        must_not_be_negative(terms)
        self.trigger(BookingTermsSet, by, **terms)

    def evolve(self, event: Event) -> None:
        take(self, event)


def terms_id(organisation_id: UUID) -> UUID:
    """An organisation has one stream of terms."""
    return uuid5(organisation_id, "terms")
