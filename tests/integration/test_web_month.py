"""A month: how many appointments, how full, what is free, what waits and why it is closed."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest

from accounts.rights import Grants
from accounts.team.commands import change_member_grants
from agenda.commands import close_dates
from booking.commands import cancel_appointment
from tests.browser.visitor import MOMENT, Desk, open_desk, words
from tests.story import DAY, at


@pytest.fixture
def desk(app_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(app_url, monkeypatch) as opened:
        yield opened.enter()


def cell(desk: Desk, on: str, month: str = "2026-11") -> str:
    """What a day says."""
    html = desk.get(f"/month/{month}").get_data(as_text=True)
    found = re.search(rf'<a href="/agenda/{on}">.*?</a>', html, re.DOTALL)
    return re.sub(r"<[^>]+>|\s+", " ", found[0])


def test_the_agenda_leads_to_this_month(desk: Desk):
    assert desk.get("/month/").location == "/month/2026-11"
    assert "novembre 2026" in desk.text("/month/2026-11")


def test_a_day_counts_its_appointments_and_says_what_is_free(desk: Desk):
    """Two people work seven hours each on the story's Tuesday."""
    desk.house.book(at(14))
    desk.house.book(at(14), resource=desk.house.karim)
    said = cell(desk, "2026-11-24")
    assert "2 rdv" in said
    assert re.search(r"12\D+h\D+libres", said)


def test_one_appointment_with_a_room_is_one(desk: Desk):
    desk.house.book(at(14), desk.house.check_up)
    assert "1 rdv" in cell(desk, "2026-11-24")


def test_what_was_cancelled_is_not_counted(desk: Desk):
    cancel_appointment(desk.house.store, desk.house.book(at(14)), by=desk.house.by())
    assert "0 rdv" in cell(desk, "2026-11-24")


def test_a_day_that_is_over_says_how_full_it_was(desk: Desk):
    desk.house.book(at(14, days=-1))
    assert re.search(r"7\D+réservé", cell(desk, "2026-11-23"))


def test_requests_stand_on_their_day(desk: Desk):
    desk.house.book(at(14), status="requested", by=desk.house.by(at=MOMENT))
    assert "À valider" in cell(desk, "2026-11-24")
    assert "À valider" not in cell(desk, "2026-11-25")


def test_a_closed_day_says_why_and_a_sunday_that_it_is_closed(desk: Desk):
    close_dates(desk.house.store, desk.house.place_id, {DAY.date(): "Inventaire"}, by=desk.house.by())
    assert "Inventaire" in cell(desk, "2026-11-24")
    assert "fermé" in cell(desk, "2026-11-29")


def test_whole_weeks_are_shown_and_the_months_around_are_a_click_away(desk: Desk):
    html = desk.get("/month/2026-02").get_data(as_text=True)
    assert html.count("<td") == 35
    assert "/month/2026-01" in html
    assert "/month/2026-03" in html
    assert desk.get("/month/2026-12").get_data(as_text=True).count("/month/2027-01") == 1


@pytest.mark.parametrize("month", ["2026", "2026-13", "2026-1", "x", "0000-01", "2026-011"])
def test_what_is_no_month_is_no_page(desk: Desk, month: str):
    assert desk.get(f"/month/{month}").status_code == 404


def test_whoever_sees_one_column_sees_its_numbers_alone(desk: Desk):
    desk.house.book(at(14))
    limit(desk, desk.house.karim)
    assert "0 rdv" in cell(desk, "2026-11-24")
    limit(desk, desk.house.claire)
    assert "1 rdv" in cell(desk, "2026-11-24")


def limit(desk: Desk, resource_id: UUID) -> None:
    grants = Grants(sees=(resource_id,), edits=(resource_id,))
    change_member_grants(desk.house.store, desk.house.member_id, grants, by=desk.house.by())


def test_another_house_adds_nothing(desk: Desk):
    other = type(desk.house)(desk.house.store)
    other.book(at(14))
    other.read_on()
    assert "0 rdv" in cell(desk, "2026-11-24")
    assert words(desk.get("/month/2026-11"))
