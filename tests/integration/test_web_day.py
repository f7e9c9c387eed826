"""The page of a day: what stands where, and what it takes to be drawn again."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest

from agenda.commands import plan_absence
from booking.commands import cancel_appointment, mark_arrived
from tests.browser.visitor import MOMENT, Desk, open_desk, words
from tests.story import PARIS, House, at

DAY = "/agenda/2026-11-24"


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter()


def page(desk: Desk, path: str = DAY) -> str:
    return desk.get(path).get_data(as_text=True)


def card(html: str, id: object) -> str:
    return re.search(rf'<a class="visit[^"]*" id="visit-{id}-0".*?</a>', html, re.DOTALL)[0]


def mark(html: str) -> str:
    return re.search(r'data-mark="([^"]+)"', html)[1]


def heads(html: str) -> list[str]:
    return re.findall(r'<b id="head-[^>]*>(?:<a[^>]*>)?([^<]+)', html)


def test_home_is_today_on_the_clock_of_the_house(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    assert desk.get("/").location == "/agenda/2026-11-24"
    # 23:30 in London is already tomorrow in Paris.
    monkeypatch.setattr("web.visit.now", lambda: at(0, 30, days=1))
    desk.sign_in()
    assert desk.get("/").location == "/agenda/2026-11-25"


def test_what_is_booked_after_midnight_stands_on_its_own_day(desk: Desk):
    """At half past midnight in Paris it is still the day before in London, where no server's clock matters."""
    id = desk.house.book(at(0, 30), override=["outside_hours"], reason="Garde")
    assert f"visit-{id}" in page(desk)
    shown = desk.house.rows("SELECT shown_on FROM view_agenda WHERE appointment_id = %s", id)
    assert shown == [(at(0, 30).astimezone(PARIS).date(),)]


@pytest.mark.parametrize("on", ["2026-02-30", "2026-13-01", "yesterday", "0001-01-01", "9999-12-31", "20261124x"])
def test_a_day_that_no_calendar_has_is_not_found(desk: Desk, on: str):
    answer = desk.get(f"/agenda/{on}")
    assert answer.status_code == 404
    assert "Page introuvable" in words(answer)


def test_a_card_stands_at_its_time_with_its_state_and_its_words(desk: Desk):
    client = desk.house.client()
    id = desk.house.book(at(9, 30), client_id=client, note="Vient avec bébé", is_asked_for=True)
    drawn = card(page(desk), id)
    assert 'data-from="90" data-long="60"' in drawn
    assert 'data-state="booked"' in drawn
    marks = ("avec une note", "demandé par le client")
    for said in ("Émilie Rousseau", "9:30", "Massage", "jusqu’à 10:30", "Confirmé", *marks):
        assert said in drawn


def test_a_state_is_a_colour_and_a_glyph(desk: Desk):
    id = desk.house.book(at(9), client_id=desk.house.client(), status="requested")
    drawn = card(page(desk), id)
    assert 'class="glyph" data-state="pending" aria-hidden="true">?</span>' in drawn


def test_what_waits_is_counted_from_today_whatever_day_is_looked_at(desk: Desk):
    desk.house.book(at(16), status="requested", by=desk.house.by(at=MOMENT))
    desk.house.book(at(11, days=-4), status="requested")
    for on in ("2026-11-24", "2026-12-10", "2026-11-02"):
        assert "1 à valider" in desk.text(f"/agenda/{on}")


def test_whoever_has_arrived_cannot_be_dragged_away(desk: Desk):
    id = desk.house.book(at(9), client_id=desk.house.client())
    assert "data-move" in card(page(desk), id)
    mark_arrived(desk.house.store, id, by=desk.house.by())
    assert "data-move" not in card(page(desk), id)


def test_a_struck_card_gives_way_to_a_live_one(desk: Desk):
    struck = desk.house.book(at(9), client_id=desk.house.client())
    cancel_appointment(desk.house.store, struck, by=desk.house.by())
    assert f"visit-{struck}" in page(desk)
    desk.house.book(at(9, 30), client_id=desk.house.client())
    assert f"visit-{struck}" not in page(desk)


def test_an_absence_and_a_break_are_hatched_with_their_reason(desk: Desk):
    by = desk.house.by()
    plan_absence(desk.house.store, uuid4(), desk.house.karim, at(14), at(16), reason="Formation", by=by)
    said = page(desk)
    assert "Formation" in said
    assert "Pause" in said
    assert "Fermé" in said


def test_the_head_of_a_column_says_how_full_it_is(desk: Desk):
    desk.house.book(at(9), client_id=desk.house.client())
    text = desk.text(DAY)
    assert "Claire Moreau 1 rdv 14 %" in text
    assert "Karim Benali 0 rdv 0 %" in text


def test_nothing_is_said_again_while_nothing_has_changed(desk: Desk):
    before = mark(page(desk))
    assert desk.get(f"{DAY}/changes", mark=before).status_code == 204
    desk.house.book(at(9), client_id=desk.house.client())
    changed = desk.get(f"{DAY}/changes", mark=before)
    assert changed.status_code == 200
    assert "Émilie Rousseau" in words(changed)


def test_what_changes_on_another_day_only_moves_the_mark(desk: Desk):
    before = mark(page(desk))
    desk.house.book(at(9, days=30), client_id=desk.house.client())
    answer = desk.get(f"{DAY}/changes", mark=before)
    assert answer.status_code == 204
    assert answer.headers["Carnet-Mark"] != before


def test_more_than_twelve_columns_are_shown_page_by_page(desk: Desk):
    for rank in range(2, 15):
        desk.house.add_practitioner(uuid4(), f"Praticien {rank:02}", rank)
    first, second = page(desk), page(desk, f"{DAY}?page=2")
    assert "colonnes 1 sur 2" in first
    assert heads(first)[-1] == "Praticien 11"
    assert heads(second) == ["Praticien 12", "Praticien 13", "Praticien 14"]
    assert desk.get(DAY, page=99).status_code == 200
    assert desk.get(DAY, page="-1").status_code == 200


def test_another_house_is_never_seen(desk: Desk):
    theirs = House(desk.house.store)
    id = theirs.book(at(9), client_id=theirs.client("Nadia", "Haddad"))
    theirs.read_on()
    assert "Haddad" not in desk.text(DAY)
    assert desk.get(f"/appointments/{id}").status_code == 404


def test_the_appointment_has_a_page_of_its_own_with_the_day_around_it(desk: Desk):
    id = desk.house.book(at(9), client_id=desk.house.client(phone="0612345678"))
    text = desk.text(f"/appointments/{id}")
    for said in ("Claire Moreau", "06 12 34 56 78", "9:00 à 10:00", "Rendez-vous pris", "Karim Benali"):
        assert said in text


def test_the_panel_counts_the_visits_of_the_client(desk: Desk):
    client = desk.house.client()
    desk.house.book(at(9, days=-7), client_id=client)
    id = desk.house.book(at(9, days=1), client_id=client)
    assert "1 visite depuis le 17 nov. 2026, 0 absence." in desk.text(f"/appointments/{id}")
