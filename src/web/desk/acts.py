"""What is done to an appointment in one click: it came, it ended, it was missed, cancelled, approved, put back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import abort, request, url_for
from flask_babel import lazy_gettext
from msgspec import Struct
from werkzeug.wrappers import Response

from booking import commands as booking
from projections.desk import AppointmentCard
from web import told, visit
from web.desk import desk
from web.desk.panel import card_of, panel_answer
from web.entry import admits
from web.forms import Act, sent
from web.forms_list import Listed
from web.refusals import attempting
from web.telling import telling
from web.told import Toast
from web.vocabulary import gettext


class Deed(Struct, frozen=True, kw_only=True):
    """A command, what is said once it is done, and the deed that takes it back."""

    do: Callable[..., int]
    words: Any
    back: str = ""


DEEDS = {
    "arrive": Deed(do=booking.mark_arrived, words=lazy_gettext("Arrival noted, %(name)s."), back="reopen"),
    "complete": Deed(do=booking.mark_completed, words=lazy_gettext("Completed, %(name)s."), back="reopen"),
    "miss": Deed(do=booking.mark_missed, words=lazy_gettext("Marked as missed, %(name)s."), back="reopen"),
    "reopen": Deed(do=booking.reopen_appointment, words=lazy_gettext("Confirmed again, %(name)s.")),
    "approve": Deed(do=booking.approve_appointment, words=lazy_gettext("Approved, %(name)s.")),
    "decline": Deed(do=booking.decline_appointment, words=lazy_gettext("Declined, %(name)s."), back="restore"),
    "cancel": Deed(do=booking.cancel_appointment, words=lazy_gettext("Cancelled, %(name)s."), back="restore"),
    "restore": Deed(do=booking.restore_appointment, words=lazy_gettext("Put back, %(name)s."), back="cancel"),
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
    toast = telling(Toast(words=str(DEEDS[deed].words) % {"name": name_of(card)}, undo_url=way_back(id, deed)), id)
    if "listed_on" in request.form:
        return told.answer(toast, to=url_for("desk.today", **sent(Listed)))
    if "undo" in request.form:
        return told.answer(toast, to=url_for("desk.panel", id=id))
    return panel_answer(id, toast)


def arguments(deed: str, facts: dict[str, Any]) -> dict[str, Any]:
    match deed:
        case "cancel":
            return {"reason": facts["reason"], "is_by_client": "is_by_client" in request.form}
        case "decline" | "miss":
            return {"reason": facts["reason"]}
        case "restore":
            return {"reason": facts["reason"], "override": facts["override"]}
    return {}


def way_back(id: UUID, deed: str) -> str:
    back = DEEDS[deed].back
    return url_for("desk.act", id=id, deed=back) if back and "undo" not in request.form else ""


def name_of(card: AppointmentCard) -> str:
    return card.client.name if card.client else gettext("no client")
