"""When the hours of a resource were last changed, and the version that they can be taken back to."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from agenda.events import DayHoursCleared, DayHoursSet, HoursSet
from kernel.events import MAPPER
from kernel.recorder import Recorder
from kernel.store import Store

CHANGES = (HoursSet, DayHoursSet, DayHoursCleared)


class HoursChange(Struct, frozen=True, kw_only=True):
    """The version before it is the one to go back to."""

    at: datetime
    by: str
    version: int


def last_change(store: Store, organisation_id: UUID, resource_id: UUID) -> HoursChange | None:
    """None while the hours are as they were first written: there is nothing to go back to."""
    with store.reading(organisation_id) as db:
        events = [MAPPER.to_domain_event(stored) for stored in Recorder(db).select_events(resource_id)]
    changes = [event for event in events if isinstance(event, CHANGES)]
    if len(changes) < 2:
        return None
    last = changes[-1]
    return HoursChange(at=last.at, by=last.by, version=last.originator_version)
