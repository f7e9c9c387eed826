"""A place where the organisation receives, with its own address and time zone."""

from typing import ClassVar

from accounts.events import PlaceChanged, PlaceOpened
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.changes import differing, take
from kernel.events import Event


class Place(Aggregate, kw_only=True):
    is_listed: ClassVar[bool] = True

    name: str = ""
    zone: str = "Europe/Paris"
    country: str = "FR"
    address: str = ""

    def open(self, by: Act, **facts: str) -> None:
        self.trigger(PlaceOpened, by, **facts)

    def change(self, by: Act, **wanted: str) -> None:
        if changes := differing(self, wanted):
            self.trigger(PlaceChanged, by, **changes)

    def evolve(self, event: Event) -> None:
        take(self, event)
