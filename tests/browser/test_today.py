"""The day in the hand, tapped line by line, and on paper, a page a person."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from agenda.commands import set_hours
from agenda.hours import Hours, WeeklyPeriod
from tests.browser.visitor import Desk
from tests.story import at

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
A4 = (594, 841)


def printed(page: Page, folder: Path) -> list[tuple[int, int]]:
    """The sizes of the pages that Chromium prints, in points."""
    page.pdf(path=folder / "sheets.pdf", prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", (folder / "sheets.pdf").read_bytes())
    return [(int(float(wide)), int(float(high))) for wide, high in boxes]


def test_everybody_is_one_page_and_a_long_day_two(desk: Desk, open_page: Callable[..., Page], tmp_path: Path):
    desk.house.book(at(14), client_id=desk.house.client("Zoé", "Noël"))
    page = open_page("/sheets?on=2026-11-24")
    assert printed(page, tmp_path) == [A4, A4]
    set_hours(desk.house.store, desk.house.karim, Hours([WeeklyPeriod(1, "00:00", "24:00")]), by=desk.house.by())
    for number in range(46):
        starts_at = at(0) + timedelta(minutes=30 * number)
        desk.house.book(starts_at, desk.house.check_up, desk.house.karim, client_id=desk.house.client("Noé", "Petit"))
    desk.house.read_on()
    page.reload()
    assert printed(page, tmp_path) == [A4] * 3


def test_a_tap_on_a_phone_says_that_somebody_came_and_is_taken_back(desk: Desk, open_page: Callable[..., Page]):
    desk.house.book(at(11), client_id=desk.house.client("Zoé", "Noël", phone="0612345678"))
    desk.house.read_on()
    page = open_page("/today", **PHONE)
    line = page.locator("li.of-day", has_text="Zoé Noël")
    expect(line).to_contain_text("Suivant")
    line.get_by_role("button", name="Arrivé").tap()
    expect(line.locator(".chip")).to_contain_text("Arrivé")
    page.get_by_role("button", name="Annuler", exact=True).tap()
    expect(line.get_by_role("button", name="Arrivé")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
