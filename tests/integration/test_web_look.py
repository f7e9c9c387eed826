"""The page of the house's colour and words, and what becomes of them on all others."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.organisation import Organisation
from tests.browser.visitor import Desk, open_desk, words
from tests.story import at

WANTED = {"accent": "#0f7a4f", "client_word": "patient", "appointment_word": "session"}


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter("owner")


def known(desk: Desk) -> Organisation:
    return desk.house.store.find(desk.house.id, Organisation, desk.house.id)


def test_pages_are_drawn_in_the_colour_of_the_house(desk: Desk):
    assert "/look/" not in desk.get("/clients").get_data(as_text=True)
    desk.post("/settings/look", **WANTED)
    assert "/look/0f7a4f.css" in desk.get("/clients").get_data(as_text=True)
    sheet = desk.get("/look/0f7a4f.css")
    assert "--accent: light-dark(#0f7a4f, " in sheet.get_data(as_text=True)
    assert sheet.headers["Cache-Control"].startswith("public")
    assert sheet.content_type.startswith("text/css")


@pytest.mark.parametrize("address", ["ffd400", "0F7A4F", "red", "0f7a4f;"])
def test_no_sheet_is_made_of_a_colour_that_no_house_may_choose(desk: Desk, address: str):
    assert desk.get(f"/look/{address}.css").status_code == 404


def test_a_pale_colour_is_refused_beside_the_nearest_that_can_be_read(desk: Desk):
    answer = desk.post("/settings/look", **(WANTED | {"accent": "own", "own_accent": "#FFD400"}))
    assert answer.status_code == 422
    assert "se lit mal sur du blanc : contraste 1,4" in words(answer)
    nearest = answer.get_data(as_text=True).partition('name="accent" value="')[2][:7]
    assert known(desk).accent == ""
    desk.post("/settings/look", **(WANTED | {"accent": nearest}))
    assert known(desk).accent == nearest


@pytest.mark.parametrize("wrong", [{"client_word": "victim"}, {"appointment_word": "trial"}, {"accent": "red"}])
def test_what_is_not_offered_is_refused(desk: Desk, wrong: dict[str, Any]):
    assert desk.post("/settings/look", **(WANTED | wrong)).status_code == 422
    assert known(desk).client_word == "client"


def test_the_words_of_the_house_stand_where_they_show_most(desk: Desk):
    desk.post("/settings/look", **WANTED)
    files = desk.text("/clients")
    assert "Patients" in files
    assert "Chercher un patient" in files
    agenda = desk.text("/agenda/2026-11-24")
    assert "Séance" in agenda
    assert "Aucune séance ce jour-là" in agenda
    assert "Nouvelle séance" in desk.text("/appointments/new")
    assert "Nouveau patient" in desk.text("/clients/new")


def test_the_words_stand_in_their_own_gender(desk: Desk):
    desk.post("/settings/look", **(WANTED | {"client_word": "pupil", "appointment_word": "lesson"}))
    assert "Nouvel élève" in desk.text("/clients/new")
    assert "Nouveau cours" in desk.text("/appointments/new")


def test_a_message_says_them_too(desk: Desk):
    desk.post("/settings/look", **WANTED)
    assert "Séance créée" in words(desk.book(at(14), desk.house.client()))


def test_ours_is_no_colour_of_the_house(desk: Desk):
    desk.post("/settings/look", **WANTED)
    desk.post("/settings/look", **(WANTED | {"accent": "#2f3fa8"}))
    assert known(desk).accent == ""


def test_it_is_taken_back_from_the_message(desk: Desk):
    answer = desk.post("/settings/look", **WANTED)
    toast = desk.get(answer.location).get_data(as_text=True).partition("data-toast")[2]
    assert 'name="client_word" value="client"' in toast
    undone = {"accent": "#2f3fa8", "client_word": "client", "appointment_word": "appointment", "undo": 1}
    assert "comme avant" in words(desk.get(desk.post("/settings/look", **undone).location))
    assert (known(desk).accent, known(desk).client_word) == ("", "client")


def test_the_history_says_what_was_chosen(desk: Desk):
    desk.post("/settings/look", **WANTED)
    assert "Patients" in desk.text("/history")
