"""The history of the house in sentences."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from accounts.rights import Grants
from accounts.team.commands import change_member_grants
from agenda.commands import plan_absence
from booking.commands import cancel_appointment
from clients.commands import edit_client
from tests.browser.visitor import Desk, open_desk
from tests.story import at


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter()


def test_each_action_is_one_sentence_with_who_and_why(desk: Desk):
    client = desk.house.client()
    id = desk.house.book(at(9), client_id=client)
    cancel_appointment(desk.house.store, id, reason="Malade", by=desk.house.by())
    said = desk.text("/history")
    assert "Émilie Rousseau · Annulé « Malade » Sonia Marchetti" in said
    assert "Émilie Rousseau · Rendez-vous pris, mar. 24 nov., 9:00, Massage, Claire Moreau Sonia Marchetti" in said


def test_an_absence_names_the_person_and_the_time(desk: Desk):
    plan_absence(desk.house.store, uuid4(), desk.house.karim, at(14), at(16), reason="Formation", by=desk.house.by())
    assert "Karim Benali · Absence posée, mar. 24 nov., 14:00 à 16:00 « Formation »" in desk.text("/history")


def test_a_change_of_a_file_names_the_fields_not_the_words(desk: Desk):
    client = desk.house.client()
    edit_client(desk.house.store, client, {"town": "Lyon", "phone": "0612345678"}, by=desk.house.by())
    said = desk.text("/history")
    assert "Émilie Rousseau · Fiche modifiée" in said
    assert "téléphone, ville" in said
    assert "Lyon" not in said


def test_older_actions_are_a_page_away(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("web.history.PAGE", 3)
    page = desk.get("/history").get_data(as_text=True)
    earlier = page.split('class="more"')[1].split('href="')[1].split('"')[0]
    assert desk.get(earlier).status_code == 200
    assert page.count('class="action"') == 3


def test_what_befell_a_member_names_them_and_says_which_rights(desk: Desk):
    id = uuid4()
    desk.house.hire("manager", f"{id}@exemple.fr", id=id)
    grants = Grants(taken=("clients.contacts", "clients.export"))
    change_member_grants(desk.house.store, id, grants, by=desk.house.by())
    name = desk.house.rows("SELECT name FROM members WHERE is_current AND id = %s", id)[0][0]
    said = desk.text("/history")
    assert f"{name} · Droits modifiés" in said
    assert "Voit téléphones, adresses, e-mails et notes des clients ; Exporte les fiches clients" in said
    assert "clients.contacts" not in said
