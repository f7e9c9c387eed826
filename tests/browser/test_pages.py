"""How the pages hold themselves: widths, zones, colours, keys, weight."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

import web
from clients.commands import edit_client
from tests.browser.agenda_page import stands_at, visit
from tests.browser.visitor import Desk
from tests.story import at

pytestmark = pytest.mark.browser

STATIC = Path(web.__file__).parent / "static"
BASE = (Path(web.__file__).parent / "templates/base.html").read_text()
# The style sheets that every page loads.
SHEETS = re.findall(r'"([\w-]+)"', re.search(r"for sheet in \((.*?)\)", BASE)[1])
WIDTHS = (1440, 1280, 1024, 768, 390)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def emilie(desk: Desk) -> UUID:
    return desk.house.client(email="emilie.rousseau-delacroix-fontanel@exemple.fr", phone="0612345678")


@pytest.fixture
def booked(desk: Desk, emilie: UUID) -> UUID:
    id = desk.house.book(at(9), client_id=emilie, note="Préfère la table basse.")
    desk.house.read_on()
    return id


def test_no_page_is_wider_than_its_window(booked: UUID, emilie: UUID, page: Page):
    paths = ["/agenda/2026-11-24", f"/appointments/{booked}", f"/appointments/{booked}/move", "/appointments/new"]
    paths += ["/clients", f"/clients/{emilie}", f"/clients/{emilie}/edit", "/history", "/nowhere"]
    too_wide = []
    for path in paths:
        page.goto(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate(OVERFLOW) > 0:
                too_wide.append((path, width))
    assert too_wide == []


def test_the_door_fits_a_phone(page: Page):
    page.set_viewport_size({"width": 390, "height": 800})
    page.locator(".account summary").click()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("button", name="Se connecter")).to_be_visible()
    page.wait_for_load_state()
    assert page.evaluate(OVERFLOW) == 0


def test_a_browser_in_tokyo_shows_the_time_of_the_house(desk: Desk, booked: UUID, open_page: Callable[..., Page]):
    page = open_page(timezone_id="Asia/Tokyo")
    assert stands_at(page, booked) == (str(desk.house.claire), "9:00")
    expect(page.locator("[data-now-flag]")).to_have_text("10:42")
    box = page.locator(".column").first.bounding_box()
    page.mouse.click(box["x"] + 40, box["y"] + 3 * 72 + 3)
    expect(page.locator("[data-popover]")).to_contain_text("11:00")
    expect(page.locator(".pencil")).to_contain_text("11:00")


@pytest.mark.parametrize(("system", "paper"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(23, 26, 38)")])
def test_colours_follow_the_system_until_somebody_chooses(open_page: Callable[..., Page], system: str, paper: str):
    page = open_page(color_scheme=system)
    colour = "getComputedStyle(document.querySelector('.rail')).backgroundColor"
    assert page.evaluate(colour) == paper
    page.locator(".account summary").click()
    page.get_by_role("button", name="Sombre").click()
    page.wait_for_selector("html[data-theme=dark][data-ready]", state="attached")
    assert page.evaluate(colour) == "rgb(23, 26, 38)"


def test_keys_go_around_the_day(desk: Desk, booked: UUID, emilie: UUID, open_page: Callable[..., Page]):
    below = desk.house.book(at(11), client_id=emilie)
    beside = desk.house.book(at(10), resource=desk.house.karim, client_id=emilie)
    desk.house.read_on()
    page = open_page()
    visit(page, booked).focus()
    page.keyboard.press("ArrowDown")
    expect(visit(page, below)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(visit(page, beside)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(visit(page, beside)).to_be_focused()
    assert page.locator('.visit[tabindex="0"]').count() == 1


def test_single_letters_change_the_day_and_find_a_client(page: Page):
    page.keyboard.press("j")
    page.wait_for_url("**/agenda/2026-11-25")
    page.keyboard.press("k")
    page.wait_for_url("**/agenda/2026-11-24")
    page.keyboard.press("/")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("jkt")
    expect(page.get_by_role("combobox")).to_have_value("jkt")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_url("**/appointments/new?on=2026-11-24")


def test_the_title_opens_a_calendar_that_leads_to_a_day(page: Page):
    page.locator("#jump").fill("2026-12-01")
    page.wait_for_url("**/agenda/2026-12-01")
    page.locator("#jump").focus()
    page.keyboard.press("ArrowUp")
    assert page.url.endswith("/agenda/2026-12-01")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: not url.endswith("/agenda/2026-12-01"))


def test_a_change_that_crossed_another_is_shown_beside_what_was_typed(desk: Desk, emilie: UUID, page: Page):
    page.goto(f"/clients/{emilie}/edit")
    edit_client(desk.house.store, emilie, {"town": "Lyon"}, by=desk.house.by())
    page.get_by_label("Ville").fill("Bron")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_contain_text("Rien n’a été écrasé")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("main")).to_contain_text("Bron")


def test_a_message_is_said_aloud_and_an_edited_note_stays(booked: UUID, page: Page):
    visit(page, booked).click()
    page.locator("#panel .note-fold summary").click()
    page.locator("#panel textarea").fill("Vient avec bébé.")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#panel .written")).to_have_text("Vient avec bébé.")
    expect(page.locator("#say")).to_have_text("Enregistré.")


def test_clients_are_found_while_typing(desk: Desk, emilie: UUID, page: Page):
    desk.house.client("Paul", "Mercier")
    page.goto("/clients")
    page.get_by_role("searchbox").fill("rouss")
    expect(page.locator(".people tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Rousseau Émilie").click()
    page.get_by_role("link", name="Modifier").click()
    page.wait_for_url("**/edit")
    page.get_by_label("Téléphone").fill("06 18")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_contain_text("n’est pas complet")
    page.get_by_label("Téléphone").fill("06 18 40 22 11")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("main")).to_contain_text("06 18 40 22 11")


def weight(*patterns: str) -> int:
    """Bytes once compressed."""
    files = (file for pattern in patterns for file in STATIC.glob(pattern))
    return sum(len(gzip.compress(file.read_bytes())) for file in files)


def test_the_pages_stay_light():
    # The script beside the pages is loaded once, and by none of them.
    assert weight("js/*.js") - weight("js/keeper.js") < 20_000
    everywhere = weight(*(f"css/{name}.css" for name in SHEETS))
    assert everywhere < 20_000
    # What only some pages draw is sent with those alone.
    others = [path.name for path in STATIC.glob("css/*.css") if path.stem not in SHEETS]
    assert all(weight(f"css/{name}") < 2_500 for name in others)
