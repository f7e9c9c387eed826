"""What is left to set up in a new house."""

from uuid import UUID

from msgspec import Struct

from accounts.member import Member
from accounts.organisation import Organisation
from accounts.place import Place
from accounts.team.invitation import Invitation
from agenda.timetable import settings_of
from kernel.store import Store, listed

BOOKED = "SELECT EXISTS (SELECT 1 FROM view_visits)"


class Step(Struct, frozen=True):
    """A thing to set up, by the name of its sentence, and whether that is done."""

    name: str
    is_done: bool


def steps(store: Store, organisation_id: UUID) -> list[Step]:
    """In the order in which they help; nothing here is noted, all of it is seen from how the house is."""
    with store.reading(organisation_id) as db:
        house, settings = listed(db, Organisation)[0], settings_of(db, organisation_id)
        columns = [one for one in settings.resources.values() if one.kind == "practitioner" and one.is_active]
        done = {
            "services": any(each.is_active for each in settings.services.values()),
            "columns": any(one.hours.weekly or one.hours.dated for one in columns),
            "performers": any(each.performers for each in settings.services.values()),
            "address": any(place.address for place in listed(db, Place)),
            "presentation": house.presentation_id is not None,
            "team": len(listed(db, Member)) > 1 or bool(listed(db, Invitation)),
            "appointment": db.execute(BOOKED).fetchone()[0],
        }
    return [Step(name, is_done) for name, is_done in done.items()]
