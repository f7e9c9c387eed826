"""The pages of closed dates and of booking terms."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from accounts.commands import open_place
from agenda.queries import booking_terms, closed_dates
from tests.browser.visitor import Desk, open_desk, words
from tests.story import at

CHRISTMAS, NEW_YEAR = date(2026, 12, 25), date(2027, 1, 1)


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter("owner")


def closed(desk: Desk) -> dict[date, str]:
    return closed_dates(desk.house.store, desk.house.id, desk.house.place_id)


def post(desk: Desk, way: str = "", **facts: Any) -> TestResponse:
    return desk.post(f"/settings/closures/{desk.house.place_id}{way}", **facts)


def test_the_holidays_of_a_year_are_shown_before_they_are_closed(desk: Desk):
    page = desk.text("/settings/closures", year=2027)
    assert "Jours fériés de 2027 qui ne sont pas fermés" in page
    assert "Fermer ces 11 jours" in page
    assert closed(desk) == {}


def test_they_are_closed_at_once_and_one_is_opened_again(desk: Desk):
    post(desk, "/holidays", year=2027)
    assert len(closed(desk)) == 11
    post(desk, "/reopen", on=NEW_YEAR)
    assert len(closed(desk)) == 10
    assert "Fermer ce jour" in desk.text("/settings/closures", year=2027)


def test_own_dates_are_closed_from_to(desk: Desk):
    post(desk, from_on="2026-12-24", until_on="2026-12-26")
    assert list(closed(desk)) == [date(2026, 12, 24), CHRISTMAS, date(2026, 12, 26)]
    post(desk, from_on="2026-12-31")
    assert date(2026, 12, 31) in closed(desk)


@pytest.mark.parametrize("until_on", ["2026-12-23", "2027-12-24"])
def test_dates_that_go_backwards_or_on_for_ever_are_refused(desk: Desk, until_on: str):
    assert post(desk, from_on="2026-12-24", until_on=until_on).status_code == 422
    assert closed(desk) == {}


def test_who_is_booked_on_a_closed_date_is_listed_and_stays(desk: Desk):
    desk.house.book(at(15, days=31), client_id=desk.house.client("Gérard", "Millet"))
    before = desk.text("/settings/closures")
    assert "1 rendez-vous est pris. Il reste." in before
    assert "Gérard Millet" in before
    post(desk, "/holidays", year=2026, is_foreseen="1")
    assert "Gérard Millet" in desk.text("/settings/closures")
    assert [status for _, status in desk.booked()] == ["booked"]


def test_the_terms_of_the_house_are_set(desk: Desk):
    wanted = {"lead_minutes": 120, "horizon_days": 90, "notice_minutes": 1440, "hold_minutes": 15, "request_hours": 24}
    desk.post("/settings/terms", **wanted, needs_approval=1)
    terms = booking_terms(desk.house.store, desk.house.id)
    assert {name: getattr(terms, name) for name in wanted} == wanted
    assert terms.needs_approval
    page = words(desk.get("/settings/terms"))
    assert "Délai pour annuler" in page


def test_without_a_horizon_one_books_as_far_as_one_likes(desk: Desk):
    desk.post("/settings/terms", horizon_days="")
    assert booking_terms(desk.house.store, desk.house.id).horizon_days is None


def test_terms_that_changed_in_between_are_not_overwritten(desk: Desk):
    desk.post("/settings/terms", lead_minutes=60, expected_version=0)
    assert desk.post("/settings/terms", lead_minutes=90, expected_version=0).status_code == 409
    assert booking_terms(desk.house.store, desk.house.id).lead_minutes == 60


def test_closing_a_place_shows_first_who_is_booked_and_settles_them(desk: Desk):
    booked = desk.house.book(at(15, days=1), client_id=desk.house.client("Zoé", "Noël", phone="0612345678"))
    answer = post(desk, from_on="2026-11-25")
    page = desk.text(answer.location)
    assert "Zoé Noël" in page
    assert "06 12 34 56 78" in page
    assert closed(desk) == {}
    said = words(post(desk, from_on="2026-11-25", until_on="2026-11-26", is_foreseen="1", rest="own"))
    assert "2 jours fermés." in said
    assert "déplacé au ven. 27 nov., 9:00, Claire Moreau" in said
    assert len(closed(desk)) == 2
    assert desk.house.rows("SELECT starts_at FROM view_visits WHERE appointment_id = %s", booked) == [(at(9, days=3),)]


def test_public_holidays_show_first_who_is_booked_on_them(desk: Desk):
    booked = desk.house.book(at(15, days=31))
    answer = post(desk, "/holidays", year=2026)
    assert answer.location.endswith("/foresee?year=2026")
    assert f"choice-{booked}" in desk.get(answer.location).get_data(as_text=True)
    post(desk, "/holidays", year=2026, is_foreseen="1")
    assert CHRISTMAS in closed(desk)


def test_every_place_is_closed_at_once(desk: Desk):
    annexe, house = uuid4(), desk.house
    open_place(house.store, annexe, name="Annexe", zone="Europe/Paris", country="FR", by=house.by())
    post(desk, from_on="2026-12-31", is_everywhere="1")
    assert list(closed(desk)) == list(closed_dates(house.store, house.id, annexe)) == [date(2026, 12, 31)]


def test_what_was_closed_everywhere_is_opened_again_at_once_and_nothing_else(desk: Desk):
    annexe, house = uuid4(), desk.house
    open_place(house.store, annexe, name="Annexe", zone="Europe/Paris", country="FR", by=house.by())
    post(desk, from_on="2026-12-30")
    post(desk, from_on="2026-12-30", until_on="2026-12-31", is_everywhere="1")
    page = desk.get("/settings/closures").get_data(as_text=True)
    fields = dict(re.findall(r'name="(on|elsewhere)" value="([^"]*)"', page.partition('data-toast')[2]))
    post(desk, "/reopen", **fields)
    assert list(closed(desk)) == [date(2026, 12, 30)]
    assert closed_dates(house.store, house.id, annexe) == {}


@pytest.mark.parametrize("elsewhere", ["nowhere 2026-12-30", f"{UUID(int=1)} soon"])
def test_dates_of_places_that_are_none_are_refused(desk: Desk, elsewhere: str):
    assert post(desk, "/reopen", elsewhere=elsewhere).status_code == 422


def test_no_other_house_s_place_is_opened(desk: Desk):
    assert post(desk, "/reopen", elsewhere=f"{uuid4()} 2026-12-30").status_code == 404


def test_what_was_just_closed_is_opened_again_at_once(desk: Desk):
    post(desk, from_on="2026-12-24")
    post(desk, from_on="2026-12-24", until_on="2026-12-26")
    page = desk.get("/settings/closures").get_data(as_text=True)
    assert 'value="2026-12-25 2026-12-26"' in page
    post(desk, "/reopen", on="2026-12-25 2026-12-26")
    assert list(closed(desk)) == [date(2026, 12, 24)]
    assert post(desk, "/reopen", on="soon").status_code == 422
