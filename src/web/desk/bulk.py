"""Many appointments settled at once, each by itself: what could not be done says why, and the rest is done."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import render_template
from flask_babel import lazy_gettext
from msgspec import Struct

from booking import commands as booking
from kernel.errors import Refusal
from projections.desk import AppointmentCard
from web import told, visit
from web.desk import desk
from web.desk.panel import card_of
from web.entry import admits
from web.forms import sent
from web.forms_list import Settle
from web.refusals import sentence

# What is asked for in one word is done to each as its state has it.
ASKED = {
    "approve": {"requested": booking.approve_appointment, "proposed": booking.confirm_appointment},
    "decline": {"requested": booking.decline_appointment, "proposed": booking.decline_appointment},
    "cancel": {"requested": booking.decline_appointment, "proposed": booking.decline_appointment},
}
OTHERWISE = {
    "approve": booking.approve_appointment,
    "decline": booking.decline_appointment,
    "cancel": booking.cancel_appointment,
    "complete": booking.mark_completed,
    "miss": booking.mark_missed,
    "restore": booking.restore_appointment,
}
WORDS = {
    "approve": lazy_gettext("Approve"),
    "decline": lazy_gettext("Decline"),
    "cancel": lazy_gettext("Cancel"),
    "complete": lazy_gettext("Completed"),
    "miss": lazy_gettext("Missed"),
    "restore": lazy_gettext("Put back"),
}
WITH_REASON = {booking.decline_appointment, booking.cancel_appointment, booking.mark_missed}


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of one of them; `refused` says why nothing was changed, `back` is the form that takes it back."""

    card: AppointmentCard
    refused: str = ""
    back: dict[str, Any] = {}


@desk.post("/appointments/settle")
@admits("agenda.write", "requests.approve")
def settle() -> str:
    """The answer is the list of what became of each; sent again under its key it changes nothing more."""
    facts = sent(Settle)
    outcomes = [settled(id, facts) for id in dict.fromkeys(facts["ids"])]
    done = sum(not one.refused for one in outcomes)
    return render_template("listing/settled.html", outcomes=outcomes, done=done, asked=WORDS[facts["deed"]])


def settled(id: UUID, facts: dict[str, Any]) -> Outcome:
    card = card_of(id)
    do = ASKED.get(facts["deed"], {}).get(card.status, OTHERWISE[facts["deed"]])
    try:
        told.await_view(perform(do, id, facts))
    except Refusal as refusal:
        return Outcome(card=card, refused=sentence(refusal))
    after = card_of(id)
    return Outcome(card=after, back=told.way_back(after, card))


def perform(do: Callable[..., int], id: UUID, facts: dict[str, Any]) -> int:
    given = {"reason": facts["reason"]} if do in WITH_REASON else {}
    return do(visit.store(), id, **given, by=visit.act(f"{facts['key']}/{id}"))
