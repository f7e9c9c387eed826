"""The one box: clients, appointments and services by what somebody remembers of them."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from accounts.rights import Grants
from accounts.team.commands import change_member_grants
from tests.browser.visitor import Desk, open_desk, words
from tests.story import at


@pytest.fixture
def desk(app_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(app_url, monkeypatch) as opened:
        yield opened.enter()


@pytest.fixture
def gerard(desk: Desk) -> UUID:
    return desk.house.client("Gérard", "Millet", phone="0618402211", email="gerard@exemple.fr")


def found(desk: Desk, written: str) -> str:
    return words(desk.get("/search", htmx=True, words=written))


@pytest.mark.parametrize(
    "written", ["gerard", "MILLET gér", "06 18 40", "+33 6 18 40 22 11", "06.18", "0618", "gerard@exemple.fr"]
)
def test_a_client_is_found_by_name_and_by_phone_in_any_writing(desk: Desk, gerard: UUID, written: str):
    page = desk.get("/search", htmx=True, words=written).get_data(as_text=True)
    assert f"/clients/{gerard}" in page
    assert "06 18 40 22 11" in page


def test_whose_name_begins_so_comes_first(desk: Desk):
    for name in ("Amartin", "Martin"):
        desk.house.client("Zoé", name)
    said = found(desk, "mart")
    assert said.index("Zoé Martin") < said.index("Zoé Amartin")


def test_an_appointment_is_found_by_whom_and_when(desk: Desk, gerard: UUID):
    meant, other = desk.house.book(at(14, days=1), client_id=gerard), desk.house.book(at(15), client_id=gerard)
    desk.house.book(at(16, days=1), client_id=desk.house.client("Noé", "Petit"))
    for written in ("gérard 25 novembre", "demain millet", "25/11 gerard"):
        page = desk.get("/search", htmx=True, words=written).get_data(as_text=True)
        assert f"/appointments/{meant}" in page
        assert f"/appointments/{other}" not in page
        assert "Noé" not in page


def test_the_appointments_of_a_client_come_with_the_client(desk: Desk, gerard: UUID):
    past, ahead = desk.house.book(at(9, days=-1), client_id=gerard), desk.house.book(at(14), client_id=gerard)
    page = desk.get("/search", htmx=True, words="millet").get_data(as_text=True)
    assert page.index(str(ahead)) < page.index(str(past))


def test_a_day_and_a_service_are_enough(desk: Desk, gerard: UUID):
    meant = desk.house.book(at(14, days=1), client_id=gerard)
    other = desk.house.book(at(15, days=1), desk.house.check_up)
    page = desk.get("/search", htmx=True, words="demain massage").get_data(as_text=True)
    assert f"/appointments/{meant}" in page
    assert f"/appointments/{other}" not in page
    assert "Prestations" in page


def test_an_appointment_is_found_by_the_beginning_of_its_identifier(desk: Desk):
    id = desk.house.book(at(14), id=UUID("1a2b3c4d-1111-4111-8111-111111111111"))
    assert f"/appointments/{id}" in desk.get("/search", htmx=True, words="1a2b3c4d").get_data(as_text=True)


@pytest.mark.parametrize(
    "written", ["", " ", "%", "_", "\\", "xyzzy", "x" * 5000, "31 février", "demain xyzzy", "#", "//"]
)
def test_whatever_is_typed_is_answered(desk: Desk, gerard: UUID, written: str):
    assert desk.get("/search", words=written).status_code == 200
    assert "Millet" not in found(desk, written)


def test_without_a_script_it_is_a_page(desk: Desk, gerard: UUID):
    assert "Que cherchez-vous ?" in desk.text("/search")
    said = desk.text("/search", words="millet")
    assert "Clients Gérard Millet" in said
    assert "Rien trouvé pour « xyzzy »." in desk.text("/search", words="xyzzy")


def test_nobody_finds_what_they_may_not_see(desk: Desk, gerard: UUID):
    hidden = desk.house.book(at(14), client_id=gerard, id=UUID("1a2b3c4d-1111-4111-8111-111111111111"))
    grants = Grants(sees=(desk.house.karim,), taken=("clients.contacts",))
    change_member_grants(desk.house.store, desk.house.member_id, grants, by=desk.house.by())
    for written in ("millet", "24 novembre", "1a2b3c4d", "massage"):
        assert str(hidden) not in desk.get("/search", htmx=True, words=written).get_data(as_text=True)
    assert "18 40" not in found(desk, "millet")
    assert "Millet" not in found(desk, "0618402211")
    assert "Millet" not in found(desk, "gerard@exemple.fr").replace("gerard@exemple.fr", "")


def test_whoever_sees_no_clients_finds_none(desk: Desk, gerard: UUID):
    desk.house.book(at(14), client_id=gerard)
    grants = Grants(taken=("clients.see",))
    change_member_grants(desk.house.store, desk.house.member_id, grants, by=desk.house.by())
    assert f"/clients/{gerard}" not in desk.get("/search", htmx=True, words="millet").get_data(as_text=True)
