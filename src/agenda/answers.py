"""Answers to the questions of services: read from a form, kept as one text with the wording of then, read again."""

from collections.abc import Iterable
from decimal import InvalidOperation
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from agenda.question import Question
from clients.custom import READERS
from kernel.errors import Refusal
from kernel.texts import clean


class AnswerMissing(Refusal):
    """A question that must be answered was sent empty."""


class AnswerNotValid(Refusal):
    """The answer is none that its question can have."""


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was answered, to what was asked. Dates and numbers are words (2026-11-24, 12.5), yes and no true and
    false, several choices a list. Words that came in no question have neither wording nor question."""

    question_id: UUID | None = None
    wording: str = ""
    kind: str = "long_text"
    value: Any


def answered(question: Question, given: Any) -> Answer | None:
    """The answer as it is kept; None where nothing was said. Raises AnswerMissing or AnswerNotValid."""
    said = [clean(one) for one in given] if isinstance(given, list) else clean(given)
    if said in ("", []):
        if question.is_required:
            raise AnswerMissing(wording=question.wording)
        return None
    try:
        value = READERS[question.kind](question, said, "")
    except (ValueError, InvalidOperation, TypeError, AttributeError) as wrong:
        raise AnswerNotValid(wording=question.wording) from wrong
    return Answer(question_id=question.id, wording=question.wording, kind=question.kind, value=value)


def written(answers: Iterable[Answer]) -> str:
    """One text for all of them; empty without any."""
    kept = list(answers)
    return msgspec.json.encode(kept).decode() if kept else ""


def read_answers(text: str) -> list[Answer]:
    """What `written` wrote; a text that a program wrote in its own way is one answer to no question."""
    if not text:
        return []
    try:
        return msgspec.json.decode(text, type=list[Answer])
    except msgspec.MsgspecError:
        return [Answer(value=text)]
