"""Who holds a time that was refused."""

from uuid import UUID

from booking.events import AppointmentMade
from carnet.importing.house import House
from clients.queries import cards
from kernel.errors import TimeNotFree
from kernel.store import Log


def holder(house: House, taken: TimeNotFree) -> dict[str, str]:
    """Whose time it is, and from when to when on the house's clock; dashes for what is not known."""
    hours = {name: clock(house, taken, name) for name in ("taken_from", "taken_until")}
    id = taken.facts.get("taken_by")
    with house.store.log(house.act) as log:
        return {"who": client_name(log, UUID(id)) if id else "—", **hours}


def client_name(log: Log, id: UUID) -> str:
    made = (event for event in log.events.get(id) if isinstance(event, AppointmentMade))
    client_id = next((event.client_id for event in made), None)
    known = cards(log.connection, [client_id]) if client_id else {}
    return known[client_id].name if known else "—"


def clock(house: House, taken: TimeNotFree, name: str) -> str:
    instant = taken.facts.get(name)
    return f"{instant.astimezone(house.zone):%H:%M}" if instant else "—"
