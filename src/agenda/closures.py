"""The dates on which a place receives nobody: public holidays and the house's own."""

from datetime import date
from typing import ClassVar
from uuid import UUID, uuid5

from agenda.events import DatesClosed, DatesReopened
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.events import Event


class Closures(Aggregate, kw_only=True):
    is_listed: ClassVar[bool] = True

    place_id: UUID | None = None
    dates: dict[date, str] = {}

    def close(self, place_id: UUID, named: dict[date, str], by: Act) -> None:
        new = {on: name for on, name in sorted(named.items()) if on not in self.dates}
        if new:
            self.trigger(DatesClosed, by, place_id=place_id, dates=list(new), names=list(new.values()))

    def reopen(self, dates: list[date], by: Act) -> None:
        closed = sorted(on for on in set(dates) if on in self.dates)
        if closed:
            self.trigger(DatesReopened, by, place_id=self.place_id, dates=closed)

    def evolve(self, event: Event) -> None:
        self.place_id = event.place_id
        match event:
            case DatesClosed():
                self.dates = self.dates | dict(zip(event.dates, event.names, strict=True))
            case DatesReopened():
                self.dates = {on: name for on, name in self.dates.items() if on not in event.dates}


def closures_id(place_id: UUID) -> UUID:
    """A place has one stream of closures."""
    return uuid5(place_id, "closures")
