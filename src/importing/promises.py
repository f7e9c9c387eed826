"""An entry with a client as an appointment: booked as it was agreed, then whatever became of it."""

from uuid import UUID

from agenda.wanted import Wanted
from booking.commands import (
    book_appointment,
    cancel_appointment,
    mark_completed,
    move_appointment,
    reopen_appointment,
    restore_appointment,
)
from importing.entries import Entry
from importing.house import House
from importing.sentences import say
from importing.told import Told
from kernel.store import Log

# What was agreed elsewhere stands, whatever our rules say; only another client's time is not ours to give.
OUR_RULES = ("absent", "buffer", "day_full", "outside_hours")


class Promises:
    """Writes appointments for one house; `overbook` also gives time that somebody has."""

    def __init__(self, house: House, *, overbook: bool):
        self.house = house
        self.overbook = overbook

    def make(self, log: Log, id: UUID, entry: Entry, client_id: UUID | None, wanted: Wanted, note: str) -> None:
        book_appointment(
            log,
            id,
            client_id,
            entry.starts_at,
            [wanted],
            **self.rules_aside(entry),
            source_id=entry.source_id,
            by=self.house.by(entry.happened_at),
            note=note,
            location=entry.location,
        )
        self.live_through(log, id, entry)

    def follow(self, log: Log, id: UUID, entry: Entry, told: Told, wanted: Wanted) -> None:
        """What a newer export says otherwise of an appointment that nobody has touched here."""
        by = self.house.by()
        if told.is_completed:
            reopen_appointment(log, id, by=by)
        if told.is_cancelled:
            restore_appointment(log, id, **self.rules_aside(entry), by=by)
        if (told.starts_at, told.ends_at) != (entry.starts_at, entry.ends_at):
            move_appointment(log, id, entry.starts_at, wanted=[wanted], **self.rules_aside(entry), by=by)
        self.live_through(log, id, entry)

    def live_through(self, log: Log, id: UUID, entry: Entry) -> None:
        if entry.is_cancelled:
            cancel_appointment(log, id, by=self.house.by())
        elif entry.ends_at <= self.house.now:
            mark_completed(log, id, by=self.house.by(entry.ends_at))

    def rules_aside(self, entry: Entry) -> dict[str, object]:
        """A cancelled entry stands in nobody's way, so that nobody's time stands in its way."""
        may_take = self.overbook or entry.is_cancelled
        return {"override": (*OUR_RULES, "taken") if may_take else OUR_RULES, "reason": say("taken_over")}
