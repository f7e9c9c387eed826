"""The appointments in the way of an absence or a closing settled together, each by itself, with what became of it."""

from typing import Any
from uuid import UUID

from flask_babel import gettext
from msgspec import Struct

from agenda.wanted import Wanted
from booking import commands as booking
from kernel.errors import Refusal
from projections import desk as desk_view
from projections.desk import AppointmentCard
from web import told, visit
from web.covered import Blocks, Covered, hit_cards, proposals
from web.formats import when
from web.forms_absences import Choice, choice_of
from web.refusals import sentence

# Taking a move back may lead into the absence or the closing that it was made for.
BACK_IN = ("absent", "outside_hours")


class ChoiceNotOffered(Refusal):
    """The appointment has other services by now than when its times were offered."""


class Became(Struct, frozen=True, kw_only=True):
    """What became of one: in words, why nothing was changed where it was refused, and the form that takes it back."""

    card: AppointmentCard
    words: str = ""
    refused: str = ""
    position: int = 0
    undo_url: str = ""
    undo_fields: dict[str, Any] = {}


def settle(facts: dict[str, Any], blocks: Blocks, chosen: dict[UUID, Choice]) -> list[Became]:
    """All that are in the way now, those made since the page was shown among them."""
    cards = hit_cards(blocks)
    ways = (facts["rest"],) if facts["rest"] in ("own", "other") else ()
    found = [settled(one, chosen.get(one.card.id), facts) for one in proposals(cards, blocks, ways)]
    told.await_view(max([0, *(one.position for one in found)]))
    return found


def settled(one: Covered, choice: Choice | None, facts: dict[str, Any]) -> Became:
    try:
        return do(one.card, choice or choice_for_the_rest(one, facts["rest"]), facts)
    except Refusal as refusal:
        return Became(card=one.card, refused=sentence(refusal))


def choice_for_the_rest(one: Covered, rest: str) -> Choice:
    """Kept where the time that was wished for is not to be found."""
    found = {"own": one.own, "other": one.other}.get(rest)
    if found:
        return choice_of(found.value)
    return Choice("cancel" if rest == "cancel" else "keep")


def do(card: AppointmentCard, choice: Choice, facts: dict[str, Any]) -> Became:
    if choice.deed == "keep":
        return Became(card=card, words=gettext("kept as it is"))
    deed = move if choice.deed == "move" else give_up
    return deed(card, choice, facts)


def give_up(card: AppointmentCard, _: Choice, facts: dict[str, Any]) -> Became:
    command = booking.cancel_appointment if card.status == "booked" else booking.decline_appointment
    told_of = {"reason": facts["reason"], "tells_client": facts["tells_clients"]}
    position = command(visit.store(), card.id, **told_of, by=act_for(card, facts))
    words = gettext("cancelled") if card.status == "booked" else gettext("declined")
    return Became(card=card, words=words, position=position, **back_in(card))


def move(card: AppointmentCard, choice: Choice, facts: dict[str, Any]) -> Became:
    if len(choice.people) != len(card.segments):
        raise ChoiceNotOffered
    wanted = [Wanted(each.service_id, (id,)) for each, id in zip(card.segments, choice.people, strict=True)]
    told_of = {"reason": facts["reason"], "tells_client": facts["tells_clients"]}
    position = booking.move_appointment(
        visit.store(), card.id, choice.starts_at, wanted=wanted, **told_of, by=act_for(card, facts)
    )
    now = now_of(card)
    words = gettext("moved to %(when)s, %(name)s", when=when(now.starts_at), name=", ".join(now.resource_names))
    return Became(card=card, words=words, position=position, **back_in(card))


def now_of(card: AppointmentCard) -> AppointmentCard:
    return desk_view.appointment(visit.store(), visit.house(), card.id) or card


def back_in(before: AppointmentCard) -> dict[str, Any]:
    """The form that takes it back, into the absence or the closing if need be."""
    back = told.way_back(now_of(before), before)
    reason = {"override": BACK_IN, "reason": gettext("Taken back")}
    return back and {"undo_url": back["undo_url"], "undo_fields": back["undo_fields"] | reason}


def act_for(card: AppointmentCard, facts: dict[str, Any]) -> Any:
    return visit.act(f"{facts['key']}/{card.id}" if facts["key"] else "")
