"""An appointment changed as a whole: the form of a new one, filled with what there is."""

from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from agenda import queries as agenda
from booking.queries import usual_price
from booking.rewriting import rewrite_appointment
from projections.desk import AppointmentCard
from web import told, visit
from web.desk import desk
from web.desk.acts import name_of
from web.desk.create import client_of, form_facts, service_of
from web.desk.draft import WORDS, again, rows_of, slot_people
from web.desk.panel import card_of, changeable
from web.entry import admits
from web.formats import local_day, wall_time, when
from web.forms import asked, sent
from web.forms_desk import Looked, Rewrite
from web.refusals import attempting
from web.telling import telling
from web.told import Toast


@desk.get("/appointments/<uuid:id>/change")
@admits("agenda.write")
def change(id: UUID) -> str:
    card, words = card_of(id), asked(Looked)["words"]
    listed = form_facts({"client": card.client.id if card.client else None, "words": words})
    rooms = agenda.resources(visit.store(), visit.house(), kind="room")
    facts = {"draft": draft_of(card), "rooms": rooms, "offered": None, "slot_people": slot_people()}
    return render_template("create/change.html", card=card, **facts, **listed)


def draft_of(card: AppointmentCard) -> dict[str, Any]:
    facts = {name: getattr(card, name) for name in (*WORDS, "is_asked_for")}
    is_usual = card.price_cents == usual_price(visit.store(), visit.house(), card.segments)
    facts["price_cents"] = None if is_usual else card.price_cents
    facts |= {"client_id": card.client.id if card.client else None, "notice": "tell"}
    facts |= {"on": local_day(card.starts_at), "time": wall_time(card.starts_at)}
    return facts | {"rows": rows_of(wanted_now(card))}


def wanted_now(card: AppointmentCard) -> list[Any]:
    kinds = {one.id: one.kind for one in agenda.resources(visit.store(), visit.house())}
    return [again(segment, kinds, with_rooms=True) for segment in card.segments]


@desk.post("/appointments/<uuid:id>/change")
@admits("agenda.write")
def rewrite(id: UUID) -> Response:
    card, facts = changeable(id), sent(Rewrite)
    for each in facts["wanted"]:
        service_of(each.service_id)
    if facts["client_id"]:
        client_of(facts["client_id"])
    stays = gettext("%(name)s stays at %(time)s.", name=name_of(card), time=when(card.starts_at))
    attempting(wanted=facts["wanted"], starts_at=facts["starts_at"], stays=stays, appointment_id=id)
    position = rewrite_appointment(
        visit.store(),
        id,
        facts["starts_at"],
        wanted=facts["wanted"] if facts["wanted"] != wanted_now(card) else None,
        words={name: facts[name] for name in WORDS if facts[name] != getattr(card, name)},
        client_id=facts["client_id"],
        price_cents=facts["price_cents"],
        is_asked_for=facts["is_asked_for"],
        override=facts["override"],
        reason=facts["reason"],
        tells_client=facts["notice"] != "silent",
        by=visit.act(facts["key"]).expecting(id, facts["expected_version"]),
    )
    told.await_view(position)
    toast = Toast(words=gettext("Saved."), **told.way_back(card_of(id), card))
    return told.leave_for(url_for("desk.panel", id=id), telling(toast, id))
