"""What the log already tells of an entry: what was imported, and whether anybody has changed it here since."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from agenda.events import AbsenceCancelled, AbsenceMoved, AbsencePlanned
from booking.events import AppointmentCancelled, AppointmentCompleted, TimeTaken
from importing.entries import Entry
from kernel.events import Event

ORIGIN = "import"


class Told(NamedTuple):
    """What the last import said; instants."""

    starts_at: datetime
    ends_at: datetime
    resource_ids: frozenset[UUID]
    is_cancelled: bool = False
    is_completed: bool = False
    is_changed_here: bool = False

    def says(self, entry: Entry) -> bool:
        if self.is_cancelled or entry.is_cancelled:
            return self.is_cancelled and entry.is_cancelled
        return (self.starts_at, self.ends_at) == (entry.starts_at, entry.ends_at)


def told_by(events: Iterable[Event]) -> Told | None:
    """None when nothing was imported under this identifier."""
    told: Told | None = None
    for event in events:
        if event.via == ORIGIN:
            told = after(told, event)
        elif told:
            told = told._replace(is_changed_here=True)
    return told


def after(told: Told | None, event: Event) -> Told:
    match event:
        case TimeTaken():
            first, last = event.segments[0], event.segments[-1]
            return Told(first.starts_at, last.ends_at, frozenset(use.resource_id for use in first.uses))
        case AbsencePlanned() | AbsenceMoved():
            return Told(event.starts_at, event.ends_at, frozenset((event.resource_id,)))
        case AppointmentCancelled() | AbsenceCancelled():
            return told._replace(is_cancelled=True)
        case AppointmentCompleted():
            return told._replace(is_completed=True)
        case _:
            return told
