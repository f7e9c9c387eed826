"""An absence as a hand enters it: from an empty time, with those who are booked moved in the same breath."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.agenda_page import click_time, column, visit
from tests.browser.visitor import Desk
from tests.story import at

pytestmark = pytest.mark.browser


def test_an_empty_time_is_blocked_in_three_clicks_and_taken_back(desk: Desk, page: Page):
    house = desk.house
    click_time(page, house.claire, 15)
    page.get_by_role("link", name="Absence", exact=True).click()
    page.get_by_role("button", name="Bloquer ce temps").click()
    away = column(page, house.claire).locator("a.closed-time")
    expect(away).to_contain_text("Extérieur")
    page.get_by_role("button", name="Annuler", exact=True).click()
    expect(away).to_have_count(0)


def test_hatched_time_opens_its_panel_and_is_removed_there(desk: Desk, page: Page):
    house = desk.house
    click_time(page, house.claire, 15)
    page.get_by_role("link", name="Absence", exact=True).click()
    page.locator(".kinds").get_by_text("Pause").click()
    page.get_by_role("button", name="Bloquer ce temps").click()
    away = column(page, house.claire).locator("a.closed-time")
    away.click()
    expect(page.locator("#panel h2")).to_have_text("Claire Moreau")
    page.locator("#panel").get_by_role("button", name="Retirer").click()
    expect(page.locator("#panel")).to_contain_text("Absence annulée")
    expect(away).to_have_count(0)


def test_on_a_phone_a_whole_day_is_blocked_and_its_client_goes_to_a_colleague(
    desk: Desk, open_page: Callable[..., Page]
):
    house = desk.house
    booked = house.book(at(15), client_id=house.client("Zoé", "Noël", phone="0612345678"))
    page = open_page(f"/absences/new?resource={house.claire}", viewport={"width": 390, "height": 844})
    page.get_by_role("button", name="Bloquer ce temps").click()
    expect(page.get_by_role("link", name="06 12 34 56 78")).to_be_visible()
    page.locator("[data-ready]").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("Pour tous").select_option("other")
    page.get_by_role("button", name="Bloquer ce temps et appliquer les choix").click()
    expect(page.locator("main")).to_contain_text("déplacé au mar. 24 nov., 15:00, Karim Benali")
    page.goto("/agenda/2026-11-24")
    expect(column(page, house.karim).locator(f'[data-visit="{booked}"]')).to_be_visible()
    assert visit(page, booked).count() == 1
