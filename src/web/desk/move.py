"""Another time, another length or other people for an appointment, by dragging it or by choosing."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from flask import render_template
from flask_babel import gettext
from werkzeug.wrappers import Response

from agenda import queries as agenda
from agenda.queries import ResourceCard, Slot
from agenda.wanted import Wanted
from booking import commands as booking
from booking.making import minutes_of
from projections.desk import AppointmentCard
from web import visit
from web.desk import desk
from web.desk.acts import name_of
from web.desk.create import length_of, resource_of, services
from web.desk.gestures import PEOPLE, Gesture, Kinds, wanted_after
from web.desk.panel import card_of, panel_answer
from web.entry import admits
from web.formats import clock, lasting, local_day, when
from web.forms import AskMove, Move, asked, sent
from web.refusals import attempting
from web.sight import practitioners
from web.telling import telling
from web.told import Toast, await_view, way_back

OFFERED = 6
LOOK_AHEAD = timedelta(days=14)


class Free(NamedTuple):
    """A time to move to; with the person where it is not the one of before."""

    starts_at: datetime
    person: ResourceCard | None = None


@desk.get("/appointments/<uuid:id>/move")
@admits("agenda.write")
def choose(id: UUID) -> str:
    card, anyone = card_of(id), asked(AskMove)["anyone"]
    template = "panel/move.html" if visit.is_htmx() else "panel/move_page.html"
    people = practitioners("agenda.write")
    # Of several services each may have somebody else: that is for the whole form.
    has_choice = len(people) > 1 and len(card.segments) == 1
    free = free_with_anyone(card, people) if anyone and has_choice else free_as_it_is(card)
    about = {"people": people, "person_id": leader(card), "has_choice": has_choice, "anyone": anyone}
    return render_template(template, card=card, free=free[:OFFERED], **about)


@desk.post("/appointments/<uuid:id>/move")
@admits("agenda.write")
def move(id: UUID) -> Response:
    facts, card = sent(Move), card_of(id)
    gesture = Gesture(facts["resource_id"], facts["from_id"], facts["part"], facts["duration_minutes"])
    asked_for, starts_at = wanted(card, gesture), start_of(card, facts)
    stays = gettext("%(name)s stays at %(time)s.", name=name_of(card), time=time_of(card.starts_at, starts_at))
    attempting(wanted=asked_for, starts_at=starts_at, stays=stays, appointment_id=id)
    position = booking.move_appointment(
        visit.store(),
        id,
        starts_at,
        wanted=asked_for if changes_more_than_time(card, gesture) else None,
        override=facts["override"],
        reason=facts["reason"],
        by=visit.act(facts["key"]).expecting(id, facts["expected_version"]),
    )
    await_view(position)
    return panel_answer(id, telling(moved(card, card_of(id), gesture), id))


def start_of(card: AppointmentCard, facts: dict[str, Any]) -> datetime:
    """The time that was given is of one part; the visit starts as long before it as that part does."""
    part = card.segments[min(facts["part"], len(card.segments) - 1)]
    return facts["starts_at"] - (part.starts_at - card.starts_at)


def kinds() -> Kinds:
    return {one.id: one.kind for one in agenda.resources(visit.store(), visit.house())}


def leader(card: AppointmentCard) -> UUID:
    """Who performs the first service."""
    known, ids = kinds(), [use.resource_id for use in card.segments[0].uses]
    return next((id for id in ids if known.get(id) == PEOPLE), ids[0])


def wanted(card: AppointmentCard, gesture: Gesture) -> list[Wanted]:
    known = {service.id: service for service in services()}
    usual = {}
    for segment in card.segments:
        service = known.get(segment.service_id)
        usual[segment.service_id] = length_of(service, segment.uses[0].resource_id) if service else None
    return wanted_after(card.segments, gesture, kinds(), usual)


def changes_more_than_time(card: AppointmentCard, gesture: Gesture) -> bool:
    ids = {use.resource_id for segment in card.segments for use in segment.uses}
    return gesture.minutes is not None or (gesture.to is not None and gesture.to not in ids)


def moved(before: AppointmentCard, after: AppointmentCard, gesture: Gesture) -> Toast:
    """What changed, from what to what; nothing to take back when nothing did."""
    old, new = time_of(before.starts_at, after.starts_at), time_of(after.starts_at, before.starts_at)
    name, lengths = name_of(before), [one.ends_at - one.starts_at for one in (before, after)]
    if old == new and lengths[0] != lengths[1]:
        of, to = map(lasting, lengths)
        words = gettext("%(name)s, length: %(old)s → %(new)s", name=name, old=of, new=to)
    else:
        words = gettext("%(name)s moved: %(old)s → %(new)s", name=name, old=old, new=new)
    if before.resource_names != after.resource_names and gesture.to:
        words = f"{words}, {resource_of(gesture.to).name}"
    return Toast(words=words, **way_back(after, before))


def time_of(instant: datetime, beside: datetime) -> str:
    """The time alone when both are on the same day, else with its day."""
    return clock(instant) if local_day(instant) == local_day(beside) else when(instant)


def free_as_it_is(card: AppointmentCard) -> list[Free]:
    """The next free times of the same people."""
    return [Free(slot.starts_at) for slot in slots_for(card, wanted(card, Gesture()))]


def free_with_anyone(card: AppointmentCard, people: list[ResourceCard]) -> list[Free]:
    """The next free times of whoever of these is free first."""
    known, segment = {one.id: one for one in people}, card.segments[0]
    slots = slots_for(card, [Wanted(segment.service_id, (), minutes_of(segment))])
    found = ((slot, next((known[id] for id in slot.resource_ids[0] if id in known), None)) for slot in slots)
    return [Free(slot.starts_at, person) for slot, person in found if person]


def slots_for(card: AppointmentCard, asked_for: list[Wanted]) -> list[Slot]:
    now = visit.now()
    first = local_day(max(now, card.starts_at))
    house = (visit.store(), visit.house())
    return agenda.find_slots(*house, asked_for, first, first + LOOK_AHEAD, now, for_staff=True)
