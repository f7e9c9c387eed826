"""Journeys around what clients are told: at the desk, and at the client's own screen."""

from collections.abc import Callable
from uuid import UUID, uuid5

import pytest
from playwright.sync_api import Page, expect

from accounts.sealing import seal
from notifications.messages.commands import note_message_not_sent, plan_messages
from notifications.messages.correspondence import id_for
from tests.browser.agenda_page import click_time, visit
from tests.browser.visitor import MOMENT, Desk
from tests.late import SETTINGS
from tests.story import at

pytestmark = pytest.mark.browser


@pytest.fixture
def emilie(desk: Desk) -> UUID:
    """A client with an address, who comes on Tuesdays at 16:00."""
    client = desk.house.client(email="emilie@exemple.fr")
    desk.house.book(at(16, days=-7), client_id=client)
    desk.house.read_on()
    return client


def test_the_desk_sees_who_will_be_told_and_holds_it_back(desk: Desk, emilie: UUID, page: Page):
    click_time(page, desk.house.claire, 16)
    page.get_by_role("button", name="Émilie Rousseau").click()
    expect(page.locator("#pick-services")).to_contain_text("Confirmation par e-mail")
    page.locator("#pick-services").get_by_role("button", name="Massage").click()
    expect(page.locator("[data-toast]")).to_contain_text("E-mail au client dans 10 s.")
    page.get_by_role("button", name="Sans e-mail").click()
    expect(page.locator("[data-toast]")).to_contain_text("Aucun e-mail n’est envoyé.")
    page.locator(".visit").first.click()
    expect(page.locator("#panel")).to_contain_text("Non envoyé : retenu à la main")


def test_what_failed_is_found_and_sent_again(desk: Desk, emilie: UUID, open_page: Callable[..., Page]):
    house = desk.house
    id = house.book(at(16), client_id=emilie, by=house.by(at=MOMENT))
    plan_messages(house.store, id, by=house.by(at=MOMENT))
    note_message_not_sent(house.store, id, uuid5(id_for(id), "news/1"), "refused 550 5.1.1", by=house.by(at=MOMENT))
    house.read_on()
    page = open_page()
    expect(visit(page, id)).to_contain_text("message en échec")
    page.locator(".strip [data-state=missed]").click()
    page.get_by_role("link", name="16:00").click()
    page.get_by_role("button", name="Renvoyer").first.click()
    expect(page.locator("[data-toast]")).to_contain_text("Le message est en route.")
    expect(page.locator("#panel")).to_contain_text("renvoyé à la main")


@pytest.mark.parametrize(("button", "said"), [("Oui", "Rendez-vous confirmé"), ("Non", "n’est pas retenu")])
def test_a_client_answers_on_a_telephone(desk: Desk, emilie: UUID, page: Page, button: str, said: str):
    id = desk.house.book(at(16), client_id=emilie, status="proposed", by=desk.house.by(at=MOMENT))
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/answer/{seal(SETTINGS.secret_key, 'answer', desk.house.id, id)}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name=button).click()
    expect(page.locator("h1")).to_contain_text(said)
