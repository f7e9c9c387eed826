"""What clients answer to the questions of their services: asked in a form, written beside the appointment."""

from uuid import UUID

from flask import make_response, render_template
from flask_babel import gettext
from werkzeug.wrappers import Response

from booking import commands as booking
from web import questions, told, visit
from web.desk import desk
from web.desk.day import day_page
from web.desk.panel import card_of, changeable, panel_answer, panel_facts
from web.entry import admits
from web.formats import local_day
from web.forms import Act, asked, sent
from web.forms_questions import AskQuestions
from web.questions import SentAnswers
from web.told import Toast


@desk.get("/appointments/questions")
@admits("agenda.write")
def question_fields() -> str:
    """The fields of what some services ask, for a form in which they were just chosen."""
    known = questions.questions_for(asked(AskQuestions)["service_id"])
    return render_template("questions/fields.html", questions=known, given={}, faults={})


@desk.post("/appointments/<uuid:id>/answers")
@admits("agenda.write")
def answer(id: UUID) -> Response:
    """Keeps what is written; with the sentence beside its question where it cannot be kept."""
    card, facts = changeable(id), sent(Act)
    asks = questions.questions_for(segment.service_id for segment in card.segments)
    answers = questions.sent_answers(asks, questions.stored_answers(id))
    if answers.faults:
        return with_faults(id, answers)
    by = visit.act(facts["key"]).expecting(id, facts["expected_version"])
    told.await_view(booking.edit_appointment(visit.store(), id, words={"answers": answers.text}, by=by))
    return panel_answer(id, Toast(words=gettext("Answers kept."), **told.way_back(card_of(id), card)))


def with_faults(id: UUID, answers: SentAnswers) -> Response:
    """The panel with what was typed, and what is wrong beside each question."""
    facts = panel_facts(id)
    facts |= {"given": facts["given"] | answers.typed, "faults": answers.faults}
    if visit.is_htmx():
        return make_response(render_template("panel/panel.html", **facts), 422)
    return make_response(day_page(local_day(facts["card"].starts_at), **facts), 422)
