"""What is done to an appointment in one click: it came, it ended, it was missed, cancelled, approved, put back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import abort, request, url_for
from flask_babel import lazy_gettext
from msgspec import Struct
from werkzeug.wrappers import Response

from booking import commands as booking
from booking.taking_back import appointment_before, take_back
from projections.desk import AppointmentCard
from web import told, visit
from web.desk import desk
from web.desk.panel import card_of, panel_answer
from web.entry import admits
from web.formats import when
from web.forms import Act, Edit, TakeBack, sent
from web.forms_list import Listed
from web.refusals import attempting
from web.telling import telling
from web.told import Toast
from web.vocabulary import gettext


class Deed(Struct, frozen=True, kw_only=True):
    """A command, and what is said once it is done."""

    do: Callable[..., int]
    words: Any


DEEDS = {
    "arrive": Deed(do=booking.mark_arrived, words=lazy_gettext("Arrival noted, %(name)s.")),
    "complete": Deed(do=booking.mark_completed, words=lazy_gettext("Completed, %(name)s.")),
    "miss": Deed(do=booking.mark_missed, words=lazy_gettext("Marked as missed, %(name)s.")),
    "reopen": Deed(do=booking.reopen_appointment, words=lazy_gettext("Confirmed again, %(name)s.")),
    "approve": Deed(do=booking.approve_appointment, words=lazy_gettext("Approved, %(name)s.")),
    "confirm": Deed(do=booking.confirm_appointment, words=lazy_gettext("Confirmed for the client, %(name)s.")),
    "decline": Deed(do=booking.decline_appointment, words=lazy_gettext("Declined, %(name)s.")),
    "cancel": Deed(do=booking.cancel_appointment, words=lazy_gettext("Cancelled, %(name)s.")),
    "restore": Deed(do=booking.restore_appointment, words=lazy_gettext("Put back, %(name)s.")),
}


@desk.post("/appointments/<uuid:id>/<deed>")
@admits("agenda.write", "requests.approve")
def act(id: UUID, deed: str) -> Response:
    if deed not in DEEDS:
        abort(404)
    facts, card = sent(Act), card_of(id)
    attempting(starts_at=card.starts_at, stays=gettext("Nothing was changed."))
    by = visit.act(facts["key"]).expecting(id, facts["expected_version"])
    told.await_view(DEEDS[deed].do(visit.store(), id, **arguments(deed, facts), by=by))
    words = str(DEEDS[deed].words) % {"name": name_of(card)}
    toast = telling(Toast(words=words, **told.way_back(card_of(id), card) if "undo" not in request.form else {}), id)
    if "listed_on" in request.form:
        return told.answer(toast, to=url_for("desk.today", **sent(Listed)))
    if "undo" in request.form:
        return told.answer(toast, to=url_for("desk.panel", id=id))
    return panel_answer(id, toast)


@desk.post("/appointments/<uuid:id>/edit")
@admits("agenda.write")
def edit(id: UUID) -> Response:
    """Its notes and its place, in words."""
    before = card_of(id)
    words = {name: said for name, said in sent(Edit).items() if said != getattr(before, name)}
    told.await_view(booking.edit_appointment(visit.store(), id, words=words, by=visit.act()))
    return panel_answer(id, Toast(words=gettext("Saved."), **told.way_back(card_of(id), before)))


@desk.post("/appointments/<uuid:id>/take-back/<int:version>")
@admits("agenda.write")
def undo(id: UUID, version: int) -> Response:
    """Makes one action of the appointment undone, whenever it was; what that did can be taken back in its turn."""
    facts, card = sent(TakeBack), card_of(id)
    given = {"is_whole": facts["is_whole"]}
    before = appointment_before(visit.store(), visit.house(), id, version, **given)
    stays = gettext("%(name)s stays at %(time)s.", name=name_of(card), time=when(card.starts_at))
    attempting(starts_at=before.starts_at if before.segments else card.starts_at, stays=stays, appointment_id=id)
    given |= {"override": facts["override"], "reason": facts["reason"], "by": visit.act(facts["key"])}
    told.await_view(take_back(visit.store(), id, version, **given))
    after = card_of(id)
    words = gettext("Taken back. %(name)s, %(when)s.", name=name_of(after), when=when(after.starts_at))
    return panel_answer(id, telling(Toast(words=words, **told.way_back(after, card)), id))


def arguments(deed: str, facts: dict[str, Any]) -> dict[str, Any]:
    match deed:
        case "cancel":
            return {"reason": facts["reason"], "is_by_client": "is_by_client" in request.form}
        case "decline" | "miss":
            return {"reason": facts["reason"]}
        case "restore":
            return {"reason": facts["reason"], "override": facts["override"]}
    return {}


def name_of(card: AppointmentCard) -> str:
    return card.client.name if card.client else gettext("no client")
