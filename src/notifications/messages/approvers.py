"""Those who may approve a request are told that it waits, while it does."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from accounts.acting import acts_for
from accounts.member import Member
from accounts.rights import rights_of
from agenda.queries import receiving_at
from agenda.timetable import settings_of
from booking.appointment import Appointment
from booking.queries import streams
from clients.queries import cards
from kernel.actors import Act
from kernel.jobs import Job, queue
from kernel.store import Store, listed
from notifications.addressees import person
from notifications.asked import Asked
from notifications.letter import Letter
from notifications.messages.looking import told_of
from notifications.outcomes import NotNeeded

NAME = "request-waits"
# What the letter says of it; the client's own words stay in the agenda.
SAID = ("when", "services", "with")


@acts_for("telling")
def tell_approvers(store: Store, by: Act, id: str, at: str) -> None:
    """One letter to each; done twice it is the same as once."""
    with store.reading(by.organisation_id) as db:
        request = waiting(db, UUID(id), by.at)
        people = list(approvers(db, request)) if request else []
    with store.database.everywhere() as db:
        queue(db, by.organisation_id, (letter_to(each, id, at) for each in people))


def waiting(db: Connection, id: UUID, now: datetime) -> Appointment | None:
    found = Appointment.replay(id, streams(db, [id]).get(id, []))
    is_waiting = found is not None and found.status == "requested" and found.expires_at > now
    return found if is_waiting else None


def approvers(db: Connection, request: Appointment) -> Iterator[UUID]:
    for member in listed(db, Member):
        if member.person_id and not member.has_left and may_approve(db, member, request):
            yield member.person_id


def may_approve(db: Connection, member: Member, request: Appointment) -> bool:
    places = member.grants.places
    receiving = receiving_at(db, places) if places else frozenset()
    rights = rights_of(member.role, member.resource_id, member.grants, receiving)
    return rights.may_over("requests.approve", request.touches)


def letter_to(person_id: UUID, id: str, at: str) -> Job:
    key = f"letter/{NAME}/{id}/{person_id}"
    about = {"appointment_id": id, "person_id": str(person_id), "at": at}
    return Job("send_letter", key, {"key": key, "name": NAME, "at": at, "about": about}, datetime.fromisoformat(at))


def about_request(asked: Asked) -> Letter:
    to = person(asked.store, asked.id("person_id"))
    with asked.store.reading(asked.organisation_id) as db:
        request = waiting(db, asked.id("appointment_id"), asked.now)
        if request is None:
            raise NotNeeded("overtaken")
        settings = settings_of(db, asked.organisation_id)
        told = told_of(db, settings, request, None, to)
        client = cards(db, [request.client_id]).get(request.client_id) if request.client_id else None
    said = {"client": client.name if client else ""} | {name: told[name] for name in SAID if name in told}
    return Letter(
        name=NAME,
        to=to,
        told={name: value for name, value in said.items() if value} | {"answer_until": request.expires_at},
        link=asked.page,
        house=settings.organisation.name,
    )
