"""The one box as hands on a keyboard meet it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import Desk
from tests.story import at

pytestmark = pytest.mark.browser


def test_slash_a_few_letters_and_enter_lead_to_an_appointment(desk: Desk, page: Page):
    booked = desk.house.book(at(14, days=1), client_id=desk.house.client("Gérard", "Millet", phone="0618402211"))
    desk.house.read_on()
    page.keyboard.press("/")
    page.keyboard.type("demain millet")
    options = page.get_by_role("option")
    expect(options).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/appointments/{booked}")
    expect(page.locator("#panel h2")).to_have_text("Gérard Millet")


def test_escape_leaves_what_was_found(desk: Desk, page: Page):
    desk.house.client("Gérard", "Millet")
    page.locator("#search").press_sequentially("millet")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)


def test_on_a_phone_it_is_a_page_with_what_is_found_below_the_box(desk: Desk, open_page: Callable[..., Page]):
    desk.house.client("Gérard", "Millet", phone="0618402211")
    page = open_page(viewport={"width": 390, "height": 844})
    page.get_by_role("link", name="Recherche").click()
    page.wait_for_url("**/search")
    page.locator("[data-ready]").wait_for()
    page.locator("#search").press_sequentially("0618")
    expect(page.get_by_role("option")).to_contain_text("06 18 40 22 11")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("path", ["/month/2026-11", "/requests"])
def test_the_box_is_one_key_away_on_every_page_of_the_agenda(open_page: Callable[..., Page], path: str):
    page = open_page(path)
    page.locator("[data-ready]").wait_for()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()


def test_elsewhere_the_key_leads_to_the_page_of_the_box(open_page: Callable[..., Page]):
    page = open_page("/history")
    page.locator("[data-ready]").wait_for()
    page.keyboard.press("/")
    page.wait_for_url("**/search")
