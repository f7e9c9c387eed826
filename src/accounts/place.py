"""A place where the organisation receives, with its own address and time zone."""

from typing import Any, ClassVar

from accounts.events import PlaceChanged, PlaceOpened
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.changes import differing, must_not_be_negative, take
from kernel.events import Event


class Place(Aggregate, kw_only=True):
    is_listed: ClassVar[bool] = True

    name: str = ""
    zone: str = "Europe/Paris"
    country: str = "FR"
    address: str = ""
    lead_minutes: int | None = None
    horizon_days: int | None = None
    notice_minutes: int | None = None

    def open(self, by: Act, **facts: Any) -> None:
        must_not_be_negative(facts)
        self.trigger(PlaceOpened, by, **facts)

    def change(self, by: Act, **wanted: Any) -> None:
        must_not_be_negative(wanted)
        if changes := differing(self, wanted):
            self.trigger(PlaceChanged, by, **changes)

    def evolve(self, event: Event) -> None:
        take(self, event)
