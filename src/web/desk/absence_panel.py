"""One absence: who, when, why, what happened to it; changed, removed, brought back."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from agenda import commands
from projections import history
from web import absent, told, visit
from web.absent import AbsenceCard, card_of, reason_of, span_of, span_words
from web.covered import hit_cards
from web.covered_settled import settle
from web.desk import desk
from web.desk.absences import leave_for_the_list
from web.desk.day import day_page
from web.entry import admits
from web.formats import local, local_day
from web.forms import Act, sent
from web.forms_absences import ChangeAbsence, choices_sent
from web.sentences import told_lines
from web.told import Toast


@desk.get("/absences/<uuid:id>")
@admits("agenda.see")
def absence(id: UUID) -> str:
    """Its panel; without the page of a day around it, with that day."""
    facts = panel_facts(id)
    if visit.is_htmx():
        return render_template("absences/panel.html", **facts)
    return day_page(local_day(facts["absence"].starts_at), **facts)


def panel_facts(id: UUID) -> dict[str, Any]:
    card = card_of(id)
    lived = told_lines(reversed(history.of(visit.store(), visit.house(), id)))
    facts = {"absence": card, "span": span_words(card), "lived": lived, "kinds": absent.KIND_WORDS}
    return facts | {"last_on": local_day(card.ends_at - absent.MINUTE)}


@desk.post("/absences/<uuid:id>/change")
@admits(absent.WRITE)
def change_absence(id: UUID) -> Response | str:
    facts, chosen, card = sent(ChangeAbsence), choices_sent(), card_of(id)
    span, before = span_of(facts["wall"], card.person), (card.starts_at, card.ends_at)
    blocks = {card.person.id: [span]}
    new = [one for one in hit_cards(blocks) if not (one.starts_at < before[1] and before[0] < one.ends_at)]
    if new and not facts["is_foreseen"]:
        return leave_for_the_list(request.form.to_dict(flat=False), change=id)
    reason = "" if reason_of(facts) == card.reason else reason_of(facts)
    by = visit.act(facts["key"]).expecting(id, facts["expected_version"])
    words = {"is_whole_days": facts["wall"].is_whole_days, "reason": reason}
    told.await_view(commands.move_absence(visit.store(), id, *span, **words, by=by))
    undo = {"undo_url": url_for("desk.change_absence", id=id), "undo_fields": as_it_was(card)}
    toast = Toast(words=gettext("Absence changed."), **undo)
    if facts["is_foreseen"]:
        return render_template("covered/settled.html", toast=toast, refused={}, outcomes=settle(facts, blocks, chosen))
    return panel_answer(id, toast)


def as_it_was(card: AbsenceCard) -> dict[str, str]:
    """The form that makes it so again, without asking about those who are booked."""
    begins, ends = local(card.starts_at), local(card.ends_at)
    until_on = local_day(card.ends_at - absent.MINUTE) if card.is_whole_days else ends.date()
    written = {"from_on": begins.date(), "until_on": until_on, "words": card.reason}
    written |= {"is_whole_days": "1"} if card.is_whole_days else {"from_time": f"{begins:%H:%M}"}
    written |= {} if card.is_whole_days else {"until_time": f"{ends:%H:%M}"}
    return {name: str(value) for name, value in written.items()}


@desk.post("/absences/<uuid:id>/remove")
@admits(absent.WRITE)
def remove_absence(id: UUID) -> Response:
    facts = sent(Act)
    card_of(id)
    told.await_view(commands.cancel_absence(visit.store(), id, by=visit.act(facts["key"])))
    words = gettext("Absence removed: the time can be booked again.")
    toast = Toast(words=words, undo_url=url_for("desk.restore_absence", id=id))
    if "listed" in request.form:
        return told.leave_for(url_for("settings.absences"), toast)
    return panel_answer(id, toast)


@desk.post("/absences/<uuid:id>/restore")
@admits(absent.WRITE)
def restore_absence(id: UUID) -> Response:
    facts = sent(Act)
    card_of(id)
    told.await_view(commands.restore_absence(visit.store(), id, by=visit.act(facts["key"])))
    return panel_answer(id, Toast(words=gettext("The absence stands again.")))


def panel_answer(id: UUID, toast: Toast) -> Response:
    facts = panel_facts(id) if visit.is_htmx() else {}
    return told.answer(toast, to=url_for("desk.absence", id=id), fragment="absences/panel.html", **facts)
