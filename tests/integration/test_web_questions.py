"""The questions of services: kept on their page, answered beside the appointment."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from agenda.asking import add_question, change_question, questions
from agenda.question import Question
from booking.commands import edit_appointment
from booking.queries import appointment
from tests.browser.visitor import Desk, open_desk, words
from tests.story import at


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter("owner")


@pytest.fixture
def booked(desk: Desk) -> UUID:
    return desk.house.book(at(14), client_id=desk.house.client())


def asked(desk: Desk, service: UUID | None = None, *, is_all: bool = False) -> list[Question]:
    return questions(desk.house.store, desk.house.id, [service or desk.house.massage], is_all=is_all)


def post(desk: Desk, way: str = "", **facts: Any) -> TestResponse:
    return desk.post(f"/settings/services/{desk.house.massage}/questions{way}", **facts)


def add(desk: Desk, wording: str, kind: str = "text", service: UUID | None = None, **facts: Any) -> str:
    id = uuid4()
    shape = {"choices": [], "rank": len(asked(desk))} | facts
    by = desk.house.by()
    add_question(desk.house.store, id, service or desk.house.massage, wording=wording, kind=kind, **shape, by=by)
    return str(id)


def answer(desk: Desk, id: UUID, *, htmx: bool = False, **given: Any) -> TestResponse:
    facts = {f"answer-{question}": value for question, value in given.pop("given").items()}
    return desk.post(f"/appointments/{id}/answers", htmx=htmx, **facts, **given)


def test_a_question_is_added_to_its_service_alone(desk: Desk):
    post(desk, is_new=1, wording="  Des  allergies ? ", kind="long_text", is_required=1)
    (question,) = asked(desk)
    assert (question.wording, question.kind, question.is_required, question.is_online) == (
        "Des allergies ?",
        "long_text",
        True,
        False,
    )
    assert asked(desk, desk.house.check_up) == []
    page = desk.text(f"/settings/services/{desk.house.massage}")
    assert "Des allergies ? Texte long, obligatoire, équipe seulement" in page


def test_it_is_changed_and_taken_back(desk: Desk):
    id = add(desk, "Votre taille ?", "number")
    changed = post(desk, question_id=id, wording="Votre taille en cm ?", is_online=1)
    assert (asked(desk)[0].wording, asked(desk)[0].is_online) == ("Votre taille en cm ?", True)
    assert 'value="Votre taille ?"' in desk.get(changed.location).get_data(as_text=True)
    post(desk, question_id=id, wording="Votre taille ?", undo=1)
    assert (asked(desk)[0].wording, asked(desk)[0].is_online) == ("Votre taille ?", False)


def test_it_is_retired_and_asked_again(desk: Desk):
    id = add(desk, "Votre taille ?")
    post(desk, "/retire", question_id=id)
    assert asked(desk) == []
    assert "n’est plus posée" in desk.text(f"/settings/services/{desk.house.massage}")
    post(desk, "/restore", question_id=id)
    assert len(asked(desk)) == 1


def test_questions_stand_in_the_order_of_the_house(desk: Desk):
    ids = [add(desk, wording) for wording in ("Un", "Deux", "Trois")]
    post(desk, "/earlier", question_id=ids[2])
    assert [each.wording for each in asked(desk)] == ["Un", "Trois", "Deux"]
    post(desk, "/later", question_id=ids[0])
    assert [each.wording for each in asked(desk)] == ["Trois", "Un", "Deux"]
    post(desk, "/earlier", question_id=ids[2])
    assert [each.wording for each in asked(desk)] == ["Trois", "Un", "Deux"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"wording": ""}, "Il manque la question"),
        ({"wording": "Où ?", "kind": "choice", "choices": "Dos"}, "choix"),
        ({"wording": "Où ?", "kind": "colour"}, "illisible"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(desk: Desk, wrong: dict[str, Any], said: str):
    refused = post(desk, is_new=1, **wrong)
    assert refused.status_code == 422
    assert asked(desk) == []
    assert said in words(refused)


def test_a_question_of_another_service_is_not_there(desk: Desk):
    id = add(desk, "Le bilan ?", service=desk.house.check_up)
    assert post(desk, question_id=id, wording="Autre").status_code == 404
    assert post(desk, "/retire", question_id=id).status_code == 404


def test_answers_are_kept_with_what_was_asked(desk: Desk, booked: UUID):
    size, where = add(desk, "Votre taille ?", "number"), add(desk, "Où ?", "choices", choices=["Dos", "Nuque"])
    answer(desk, booked, given={size: "1,78", where: ["", "Dos"]})
    change_question(desk.house.store, UUID(size), wording="En mètres ?", by=desk.house.by())
    panel = desk.text(f"/appointments/{booked}")
    assert "Votre taille ? 1.78" in panel
    assert "Où ? Dos" in panel
    assert "En mètres ?" in panel


def test_an_answer_that_is_missing_or_unreadable_says_so_beside_its_question(desk: Desk, booked: UUID):
    size, must = add(desk, "Votre taille ?", "number"), add(desk, "Des allergies ?", is_required=True)
    refused = answer(desk, booked, htmx=True, given={size: "grand", must: ""})
    assert refused.status_code == 422
    assert "Il manque une réponse." in words(refused)
    assert "Cette réponse ne se lit pas ici." in words(refused)
    assert 'value="grand"' in refused.get_data(as_text=True)
    assert stored(desk, booked) == ""
    assert answer(desk, booked, given={size: "grand", must: ""}).status_code == 422


def test_a_question_that_is_no_longer_asked_keeps_its_answer(desk: Desk, booked: UUID):
    old, new = add(desk, "Le poids ?"), add(desk, "La taille ?")
    answer(desk, booked, given={old: "70", new: "178"})
    change_question(desk.house.store, UUID(old), is_active=False, by=desk.house.by())
    answer(desk, booked, given={new: "180"})
    panel = desk.text(f"/appointments/{booked}")
    assert "Le poids ? 70" in panel
    assert "La taille ? 180" in panel


def test_words_that_a_program_wrote_are_shown_as_they_are(desk: Desk, booked: UUID):
    edit_appointment(desk.house.store, booked, words={"answers": "Mal au dos"}, by=desk.house.by())
    assert "Mal au dos" in desk.text(f"/appointments/{booked}")


def test_the_history_says_answers_as_people_read_them(desk: Desk, booked: UUID):
    answer(desk, booked, given={add(desk, "Des allergies ?", "yes_no"): "0"})
    page = desk.text(f"/appointments/{booked}")
    assert "Des allergies ? non" in page
    assert "question_id" not in page


def test_nothing_is_shown_where_nothing_is_asked(desk: Desk, booked: UUID):
    assert "Questions et réponses" not in desk.text(f"/appointments/{booked}")


def test_answers_to_an_appointment_that_changed_are_not_written_over_it(desk: Desk, booked: UUID):
    id = add(desk, "Des allergies ?")
    answer(desk, booked, given={id: "Aucune"}, expected_version=1)
    assert answer(desk, booked, given={id: "Noix"}, expected_version=1).status_code == 409


def test_a_form_asks_what_the_chosen_services_ask(desk: Desk):
    add(desk, "Des allergies ?")
    add(desk, "Le bilan ?", service=desk.house.check_up)
    fields = desk.get("/appointments/questions", service_id=[str(desk.house.check_up), str(desk.house.massage)])
    text = words(fields)
    assert text.index("Le bilan ?") < text.index("Des allergies ?")


def stored(desk: Desk, id: UUID) -> str:
    return appointment(desk.house.store, desk.house.id, id).words["answers"]
