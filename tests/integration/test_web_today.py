"""A day in lines for the hand, and the same day on paper."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from accounts.rights import Grants
from accounts.team.commands import change_member_grants
from agenda.commands import plan_absence
from booking.commands import cancel_appointment, mark_arrived
from tests.browser.visitor import MOMENT, Desk, open_desk, words
from tests.story import at

MARKED = 'data-moment="{}"'


@pytest.fixture
def desk(app_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(app_url, monkeypatch) as opened:
        yield opened.enter()


def zoe(desk: Desk, hour: int, **facts: object) -> object:
    return desk.house.book(at(hour), client_id=desk.house.client("Zoé", "Noël", phone="0612345678"), **facts)


# In the hand


def test_the_day_is_told_from_the_first_visit_to_the_last(desk: Desk):
    zoe(desk, 14, note="radio")
    desk.house.book(at(9), resource=desk.house.karim, client_id=desk.house.client("Noé", "Petit"))
    said = desk.text("/today")
    assert said.index("Noé Petit") < said.index("Zoé Noël")
    assert "06 12 34 56 78" in said
    assert "radio" in said
    assert "2 rdv" in said


def test_who_is_next_is_marked_today_and_on_no_other_day(desk: Desk):
    for hour in (9, 11, 14):
        desk.house.book(at(hour, days=hour == 9))
    page = desk.get("/today").get_data(as_text=True)
    assert page.count(MARKED.format("next")) == 1
    assert "Suivant" in page
    assert 'data-moment="next"' not in desk.get("/today", on="2026-11-25").get_data(as_text=True)


def test_free_time_is_said_once_for_all_who_have_it(desk: Desk):
    desk.house.book(at(14))
    said = desk.text("/today", on="2026-11-24")
    assert "3 h libres jusqu’à 18:00, Claire Moreau" in said
    assert "4 h libres jusqu’à 18:00, Karim Benali" in said
    assert "jusqu’à 12:00, Claire Moreau, Karim Benali" in said


def test_an_absence_takes_the_free_time(desk: Desk):
    by = desk.house.by()
    plan_absence(desk.house.store, uuid4(), desk.house.claire, at(14), at(16), reason="Formation", by=by)
    said = desk.text("/today", person=desk.house.claire)
    assert "Formation jusqu’à 16:00" in said
    assert "2 h libres jusqu’à 18:00" in said
    assert "Karim" not in said.split("Show")[-1].split("Formation")[-1]


def test_it_is_narrowed_to_some_people(desk: Desk):
    zoe(desk, 14)
    desk.house.book(at(9), resource=desk.house.karim, client_id=desk.house.client("Noé", "Petit"))
    said = desk.text("/today", person=desk.house.karim)
    assert "Noé Petit" in said
    assert "Zoé" not in said


def test_a_day_without_anything_says_so(desk: Desk):
    assert "Aucun rendez-vous, et personne ne reçoit." in desk.text("/today", on="2026-11-28")


def test_what_was_given_up_is_left_out(desk: Desk):
    cancel_appointment(desk.house.store, zoe(desk, 14), by=desk.house.by())
    assert "Zoé" not in desk.text("/today")


def test_one_tap_says_that_somebody_came_and_leads_back(desk: Desk):
    id = zoe(desk, 14)
    answer = desk.post(f"/appointments/{id}/arrive", key=uuid4(), listed_on="2026-11-24", person=desk.house.claire)
    assert answer.location == f"/today?on=2026-11-24&person={desk.house.claire}"
    said = desk.text(answer.location)
    assert "Arrivée notée" in said
    assert "Repasser à confirmé" in said


@pytest.mark.parametrize("asked", ["on=x", "person=x", "on=2200-01-01", "on=0001-01-01"])
def test_an_address_that_asks_nonsense_is_no_page(desk: Desk, asked: str):
    assert desk.get(f"/today?{asked}").status_code == 404
    assert desk.get(f"/sheets?{asked}").status_code == 404


# On paper


def test_everybody_has_a_sheet_with_what_a_hand_needs(desk: Desk):
    zoe(desk, 14)
    desk.house.book(at(15), status="requested", by=desk.house.by(at=MOMENT))
    page = desk.get("/sheets").get_data(as_text=True)
    assert page.count('class="paper"') == 2
    said = desk.text("/sheets")
    assert "Les Tilleuls. Imprimé le mar. 24 nov., 10:42 par Sonia Marchetti." in said
    assert "14:00 à 15:00 Zoé Noël Massage 06 12 34 56 78" in said
    assert "à valider" in said
    assert "16:00 à 18:00 libre" in said


def test_who_has_come_is_ticked(desk: Desk):
    mark_arrived(desk.house.store, zoe(desk, 9), by=desk.house.by(at=at(9)))
    assert "#i-check" in desk.get("/sheets", person=desk.house.claire).get_data(as_text=True).split('class="paper"')[1]


def test_a_week_of_one_person_is_one_sheet(desk: Desk):
    zoe(desk, 14)
    said = desk.text("/sheets", person=desk.house.claire, week=1)
    assert said.count("Imprimé le") == 1
    said = said.partition("Imprimé le")[2]
    assert said.index("lundi 23 novembre 2026") < said.index("mardi 24 novembre 2026") < said.index("Zoé Noël")
    assert "dimanche" not in said


# Who may


def test_nobody_reads_a_column_or_a_phone_that_they_may_not(desk: Desk):
    zoe(desk, 14)
    desk.house.book(at(9), resource=desk.house.karim, client_id=desk.house.client("Noé", "Petit", phone="0699887766"))
    grants = Grants(sees=(desk.house.karim,), taken=("clients.contacts",))
    change_member_grants(desk.house.store, desk.house.member_id, grants, by=desk.house.by())
    for path in ("/today", "/sheets", f"/today?person={desk.house.claire}", f"/sheets?person={desk.house.claire}"):
        said = words(desk.get(path))
        assert "Noé Petit" in said
        assert "Zoé" not in said
        assert "99 88 77 66" not in said


def test_paper_of_everybodys_week_asks_no_more_than_of_one_day(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    for hour, person in ((9, desk.house.claire), (10, desk.house.karim)):
        for days in range(3):
            desk.house.book(at(hour, days=days), resource=person, client_id=desk.house.client(), note="Dos")
    desk.house.read_on()
    asked: list[str] = []
    execute = psycopg.Cursor.execute
    monkeypatch.setattr(psycopg.Cursor, "execute", lambda *args, **facts: asked.append("") or execute(*args, **facts))
    counts = []
    for wanted in ({"person": desk.house.claire}, {}, {"week": 1}):
        asked.clear()
        assert "Dos" in desk.text("/sheets", **wanted)
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2]
