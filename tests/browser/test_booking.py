"""Journeys at the desk: making, moving, settling and undoing appointments with the mouse."""

from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.browser.agenda_page import click_time, column, drag, look_again, stands_at, visit
from tests.browser.visitor import Desk
from tests.story import at

pytestmark = pytest.mark.browser

COUNT = """
window.used = {clicks: 0, keys: 0};
addEventListener("click", (event) => event.isTrusted && window.used.clicks++, true);
addEventListener("keydown", () => window.used.keys++, true);
"""


@pytest.fixture
def emilie(desk: Desk) -> UUID:
    """A client who comes on Tuesdays at 16:00."""
    client = desk.house.client()
    desk.house.book(at(16, days=-7), client_id=client)
    desk.house.read_on()
    return client


@pytest.fixture
def booked(desk: Desk, emilie: UUID) -> UUID:
    id = desk.house.book(at(9), client_id=emilie)
    desk.house.read_on()
    return id


def made(desk: Desk) -> list[tuple[str, str]]:
    """What stands in the agenda of the day, by start."""
    desk.house.read_on()
    query = "SELECT starts_at, status FROM view_agenda WHERE shown_on = '2026-11-24' ORDER BY starts_at"
    return desk.house.rows(query)


def test_an_appointment_takes_three_clicks_and_no_key(desk: Desk, emilie: UUID, page: Page):
    page.evaluate(COUNT)
    click_time(page, desk.house.claire, 16)
    page.get_by_role("button", name="Émilie Rousseau").click()
    page.locator("#pick-services").get_by_role("button", name="Massage").click()
    expect(page.locator("[data-toast]")).to_contain_text("Rendez-vous créé, Émilie Rousseau, 16:00.")
    expect(column(page, desk.house.claire).locator(".visit")).to_have_count(1)
    assert page.evaluate("window.used") == {"clicks": 3, "keys": 0}
    assert made(desk) == [(at(16), "booked")]


def test_what_was_just_made_is_undone_in_one_click(desk: Desk, emilie: UUID, page: Page):
    click_time(page, desk.house.claire, 16)
    page.get_by_role("button", name="Émilie Rousseau").click()
    page.locator("#pick-services").get_by_role("button", name="Massage").click()
    page.get_by_role("button", name="Annuler").click()
    expect(page.locator('.visit[data-state="struck"]')).to_have_count(1)
    assert made(desk) == [(at(16), "cancelled")]


def test_a_new_client_is_opened_without_leaving_the_popover(desk: Desk, page: Page):
    click_time(page, desk.house.karim, 10)
    page.get_by_text("Nouveau client").click()
    page.get_by_placeholder("Prénom").fill("Nadia")
    page.get_by_placeholder("Nom", exact=True).fill("Haddad")
    page.get_by_placeholder("Téléphone", exact=True).fill("0670114820")
    page.get_by_role("button", name="Ouvrir la fiche").click()
    page.locator("#pick-services").get_by_role("button", name="Massage").click()
    expect(column(page, desk.house.karim).locator(".visit")).to_contain_text("Nadia Haddad")


def test_dragging_moves_and_undo_moves_back(desk: Desk, booked: UUID, page: Page):
    drag(page, booked, desk.house.karim, 14.5)
    expect(page.locator("[data-toast]")).to_contain_text("9:00 → 14:30, Karim Benali")
    assert made(desk) == [(at(14, 30), "booked")]
    page.keyboard.press("Control+z")
    expect(page.locator("[data-toast]")).to_contain_text("Rétabli. Émilie Rousseau, mar. 24 nov., 9:00.")
    expect(column(page, desk.house.claire).locator(".visit")).to_have_count(1)
    assert made(desk) == [(at(9), "booked")]


def test_a_drop_on_taken_time_goes_back_and_says_whose_it_is(desk: Desk, booked: UUID, page: Page):
    other = desk.house.book(at(14), resource=desk.house.karim, client_id=desk.house.client("Éric", "Fournier"))
    desk.house.read_on()
    page.reload()
    drag(page, booked, desk.house.karim, 14.5)
    refusal = page.get_by_role("alert")
    expect(refusal).to_contain_text("Créneau déjà pris par Éric Fournier (14:00 à 15:00).")
    expect(refusal).to_contain_text("Émilie Rousseau reste à 9:00.")
    expect(visit(page, other)).to_have_class("visit in-the-way")
    assert stands_at(page, booked) == (str(desk.house.claire), "9:00")
    page.locator("[data-next-free]").click()
    expect(page.locator("[data-toast]")).to_contain_text("9:00 → 15:00, Karim Benali")


def test_a_drag_given_up_changes_nothing(desk: Desk, booked: UUID, page: Page):
    box = visit(page, booked).bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 3)
    page.mouse.down()
    page.mouse.move(box["x"] + 30, box["y"] + 200, steps=4)
    expect(page.locator(".visit.ghost")).to_have_count(1)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert stands_at(page, booked) == (str(desk.house.claire), "9:00")
    assert made(desk) == [(at(9), "booked")]


def test_two_people_who_book_the_same_time_get_one_appointment_and_one_clear_refusal(
    desk: Desk, emilie: UUID, open_page: Callable[..., Page]
):
    pages = [open_page(), open_page()]
    for page in pages:
        click_time(page, desk.house.claire, 16)
        page.get_by_role("button", name="Émilie Rousseau").click()
    for page in pages:
        page.locator("#pick-services").get_by_role("button", name="Massage").click()
    expect(pages[0].locator("[data-toast]")).to_contain_text("Rendez-vous créé")
    expect(pages[1].get_by_role("alert")).to_contain_text("Créneau déjà pris par Émilie Rousseau (16:00 à 17:00).")
    expect(pages[1].get_by_role("alert")).to_contain_text("Rien n’a été réservé.")
    assert made(desk) == [(at(16), "booked")]


def test_cancelled_with_a_reason_and_put_back(desk: Desk, booked: UUID, page: Page):
    visit(page, booked).click()
    page.get_by_text("Annuler…").click()
    page.get_by_label("Motif").fill("Malade")
    page.get_by_role("button", name="Annuler le rendez-vous").click()
    expect(page.locator("#panel .timeline")).to_contain_text("Malade")
    expect(visit(page, booked)).to_have_attribute("data-state", "struck")
    page.locator("[data-undo]").click()
    expect(visit(page, booked)).to_have_attribute("data-state", "booked")
    assert made(desk) == [(at(9), "booked")]


@pytest.mark.parametrize(("deed", "state"), [("arrive", "arrived"), ("miss", "missed"), ("complete", "done")])
def test_arrived_missed_done(booked: UUID, page: Page, deed: str, state: str):
    visit(page, booked).click()
    page.locator(f'[data-deed="{deed}"]').click()
    expect(visit(page, booked)).to_have_attribute("data-state", state)
    expect(page.locator("#panel header .chip")).to_have_attribute("data-state", state)


def test_what_somebody_else_does_arrives_and_sweeps_nothing_away(
    desk: Desk, booked: UUID, emilie: UUID, open_page: Callable[..., Page]
):
    page = open_page()
    click_time(page, desk.house.karim, 10)
    page.get_by_label("Chercher un client").last.fill("Rouss")
    desk.house.book(at(11), client_id=emilie)
    desk.house.read_on()
    look_again(page)
    expect(column(page, desk.house.claire).locator(".visit")).to_have_count(2)
    expect(page.locator(".visit.fresh")).to_have_count(1)
    expect(page.get_by_label("Chercher un client").last).to_be_focused()
    expect(page.locator(".pencil")).to_have_count(1)


def test_without_a_script_the_form_books(desk: Desk, emilie: UUID, open_page: Callable[..., Page]):
    page = open_page("/appointments/new?on=2026-11-24", java_script_enabled=False)
    page.get_by_label("Client", exact=True).select_option("Rousseau Émilie")
    page.locator("[name=service_id]").first.select_option(label="Massage, 1 h")
    page.get_by_label("Heure").fill("15:00")
    page.get_by_role("button", name="Créer le rendez-vous").click()
    expect(page.locator(".toast")).to_contain_text("Rendez-vous créé, Émilie Rousseau, 15:00.")
    assert made(desk) == [(at(15), "booked")]
