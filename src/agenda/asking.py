"""What can be asked of the questions of services, and which there are."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from agenda.question import Question
from agenda.service import Service
from agenda.timetable import settings_of
from kernel.actors import Act
from kernel.store import Log, Store, command


@command("settings.write", is_exclusive=True)
def add_question(log: Log, id: UUID, service_id: UUID, *, by: Act, **facts: Any) -> None:
    """`facts` are the other fields of QuestionAdded."""
    log.get(Service, service_id)
    question = Question(id=id)
    question.add(by, service_id=service_id, **facts)
    log.keep(question)


@command("settings.write", is_exclusive=True)
def change_question(log: Log, id: UUID, *, by: Act, **facts: Any) -> None:
    """`facts` are the fields of QuestionChanged. What was answered keeps the wording that was asked."""
    question = log.get(Question, id)
    question.change(by, **facts)
    log.keep(question)


@command("settings.write", is_exclusive=True)
def order_questions(log: Log, ids: list[UUID], *, by: Act) -> None:
    """The questions stand in this order."""
    ordered = [log.get(Question, id) for id in ids]
    for rank, question in enumerate(ordered):
        question.change(by, rank=rank)
    log.keep(*ordered)


def questions(
    store: Store, organisation_id: UUID, service_ids: Iterable[UUID], *, is_all: bool = False
) -> list[Question]:
    """What these services ask, service by service in their order; with `is_all` what they ask no more, too."""
    wanted = {id: place for place, id in enumerate(dict.fromkeys(service_ids))}
    with store.reading(organisation_id) as db:
        known = settings_of(db, organisation_id).questions.values()
    asked = (each for each in known if each.service_id in wanted and (each.is_active or is_all))
    return sorted(asked, key=lambda each: (wanted[each.service_id], each.rank, each.id))
