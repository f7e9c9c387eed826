"""Journeys on the agenda: weeks, rooms, stretches, keys, other days, other clocks, and what goes wrong on the way."""

import re
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.agenda_page import click_time, column, drag, look_again, point, stands_at, visit
from tests.browser.visitor import Desk
from tests.story import at

pytestmark = pytest.mark.browser


@pytest.fixture
def emilie(desk: Desk) -> UUID:
    return desk.house.client()


@pytest.fixture
def booked(desk: Desk, emilie: UUID) -> UUID:
    id = desk.house.book(at(9), client_id=emilie)
    desk.house.read_on()
    return id


def spans(desk: Desk, id: UUID) -> list[tuple[object, object]]:
    desk.house.read_on()
    query = "SELECT DISTINCT starts_at, ends_at FROM view_agenda WHERE appointment_id = %s"
    return desk.house.rows(query, id)


def grip_foot(page: Page, id: UUID) -> None:
    box = visit(page, id).bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] - 3)
    page.mouse.down()


def test_a_card_is_stretched_by_its_foot_and_taken_back(desk: Desk, booked: UUID, page: Page):
    grip_foot(page, booked)
    x, y = point(page, desk.house.claire, 10.5)
    page.mouse.move(x, y - 10, steps=5)
    expect(visit(page, booked)).to_have_attribute("data-until", "9:00 – 10:30")
    page.mouse.up()
    expect(page.locator("[data-toast]")).to_contain_text("durée : 1 h → 1 h 30")
    assert spans(desk, booked) == [(at(9), at(10, 30))]
    page.locator("[data-undo]").click()
    expect(page.locator("[data-toast]")).to_contain_text("Rétabli.")
    assert spans(desk, booked) == [(at(9), at(10))]


def test_a_stretch_over_somebody_else_goes_back(desk: Desk, booked: UUID, page: Page):
    desk.house.book(at(10), client_id=desk.house.client("Éric", "Fournier"))
    desk.house.read_on()
    page.reload()
    grip_foot(page, booked)
    x, y = point(page, desk.house.claire, 10.5)
    page.mouse.move(x, y - 10, steps=5)
    page.mouse.up()
    expect(page.get_by_role("alert")).to_contain_text("Créneau déjà pris par Éric Fournier")
    expect(visit(page, booked)).to_have_attribute("data-long", "60")
    assert spans(desk, booked) == [(at(9), at(10))]


def test_a_stretch_that_is_being_drawn_is_not_redrawn_under_the_hand(desk: Desk, page: Page):
    x, y = point(page, desk.house.claire, 14)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 45, steps=5)
    other = desk.house.book(at(9), resource=desk.house.karim)
    desk.house.read_on()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(500)
    expect(page.locator(".pencil")).to_have_count(1)
    page.mouse.up()
    expect(page.locator("[data-popover]")).to_contain_text("pendant 45 min")
    look_again(page)
    expect(visit(page, other)).to_have_count(1)
    expect(page.locator(".pencil")).to_have_count(1)


def test_empty_time_is_drawn_and_lasts_just_so_long(desk: Desk, emilie: UUID, page: Page):
    x, y = point(page, desk.house.claire, 14)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 45, steps=5)
    expect(page.locator(".pencil")).to_have_count(1)
    page.mouse.up()
    expect(page.locator("[data-popover]")).to_contain_text("pendant 45 min")
    page.get_by_label("Chercher un client").last.fill("Rouss")
    page.locator("#pick-list").get_by_role("button", name="Émilie Rousseau").click()
    page.locator("#pick-services").get_by_role("button", name="Massage").click()
    expect(page.locator("[data-toast]")).to_contain_text("Rendez-vous créé")
    desk.house.read_on()
    query = "SELECT DISTINCT starts_at, ends_at FROM view_agenda WHERE status = 'booked'"
    assert desk.house.rows(query) == [(at(14), at(14, 45))]


def test_a_card_dropped_on_a_day_of_the_strip_keeps_its_hour(desk: Desk, booked: UUID, page: Page):
    box = visit(page, booked).bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 60, steps=4)
    friday = page.locator('.strip a[data-on="2026-11-27"]').bounding_box()
    page.mouse.move(friday["x"] + 20, friday["y"] + 20, steps=8)
    expect(page.locator(".strip a.over")).to_have_attribute("data-on", "2026-11-27")
    page.mouse.up()
    expect(page.locator("[data-toast]")).to_contain_text("ven. 27 nov., 9:00")
    assert spans(desk, booked) == [(at(9, days=3), at(10, days=3))]


def test_with_the_keys_alone_it_is_carried_and_dropped(desk: Desk, booked: UUID, page: Page):
    visit(page, booked).focus()
    page.keyboard.press("m")
    expect(page.locator("#say")).to_contain_text("Déplacer : flèches")
    page.keyboard.press("ArrowRight")
    for _ in range(2):
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("ArrowDown")
    assert stands_at(page, booked) == (str(desk.house.karim), "9:35")
    page.keyboard.press("Enter")
    expect(page.locator("[data-toast]")).to_contain_text("9:00 → 9:35, Karim Benali")
    assert spans(desk, booked) == [(at(9, 35), at(10, 35))]


def test_escape_puts_back_what_the_keys_carried(desk: Desk, booked: UUID, page: Page):
    visit(page, booked).focus()
    page.keyboard.press("m")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert stands_at(page, booked) == (str(desk.house.claire), "9:00")
    expect(visit(page, booked)).to_have_attribute("data-long", "60")
    assert spans(desk, booked) == [(at(9), at(10))]


def test_the_letters_can_be_read_and_turned_off(page: Page):
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Raccourcis")).to_be_visible()
    page.get_by_role("button", name="Désactiver les lettres seules").click()
    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(page).to_have_url(re.compile("/agenda/2026-11-24$"))
    expect(page.get_by_role("dialog", name="Raccourcis")).to_be_hidden()


def test_a_week_of_one_person_moves_across_days(desk: Desk, booked: UUID, open_page: Callable[..., Page]):
    page = open_page(f"/week/2026-11-24?who={desk.house.claire}")
    expect(page.locator(".head")).to_have_count(5)
    expect(page.locator("h1")).to_contain_text("Semaine 48, Claire Moreau")
    thursday = page.locator('.column[data-on="2026-11-26"]').bounding_box()
    card = page.locator(f'.visit[data-visit="{booked}"]').bounding_box()
    page.mouse.move(card["x"] + 30, card["y"] + 3)
    page.mouse.down()
    page.mouse.move(card["x"] + 40, card["y"] + 20, steps=3)
    page.mouse.move(thursday["x"] + 40, thursday["y"] + 6 * 72 + 3, steps=6)
    page.mouse.up()
    expect(page.locator("[data-toast]")).to_contain_text("jeu. 26 nov., 14:00")
    assert spans(desk, booked) == [(at(14, days=2), at(15, days=2))]


def test_several_people_share_a_week_and_a_popover_opens_on_its_day(
    desk: Desk, emilie: UUID, open_page: Callable[..., Page]
):
    page = open_page(f"/week/2026-11-24?who={desk.house.claire}&who={desk.house.karim}")
    expect(page.locator(".head")).to_have_count(10)
    wednesday = page.locator(f'.column[data-on="2026-11-25"][data-resource="{desk.house.karim}"]').bounding_box()
    page.mouse.click(wednesday["x"] + 30, wednesday["y"] + 72 + 5)
    expect(page.locator("[data-popover]")).to_contain_text("9:00 Karim Benali, mer. 25 nov.")


def test_rooms_have_columns_when_they_are_asked_for_and_take_what_is_moved_there(
    desk: Desk, emilie: UUID, page: Page
):
    id = desk.house.book(at(9), client_id=emilie)
    desk.house.read_on()
    page.reload()
    page.get_by_title("Colonnes affichées").click()
    page.get_by_label("Salles").check()
    page.get_by_role("button", name="Afficher").click()
    expect(page.locator(".head")).to_have_count(3)
    page.locator("[data-ready]").wait_for()
    drag(page, id, desk.house.room, 9)
    expect(page.locator("[data-toast]")).to_contain_text("Salle 1")
    expect(column(page, desk.house.room).locator(".visit")).to_have_count(1)
    expect(column(page, desk.house.claire).locator(".visit")).to_have_count(1)


def test_the_history_gives_back_an_old_time_at_any_moment(desk: Desk, booked: UUID, page: Page):
    drag(page, booked, desk.house.karim, 14)
    expect(page.locator("[data-toast]")).to_contain_text("9:00 → 14:00")
    visit(page, booked).click()
    page.locator("#panel .timeline [data-take-back]").first.click()
    expect(page.locator("#panel header")).to_contain_text("9:00 à 10:00")
    expect(column(page, desk.house.claire).locator(".visit")).to_have_count(1)
    assert spans(desk, booked) == [(at(9), at(10))]


def test_a_fault_of_the_server_puts_back_and_tries_again_once(
    desk: Desk, booked: UUID, open_page: Callable[..., Page]
):
    # What the keeper of kept pages lets through would not come by here.
    page, faults = open_page(complains_of="503", service_workers="block"), []

    def fail_once(route: Route) -> None:
        faults.append(route.request.post_data)
        if len(faults) == 1:
            route.fulfill(status=503, body="")
        else:
            route.continue_()

    page.route("**/move", fail_once)
    drag(page, booked, desk.house.karim, 14.5)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Carnet n’a pas pu le faire à l’instant.")
    assert stands_at(page, booked) == (str(desk.house.claire), "9:00")
    page.get_by_role("button", name="Réessayer").click()
    expect(page.locator("[data-toast]")).to_contain_text("9:00 → 14:30")
    assert spans(desk, booked) == [(at(14, 30), at(15, 30))]
    assert re.findall("key=([0-9a-f]+)", faults[0]) == re.findall("key=([0-9a-f]+)", faults[1])


def test_in_tokyo_everything_stands_at_the_time_of_paris(
    desk: Desk, booked: UUID, open_page: Callable[..., Page]
):
    page = open_page(timezone_id="Asia/Tokyo")
    assert stands_at(page, booked) == (str(desk.house.claire), "9:00")
    assert visit(page, booked).get_attribute("data-from") == "60"
    expect(page.locator("[data-now-flag]")).to_have_text("10:42")
    drag(page, booked, desk.house.karim, 15)
    expect(page.locator("[data-toast]")).to_contain_text("9:00 → 15:00")
    assert spans(desk, booked) == [(at(15), at(16))]
    click_time(page, desk.house.claire, 16)
    expect(page.locator("[data-popover] header")).to_contain_text("16:00")


def test_a_long_press_moves_on_a_phone_and_a_swipe_scrolls(
    desk: Desk, booked: UUID, open_page: Callable[..., Page]
):
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    touch = page.context.new_cdp_session(page)
    box = visit(page, booked).bounding_box()
    x, y = box["x"] + 40, box["y"] + 10

    def finger(kind: str, *points: tuple[float, float]) -> None:
        told = [{"x": one, "y": two} for one, two in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    finger("touchStart", (x, y))
    page.wait_for_timeout(600)
    for step in range(1, 8):
        finger("touchMove", (x, y + step * 18))
    finger("touchEnd")
    expect(page.locator("[data-toast]")).to_contain_text("9:00 → ")
    assert spans(desk, booked)[0][0] > at(9)


WIDTHS = (1440, 1280, 1024, 768, 390)
# Whatever can be read or pressed and stands beyond the edge, where nothing scrolls to it.
BEYOND = """() => {
    const scrolls = (one) => one && (/auto|scroll/.test(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
    const isBeyond = (one) => one.offsetParent && one.getBoundingClientRect().right > innerWidth + 1 && !scrolls(one);
    return [...document.querySelectorAll("main :is(a, button, input, h1)")].filter(isBeyond).map((one) => one.id);
}"""
PAGES = ("/agenda/2026-11-24", "/week/2026-11-24", "/month/2026-11", "/list", "/requests", "/appointments/new")


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_window(desk: Desk, booked: UUID, open_page: Callable[..., Page], width: int):
    long = desk.house.client("Marie-Emmanuelle", "Delacroix-Fontanel de Saint-Barthélemy")
    service = desk.house.add_service(uuid4(), "Accompagnement ostéopathique", 30)
    desk.house.book(at(16), service, client_id=long)
    desk.house.read_on()
    page = open_page(viewport={"width": width, "height": 900})
    too_wide = []
    of_one = f"/week/2026-11-24?who={desk.house.claire}"
    for path in (*PAGES, of_one, f"/appointments/{booked}", f"/appointments/{booked}/change"):
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth") or page.evaluate(BEYOND):
            too_wide.append(path)
    assert too_wide == []
