"""A client's file: which version of the words is current. The words are in a table that can be erased."""

from clients.events import ClientAdded, ClientChanged
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.events import Event


class Client(Aggregate, kw_only=True):
    words_version: int = 0

    def add(self, fields: list[str], by: Act) -> None:
        self.trigger(ClientAdded, by, words_version=1, fields=fields)

    def change(self, fields: list[str], by: Act) -> None:
        if fields:
            self.trigger(ClientChanged, by, words_version=self.words_version + 1, fields=fields)

    def evolve(self, event: Event) -> None:
        match event:
            case ClientAdded() | ClientChanged():
                self.words_version = event.words_version
