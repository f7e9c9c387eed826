"""One appointment in full: who, when, with whom, on which terms, and its history in words."""

from typing import Any
from uuid import UUID

from flask import render_template, url_for
from werkzeug.wrappers import Response

from booking.appointment import STATUS_AFTER
from booking.events import AppointmentMade
from clients import queries as clients
from kernel.rights import Forbidden
from projections import desk as desk_view
from projections import history
from projections import series as series_view
from projections import visits as visits_view
from projections.desk import AppointmentCard
from projections.history import HistoryLine
from projections.visits import Visits
from web import questions, told, visit
from web.desk import desk
from web.desk.day import day_page
from web.entry import admits
from web.formats import local_day
from web.sentences import told_lines
from web.sight import may, must_see, visits_seen
from web.telling import written_about
from web.told import Toast

CHANGING = ("AppointmentMoved", "AppointmentEdited")
# How it began is not taken back but cancelled.
SETTLING = {kind.__name__ for kind in STATUS_AFTER if not issubclass(kind, AppointmentMade)}


@desk.get("/appointments/<uuid:id>")
@admits("agenda.see")
def panel(id: UUID) -> str:
    """Beside the day: as a fragment for a page that is there, else with the day around it."""
    facts = panel_facts(id)
    if visit.is_htmx():
        return render_template("panel/panel.html", **facts)
    return day_page(local_day(facts["card"].starts_at), **facts)


def panel_answer(id: UUID, toast: Toast) -> Response:
    """The panel as it is now, with the message."""
    facts = panel_facts(id) if visit.is_htmx() else {}
    return told.answer(toast, to=url_for("desk.panel", id=id), fragment="panel/panel.html", **facts)


def panel_facts(id: UUID) -> dict[str, Any]:
    store, house = visit.store(), visit.house()
    card = card_of(id)
    visits = visits_of(card.client.id) if card.client else None
    lines = history.of(store, house, id)
    lived = told_lines(reversed(lines))
    notes = clients.notes_of(store, house, card.client.id) if card.client else []
    pinned = [note for note in notes if note.is_pinned]
    place = series_view.place_of(store, house, id)
    told_of = {"card": card, "visits": visits, "lived": lived, "pinned": pinned, "place": place}
    told_of |= {"reversible": reversible(lines) if may("agenda.write", card) else ()}
    return told_of | questions.facts_of(card) | {"written": written_about(card)}


def reversible(lines: list[HistoryLine]) -> set[int]:
    """The actions that can be taken back: every move and edit, and the last that settled how it stands."""
    settled = [line.version for line in lines if line.name in SETTLING]
    return {line.version for line in lines if line.name in CHANGING} | set(settled[-1:])


def visits_of(client_id: UUID) -> Visits:
    return visits_seen(visits_view.of_client(visit.store(), visit.house(), client_id, visit.now()))


def changeable(id: UUID) -> AppointmentCard:
    """The card, for a form that would change it: refused before the form is read."""
    card = card_of(id)
    if not may("agenda.write", card):
        raise Forbidden(right="agenda.write")
    return card


def card_of(id: UUID) -> AppointmentCard:
    return must_see(desk_view.appointment(visit.store(), visit.house(), id), "Appointment", id)
