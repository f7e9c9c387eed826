"""An export of client files: that somebody took them out of the house."""

from clients.events import ClientsExported
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.events import Event


class ClientExport(Aggregate, kw_only=True):
    count: int = 0

    def note(self, count: int, file_format: str, is_search: bool, by: Act) -> None:
        self.trigger(ClientsExported, by, count=count, file_format=file_format, is_search=is_search)

    def evolve(self, event: Event) -> None:
        match event:
            case ClientsExported():
                self.count = event.count
