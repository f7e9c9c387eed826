"""The page of how the house draws its agenda."""

from collections.abc import Iterator
from typing import Any

import pytest

from agenda.commands import set_agenda_options
from agenda.options import AgendaHoursNotValid, AgendaOptions, AgendaOptionUnknown
from agenda.queries import agenda_options
from tests.browser.visitor import Desk, open_desk, words

WANTED = {"first_hour": 7, "last_hour": 19, "step_minutes": 10, "density": "compact", "colours_by": "service"}


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter("owner")


def known(desk: Desk) -> AgendaOptions:
    return agenda_options(desk.house.store, desk.house.id)


def test_a_house_that_says_nothing_has_the_usual_agenda(desk: Desk):
    usual = known(desk)
    assert (usual.first_hour, usual.last_hour, usual.step_minutes, usual.quarter_pixels) == (8, 20, 15, 18)
    assert (usual.colours_by, usual.column_kinds) == ("state", ("practitioner",))


def test_what_is_chosen_holds_for_the_house(desk: Desk):
    desk.post("/settings/agenda", **WANTED, has_rooms=1)
    kept = known(desk)
    assert {name: getattr(kept, name) for name in WANTED} == WANTED
    assert (kept.quarter_pixels, kept.column_kinds) == (14, ("practitioner", "room"))
    page = desk.get("/settings/agenda").get_data(as_text=True)
    assert 'value="compact" checked' in page
    assert 'name="has_rooms" value="1" checked' in page


def test_it_is_taken_back_from_the_message(desk: Desk):
    desk.post("/settings/agenda", first_hour=9, last_hour=18, has_machines=1)
    answer = desk.post("/settings/agenda", **WANTED)
    toast = desk.get(answer.location).get_data(as_text=True)
    assert 'name="has_machines" value="1"' in toast
    assert "has_rooms" not in toast.partition("data-toast")[2]
    answer = desk.post("/settings/agenda", first_hour=9, last_hour=18, has_machines=1, undo=1)
    assert "s’affiche comme avant" in words(desk.get(answer.location))
    assert (known(desk).first_hour, known(desk).has_machines) == (9, True)


@pytest.mark.parametrize("wrong", [{"first_hour": 20, "last_hour": 8}, {"first_hour": 9, "last_hour": 9}])
def test_hours_that_go_backwards_are_refused(desk: Desk, wrong: dict[str, Any]):
    answer = desk.post("/settings/agenda", **wrong)
    assert answer.status_code == 422
    assert "doit venir après la première" in words(answer)
    assert known(desk).version == 0


NOT_OFFERED = [{"step_minutes": 7}, {"density": "vast"}, {"colours_by": "mood"}, {"first_hour": -1}]


@pytest.mark.parametrize("wrong", NOT_OFFERED)
def test_what_is_not_offered_is_refused(desk: Desk, wrong: dict[str, Any]):
    assert desk.post("/settings/agenda", **(WANTED | wrong)).status_code == 422
    with pytest.raises((AgendaOptionUnknown, AgendaHoursNotValid)):
        set_agenda_options(desk.house.store, **wrong, by=desk.house.by())


def test_options_that_changed_in_between_are_not_overwritten(desk: Desk):
    desk.post("/settings/agenda", **WANTED, expected_version=0)
    assert desk.post("/settings/agenda", first_hour=6, last_hour=22, expected_version=0).status_code == 409
    assert known(desk).first_hour == 7
