"""What a service asks of whoever comes: added, changed, ordered, retired and taken back."""

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from agenda import asking
from agenda.question import Question
from kernel.errors import NotFound
from web import told, visit
from web.entry import admits
from web.forms import sent
from web.forms_questions import KeepQuestion, OfQuestion
from web.settings import settings
from web.settings.services import service_of
from web.told import Toast

# The deed that takes a deed back.
BACK = {"retire": "restore", "restore": "retire", "earlier": "later", "later": "earlier"}
SAID = {
    "retire": lazy_gettext("No longer asked. What was answered stays."),
    "restore": lazy_gettext("Asked again."),
    "earlier": lazy_gettext("The questions stand in this order."),
    "later": lazy_gettext("The questions stand in this order."),
}


@settings.post("/services/<uuid:id>/questions")
@admits("settings.write")
def keep_question(id: UUID) -> Response:
    """Adds a question, or changes one that is there."""
    facts, service = sent(KeepQuestion), service_of(id)
    if facts["is_new"]:
        rank = max((each.rank for each in questions_of(id)), default=-1) + 1
        shape = shape_of(facts) | {"kind": facts["kind"], "rank": rank}
        by = visit.act(facts["key"])
        position = asking.add_question(visit.store(), facts["question_id"], service.id, **shape, by=by)
        undo = url_for("settings.settle_question", id=id, deed="retire"), {"question_id": str(facts["question_id"])}
        return back(id, position, gettext("Question added."), *undo)
    return changed(id, question_of(id, facts["question_id"]), facts)


def changed(id: UUID, before: Question, facts: dict[str, Any]) -> Response:
    by = visit.act(facts["key"]).expecting(before.id, facts["expected_version"])
    position = asking.change_question(visit.store(), before.id, **shape_of(facts), by=by)
    if "undo" in request.form:
        return back(id, position, gettext("Undone: the question is as it was."))
    return back(id, position, gettext("Question kept."), url_for("settings.keep_question", id=id), fields_of(before))


@settings.post("/services/<uuid:id>/questions/<any(retire,restore,earlier,later):deed>")
@admits("settings.write")
def settle_question(id: UUID, deed: str) -> Response:
    facts = sent(OfQuestion)
    question = question_of(id, facts["question_id"])
    by = visit.act(facts["key"]).expecting(question.id, facts["expected_version"])
    if deed in ("earlier", "later"):
        position = asking.order_questions(visit.store(), moved(id, question.id, deed), by=visit.act(facts["key"]))
    else:
        position = asking.change_question(visit.store(), question.id, is_active=deed == "restore", by=by)
    if "undo" in request.form:
        return back(id, position, str(SAID[deed]))
    undo = url_for("settings.settle_question", id=id, deed=BACK[deed])
    return back(id, position, str(SAID[deed]), undo, {"question_id": str(question.id)})


def moved(service_id: UUID, id: UUID, way: str) -> list[UUID]:
    """The questions asked, with this one a place nearer to the front or to the end."""
    ids = [each.id for each in questions_of(service_id) if each.is_active]
    if id not in ids:
        return ids
    place = ids.index(id)
    ids.insert(max(0, place + (1 if way == "later" else -1)), ids.pop(place))
    return ids


def shape_of(facts: dict[str, Any]) -> dict[str, Any]:
    choices = [line for line in facts["choices"].splitlines() if line.strip()]
    return {name: facts[name] for name in ("wording", "is_required", "is_online")} | {"choices": choices}


def fields_of(question: Question) -> dict[str, str]:
    """The form that makes a question what it is; what is off is not sent."""
    ticked = {name: "1" for name in ("is_required", "is_online") if getattr(question, name)}
    said = {"question_id": str(question.id), "wording": question.wording, "choices": "\n".join(question.choices)}
    return said | ticked | {"undo": "1"}


def questions_of(service_id: UUID) -> list[Question]:
    """All of a service, those that are asked no more among them."""
    return asking.questions(visit.store(), visit.house(), [service_id], is_all=True)


def question_of(service_id: UUID, id: UUID) -> Question:
    found = next((each for each in questions_of(service_id) if each.id == id), None)
    if found is None:
        raise NotFound(kind="Question", id=str(id))
    return found


def back(
    id: UUID, position: int, words: str, undo_url: str = "", undo_fields: dict[str, str] | None = None
) -> Response:
    told.await_view(position)
    fields = undo_fields or {}
    toast = Toast(words=words, undo_url=undo_url, undo_fields=fields | ({"undo": "1"} if undo_url else {}))
    return told.leave_for(url_for("settings.service", id=id) + "#questions", toast)
