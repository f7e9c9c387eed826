"""Journeys through the whole form of an appointment: several services, a search for a time, another like this one."""

from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.browser.agenda_page import visit
from tests.browser.visitor import Desk
from tests.story import at

pytestmark = pytest.mark.browser

NEW = "/appointments/new?on=2026-11-24"


@pytest.fixture
def emilie(desk: Desk) -> UUID:
    client = desk.house.client()
    desk.house.read_on()
    return client


def visits(desk: Desk) -> list[tuple]:
    desk.house.read_on()
    return desk.house.rows("SELECT starts_at, ends_at, status FROM view_visits ORDER BY starts_at")


def test_two_services_follow_each_other_with_a_price_and_a_note(
    desk: Desk, emilie: UUID, open_page: Callable[..., Page]
):
    page = open_page(NEW)
    page.get_by_label("Client", exact=True).select_option("Rousseau Émilie")
    page.locator("#new-service_id-1").select_option(str(desk.house.massage))
    page.locator("#new-resource_id-1").select_option(str(desk.house.claire))
    page.get_by_text("Une autre prestation").click()
    page.locator("#new-service_id-2").select_option(str(desk.house.check_up))
    page.locator("#new-resource_id-2").select_option(str(desk.house.karim))
    page.get_by_label("Heure").fill("14:00")
    page.get_by_text("Prix, lieu, notes, message").click()
    page.get_by_label("Prix").fill("72,50")
    page.get_by_label("Note interne").fill("Première visite")
    page.get_by_label("Lui demander de confirmer").check()
    page.get_by_role("button", name="Créer le rendez-vous").click()
    page.wait_for_url("**/agenda/2026-11-24")
    expect(page.locator("[data-toast]")).to_contain_text("Rendez-vous créé, Émilie Rousseau, 14:00.")
    assert visits(desk) == [(at(14), at(15, 30), "proposed")]
    assert desk.house.rows("SELECT DISTINCT price_cents FROM view_agenda") == [(7250,)]


def test_a_free_time_is_found_with_anyone_and_books_in_one_click(
    desk: Desk, emilie: UUID, open_page: Callable[..., Page]
):
    for hour in (9, 10, 11):
        for person in (desk.house.claire, desk.house.karim):
            desk.house.book(at(hour), resource=person)
    desk.house.read_on()
    page = open_page(NEW)
    page.get_by_label("Client", exact=True).select_option("Rousseau Émilie")
    page.locator("#new-service_id-1").select_option(str(desk.house.massage))
    page.get_by_role("button", name="Trouver un créneau libre").click()
    first = page.locator("#times [name=starts_at]").first
    expect(first).to_contain_text("14:00")
    first.click()
    page.wait_for_url("**/agenda/2026-11-24")
    assert (at(14), at(15), "booked") in visits(desk)


def test_a_refusal_leaves_everything_that_was_written(desk: Desk, emilie: UUID, open_page: Callable[..., Page]):
    desk.house.book(at(14))
    desk.house.read_on()
    page = open_page(NEW)
    page.get_by_label("Client", exact=True).select_option("Rousseau Émilie")
    page.locator("#new-service_id-1").select_option(str(desk.house.massage))
    page.locator("#new-resource_id-1").select_option(str(desk.house.claire))
    page.get_by_label("Heure").fill("14:00")
    page.get_by_text("Prix, lieu, notes, message").click()
    page.get_by_label("Note interne").fill("À ne pas perdre")
    page.get_by_role("button", name="Créer le rendez-vous").click()
    expect(page.get_by_role("alert")).to_contain_text("Créneau déjà pris")
    expect(page.get_by_label("Note interne")).to_have_value("À ne pas perdre")
    page.locator("[data-next-free]").click()
    page.wait_for_url("**/agenda/2026-11-24")
    assert (at(15), at(16), "booked") in visits(desk)


def test_see_again_in_four_weeks_takes_three_clicks(desk: Desk, emilie: UUID, open_page: Callable[..., Page]):
    id = desk.house.book(at(9), client_id=emilie)
    desk.house.read_on()
    page = open_page()
    visit(page, id).click()
    page.get_by_text("Revoir dans…").click()
    page.get_by_role("link", name="4 semaines").click()
    expect(page.get_by_label("Client", exact=True)).to_have_value(str(emilie))
    page.locator("#times [name=starts_at]").first.click()
    page.wait_for_url("**/agenda/2026-12-22")
    assert visits(desk)[-1] == (at(9, days=28), at(10, days=28), "booked")


def test_everything_of_an_appointment_is_changed_on_one_page(
    desk: Desk, emilie: UUID, open_page: Callable[..., Page]
):
    id = desk.house.book(at(9), client_id=emilie, note="Avant")
    desk.house.read_on()
    page = open_page()
    visit(page, id).click()
    page.locator("#panel [data-change]").click()
    page.locator("#new-service_id-1").select_option(str(desk.house.check_up))
    page.locator("#new-duration_minutes-1").fill("45")
    page.get_by_label("Heure").fill("15:00")
    page.get_by_label("Note interne").fill("Après")
    page.get_by_role("button", name="Enregistrer").click()
    page.wait_for_url(f"**/appointments/{id}")
    expect(page.locator("#panel")).to_contain_text("15:00 à 15:45")
    expect(page.locator("#panel")).to_contain_text("Après")
    assert visits(desk) == [(at(15), at(15, 45), "booked")]


def test_without_a_script_the_search_shows_times_that_book(
    desk: Desk, emilie: UUID, open_page: Callable[..., Page]
):
    page = open_page(NEW, java_script_enabled=False)
    page.get_by_label("Client", exact=True).select_option("Rousseau Émilie")
    page.locator("#new-service_id-1").select_option(str(desk.house.massage))
    page.get_by_role("button", name="Trouver un créneau libre").click()
    page.locator("#times [name=starts_at]").first.click()
    expect(page.locator(".toast")).to_contain_text("Rendez-vous créé, Émilie Rousseau")
    assert len(visits(desk)) == 1
