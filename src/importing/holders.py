"""Who holds a time that was refused."""

from uuid import UUID

from agenda.timetable import live, taken_rows
from booking.events import AppointmentMade, TimeHeld, TimeTaken
from clients.queries import cards
from importing.entries import Entry
from importing.house import House
from importing.report import Refused
from kernel.errors import TimeNotFree
from kernel.events import Event
from kernel.store import Log
from kernel.zones import minute_of


def held(house: House, taken: TimeNotFree, resource_id: UUID) -> Refused:
    """Who has the practitioner, or else the room; from when to when on the house's clock; dashes where unknown."""
    hours = {name: clock(house, taken, name) for name in ("taken_from", "taken_until")}
    with house.store.log(house.act) as log:
        events = list(log.events.get(UUID(taken.facts["taken_by"]))) if "taken_by" in taken.facts else []
        who = client_name(log, events)
    used = resources_of(events)
    return Refused("room_taken" if used and resource_id not in used else "time_taken", **hours, who=who)


def is_free(log: Log, resource_id: UUID, entry: Entry, id: UUID) -> bool:
    """Whether nobody else has this practitioner then, for as long as the transaction lasts. Absences do not count."""
    log.lock([resource_id])
    rows = taken_rows(log.connection, [resource_id], minute_of(entry.starts_at), minute_of(entry.ends_at))
    return not any(row.seat for row in live(rows, log.by.at, without=[id])[resource_id])


def client_name(log: Log, events: list[Event]) -> str:
    client_id = next((event.client_id for event in events if isinstance(event, AppointmentMade)), None)
    known = cards(log.connection, [client_id]) if client_id else {}
    return known[client_id].name if known else "—"


def resources_of(events: list[Event]) -> set[UUID]:
    """What the last of these facts takes."""
    segments = next((each.segments for each in reversed(events) if isinstance(each, TimeTaken | TimeHeld)), [])
    return {use.resource_id for segment in segments for use in segment.uses}


def clock(house: House, taken: TimeNotFree, name: str) -> str:
    instant = taken.facts.get(name)
    return f"{instant.astimezone(house.zone):%H:%M}" if instant else "—"
