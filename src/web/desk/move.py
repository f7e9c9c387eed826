"""Another time or another person for an appointment, by dragging it or by choosing."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from agenda import queries as agenda
from agenda.queries import Slot
from agenda.wanted import Wanted
from booking import commands as booking
from booking.events import Segment
from projections.desk import AppointmentCard
from web import visit
from web.desk import desk
from web.desk.acts import name_of
from web.desk.create import resource_of
from web.desk.panel import card_of, panel_answer
from web.entry import admits
from web.formats import clock, iso, local_day, when
from web.forms import Move, sent
from web.refusals import attempting
from web.sight import practitioners
from web.telling import telling
from web.told import Toast, await_view

OFFERED = 6
LOOK_AHEAD = timedelta(days=14)


@desk.get("/appointments/<uuid:id>/move")
@admits("agenda.write")
def choose(id: UUID) -> str:
    card = card_of(id)
    template = "panel/move.html" if visit.is_htmx() else "panel/move_page.html"
    people = practitioners("agenda.write")
    return render_template(template, card=card, people=people, person_id=leader(card), slots=slots_for(card))


@desk.post("/appointments/<uuid:id>/move")
@admits("agenda.write")
def move(id: UUID) -> Response:
    facts, card = sent(Move), card_of(id)
    person_id = facts["resource_id"] or leader(card)
    starts_at = facts["starts_at"]
    stays = gettext("%(name)s stays at %(time)s.", name=name_of(card), time=time_of(card.starts_at, starts_at))
    attempting(wanted=wanted(card, person_id), starts_at=starts_at, stays=stays, appointment_id=id)
    position = booking.move_appointment(
        visit.store(),
        id,
        starts_at,
        wanted=None if is_same(card, person_id) else wanted(card, person_id),
        override=facts["override"],
        reason=facts["reason"],
        by=visit.act(facts["key"]).expecting(id, facts["expected_version"]),
    )
    await_view(position)
    return panel_answer(id, telling(moved(card, person_id, starts_at), id))


def leads(card: AppointmentCard) -> list[tuple[UUID, UUID]]:
    """Each service of the visit, with the person who performs it."""
    people = {one.id for one in practitioners()}
    return [(segment.service_id, performer(segment, people)) for segment in card.segments]


def performer(segment: Segment, people: set[UUID]) -> UUID:
    ids = [use.resource_id for use in segment.uses]
    return next((id for id in ids if id in people), ids[0])


def leader(card: AppointmentCard) -> UUID:
    """Who performs the first service."""
    return leads(card)[0][1]


def is_same(card: AppointmentCard, person_id: UUID) -> bool:
    return person_id == leader(card)


def wanted(card: AppointmentCard, person_id: UUID) -> list[Wanted]:
    """The same services, all with this person; rooms are found again."""
    return [Wanted(segment.service_id, (person_id,)) for segment in card.segments]


def moved(card: AppointmentCard, person_id: UUID, starts_at: datetime) -> Toast:
    old, new = time_of(card.starts_at, starts_at), time_of(starts_at, card.starts_at)
    words = gettext("%(name)s moved: %(old)s → %(new)s", name=name_of(card), old=old, new=new)
    if not is_same(card, person_id):
        words = f"{words}, {resource_of(person_id).name}"
    back = {"starts_at": iso(card.starts_at), "resource_id": str(leader(card)), "undo": "1"}
    return Toast(words=words, undo_url=url_for("desk.move", id=card.id), undo_fields=back)


def time_of(instant: datetime, beside: datetime) -> str:
    """The time alone when both are on the same day, else with its day."""
    return clock(instant) if local_day(instant) == local_day(beside) else when(instant)


def slots_for(card: AppointmentCard) -> list[Slot]:
    """The next free times of the same person."""
    now = visit.now()
    first = local_day(max(now, card.starts_at))
    house = (visit.store(), visit.house())
    asked = wanted(card, leader(card))
    return agenda.find_slots(*house, asked, first, first + LOOK_AHEAD, now, for_staff=True)[:OFFERED]
