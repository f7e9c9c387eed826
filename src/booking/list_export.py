"""An export of a list of appointments: that somebody took it out of the house."""

from booking.events import ListExported
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.events import Event


class ListExport(Aggregate, kw_only=True):
    count: int = 0

    def note(self, count: int, by: Act) -> None:
        self.trigger(ListExported, by, count=count)

    def evolve(self, event: Event) -> None:
        match event:
            case ListExported():
                self.count = event.count
