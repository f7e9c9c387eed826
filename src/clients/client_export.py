"""An export of client files: that somebody took them out of the house."""

from typing import Any

from clients.events import ClientsExported
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.events import Event


class ClientExport(Aggregate, kw_only=True):
    count: int = 0

    def note(self, by: Act, **facts: Any) -> None:
        self.trigger(ClientsExported, by, **facts)

    def evolve(self, event: Event) -> None:
        match event:
            case ClientsExported():
                self.count = event.count
