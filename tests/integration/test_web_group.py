"""Groups on the agenda: one card with its places, and a panel of those who come."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.browser.visitor import Desk, open_desk, words
from tests.story import at

DAY = "/agenda/2026-11-24"


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter()


def group_of(desk: Desk, moment: str = "20261124T0800Z") -> str:
    return f"/groups/{desk.house.claire}/services/{desk.house.class_of_three}/{moment}"


def test_two_of_three_places_are_one_card_and_a_list(desk: Desk):
    for name in ("Émilie", "Nadia"):
        desk.house.book(at(9), desk.house.class_of_three, client_id=desk.house.client(name, "Roux"))
    html = desk.get(DAY).get_data(as_text=True)
    assert html.count('class="visit group') == 1
    assert '<span class="places">2/3</span>' in html
    said = words(desk.get(group_of(desk), htmx=True))
    assert "Cours mar. 24 nov., 9:00, Claire Moreau Ajouter quelqu’un 2 personnes" in said
    assert "Émilie Roux" in said
    assert "Nadia Roux" in said


def test_a_full_group_says_so_and_offers_no_place(desk: Desk):
    for number in range(3):
        desk.house.book(at(9), desk.house.class_of_three, client_id=desk.house.client(str(number), "Roux"))
    said = words(desk.get(group_of(desk), htmx=True))
    assert "Toutes les places sont prises." in said
    assert "Ajouter quelqu’un" not in said


def test_without_a_script_the_day_stands_around_it(desk: Desk):
    said = desk.text(group_of(desk))
    assert "Personne pour l’instant." in said
    assert "Karim Benali" in said


@pytest.mark.parametrize("moment", ["yesterday", "20261324T0800Z"])
def test_a_time_that_is_none_is_not_found(desk: Desk, moment: str):
    assert desk.get(group_of(desk, moment)).status_code == 404


def test_a_person_that_there_is_not_is_not_found(desk: Desk):
    assert desk.get(f"/groups/{uuid4()}/services/{desk.house.class_of_three}/20261124T0800Z").status_code == 404
