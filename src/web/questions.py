"""The questions of services in forms: which are asked, what was sent, and how answers are said."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext
from msgspec import Struct

from agenda import asking
from agenda.answers import Answer, answered, read_answers, written
from agenda.question import Question
from booking import queries as booking
from kernel.errors import Refusal
from projections.desk import AppointmentCard
from web import visit
from web.formats import day
from web.words import value_words

# Before the identifier of its question, the name of a field in a form.
PREFIX = "answer-"


class AnswersNotValid(Refusal):
    """Some answers of a form are missing or cannot be read; `questions` are their wordings."""


class SentAnswers(Struct, frozen=True, kw_only=True):
    """The text to keep as `answers`; the sentences of what is wrong, and what was typed, by question."""

    text: str
    faults: dict[str, str]
    typed: dict[str, Any]


def questions_for(service_ids: Iterable[UUID], *, is_online: bool = False) -> list[Question]:
    """What these services ask, in their order; `is_online` leaves those that clients are asked themselves."""
    known = asking.questions(visit.store(), visit.house(), service_ids)
    return [each for each in known if each.is_online or not is_online]


def sent_answers(questions: Iterable[Question], stored: str = "") -> SentAnswers:
    """What the form answers. Questions that it does not show keep the answers of `stored`."""
    asked = [each for each in questions if f"{PREFIX}{each.id}" in request.form]
    typed = {str(each.id): value_sent(each) for each in asked}
    kept = [each for each in read_answers(stored) if str(each.question_id) not in typed]
    faults: dict[str, str] = {}
    for each in asked:
        try:
            kept += filter(None, [answered(each, typed[str(each.id)])])
        except Refusal as refusal:
            faults[str(each.id)] = gettext(type(refusal).__name__)
    return SentAnswers(text=written(kept), faults=faults, typed=typed)


def must_be_answered(service_ids: Iterable[UUID], *, is_online: bool = False) -> str:
    """The text to keep as `answers` of a new appointment; raises AnswersNotValid, which names the questions."""
    asked = questions_for(service_ids, is_online=is_online)
    sent = sent_answers(asked)
    if sent.faults:
        raise AnswersNotValid(questions=", ".join(each.wording for each in asked if str(each.id) in sent.faults))
    return sent.text


def value_sent(question: Question) -> Any:
    """A list for several choices; its form sends an empty value along, so that nothing ticked is told."""
    values = [value for value in request.form.getlist(f"{PREFIX}{question.id}") if value]
    return values if question.kind == "choices" else "".join(values[:1])


def facts_of(card: AppointmentCard) -> dict[str, Any]:
    """What the part of an appointment's page shows: what was answered, and what its services ask."""
    answers = read_answers(stored_answers(card.id))
    asked = questions_for(segment.service_id for segment in card.segments)
    given = {str(each.question_id): each.value for each in answers}
    return {"answers": answers, "questions": asked, "given": given, "faults": {}}


def stored_answers(id: UUID) -> str:
    """The text of an appointment's answers, as its own events tell it."""
    found = booking.appointment(visit.store(), visit.house(), id)
    return found.words["answers"] if found else ""


def answer_words(answer: Answer) -> str:
    if answer.kind == "date":
        return day(date.fromisoformat(answer.value), "plain")
    return value_words("", answer.value)


def answers_words(text: str) -> str:
    """All answers of an appointment in one line, as the history tells them."""
    said = ((each.wording, answer_words(each)) for each in read_answers(text))
    return " · ".join(f"{wording} {words}".strip() for wording, words in said)
