"""One file brought in: received, read, confirmed, completed, perhaps undone."""

from typing import ClassVar

from importing import events
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.errors import Refusal
from kernel.events import Event


class ImportNotPossible(Refusal):
    """It is not at the point where this can be done."""

    status = 409


class ImportRun(Aggregate, kw_only=True):
    # Files used to be read before anything was noted of them.
    begins_with: ClassVar[tuple[type[Event], ...]] = (events.ImportReceived, events.ImportPrepared)

    kind: str = ""
    rows: int = 0
    updates: bool = False
    attended: bool = False
    status: str = ""
    code: str = ""
    facts: dict[str, str] = {}

    def receive(self, kind: str, size: int, by: Act) -> None:
        self.trigger(events.ImportReceived, by, kind=kind, size=size)

    def prepare(self, rows: int, by: Act) -> None:
        self.must_be("received")
        self.trigger(events.ImportPrepared, by, kind=self.kind, rows=rows)

    def reject(self, code: str, facts: dict[str, str], by: Act) -> None:
        self.must_be("received")
        self.trigger(events.ImportRejected, by, code=code, facts=facts)

    def choose_columns(self, by: Act) -> None:
        self.must_be("prepared")
        self.trigger(events.ImportColumnsChosen, by)

    def start(self, by: Act, *, updates: bool, attended: bool) -> None:
        self.must_be("prepared")
        self.trigger(events.ImportStarted, by, updates=updates, attended=attended)

    def complete(self, by: Act, **counts: int) -> None:
        self.must_be("started")
        self.trigger(events.ImportCompleted, by, **counts)

    def request_undo(self, by: Act) -> None:
        self.must_be("completed")
        self.trigger(events.ImportUndoRequested, by)

    def undo(self, by: Act, **counts: int) -> None:
        self.must_be("undoing")
        self.trigger(events.ImportUndone, by, **counts)

    def must_be(self, status: str) -> None:
        if self.status != status:
            raise ImportNotPossible(status=self.status)

    def evolve(self, event: Event) -> None:
        self.status = AFTER[type(event)]
        if isinstance(event, events.ImportReceived):
            self.kind = event.kind
        if isinstance(event, events.ImportRejected):
            self.code, self.facts = event.code, event.facts
        if isinstance(event, events.ImportPrepared):
            self.kind, self.rows = event.kind, event.rows
        if isinstance(event, events.ImportStarted):
            self.updates, self.attended = event.updates, event.attended


AFTER = {
    events.ImportReceived: "received",
    events.ImportRejected: "rejected",
    events.ImportPrepared: "prepared",
    events.ImportColumnsChosen: "prepared",
    events.ImportStarted: "started",
    events.ImportCompleted: "completed",
    events.ImportUndoRequested: "undoing",
    events.ImportUndone: "undone",
}
