"""A proposal as its client looks at it, through the link of the letter that asked."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from accounts import queries as accounts
from agenda.timetable import settings_of
from booking.appointment import Appointment
from booking.queries import streams
from kernel.store import Store
from notifications.letter import Addressee
from notifications.messages.looking import told_of
from notifications.words import language_of, moment, sentence


class Proposal(Struct, frozen=True, kw_only=True):
    """`told` is what the letter said, as names and values in its language; `until` is when the time is given up."""

    organisation_id: UUID
    appointment_id: UUID
    client_id: UUID
    house: str
    language: str
    standing: str
    status: str
    told: list[tuple[str, str]]
    until: str


def proposal(store: Store, organisation_id: UUID, appointment_id: UUID, now: datetime) -> Proposal | None:
    """None for what is no appointment of a client. Its status is expired from the moment its time is up."""
    with store.reading(organisation_id) as db:
        told = streams(db, [appointment_id]).get(appointment_id, [])
        found = Appointment.replay(appointment_id, told)
        if found is None or found.client_id is None:
            return None
        house = accounts.organisation(db)
        language = language_of(house.language)
        to = Addressee(name="", email="", language=language, zone=found.zone)
        said = told_of(db, settings_of(db, organisation_id), found, None, to)
    is_over = found.expires_at is not None and found.expires_at <= now
    return Proposal(
        organisation_id=organisation_id,
        appointment_id=appointment_id,
        client_id=found.client_id,
        house=house.name,
        language=language,
        standing=house.standing(now),
        status="expired" if is_over else found.status,
        told=[(sentence(language, f"told.{name}", {}), str(value)) for name, value in said.items()],
        until=moment(found.expires_at, language, ZoneInfo(found.zone)) if found.expires_at else "",
    )
