"""A week of hours under the hand: bars drawn, pulled and taken back, by pointer, by keys, and without any script."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from agenda.hours import Hours
from agenda.queries import resource
from tests.browser.visitor import PASSWORD, Desk, open_desk
from tests.story import at

pytestmark = pytest.mark.browser

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch, is_forged=False) as desk:
        desk.email = desk.house.join(role="owner", password=PASSWORD)
        yield desk


@pytest.fixture
def page(open_page: Callable[..., Page], desk: Desk) -> Page:
    return open_page(f"/settings/hours/{desk.house.claire}")


def hours(desk: Desk) -> Hours:
    return resource(desk.house.store, desk.house.id, desk.house.claire).hours


def on(desk: Desk, weekday: int) -> list[str]:
    return sorted(f"{each.start}–{each.end}" for each in hours(desk).weekly if each.weekday == weekday)


def bars(page: Page, weekday: int) -> Locator:
    return page.locator(f".track[data-day='{weekday}'] .period")


def x_of(page: Page, weekday: int, minute: int) -> tuple[float, float]:
    """Where a minute of a day stands."""
    box = page.locator(f".track[data-day='{weekday}']").bounding_box()
    opens, closes = (int(page.locator(".week").get_attribute(f"data-{edge}")) for edge in ("opens", "closes"))
    return box["x"] + box["width"] * (minute - opens) / (closes - opens), box["y"] + box["height"] / 2


def drag(page: Page, weekday: int, start: float, end: float, nudge: int = 0) -> None:
    """From one hour to another; `nudge` takes hold a few pixels within an edge."""
    (from_x, y), (to_x, _) = (x_of(page, weekday, int(hour * 60)) for hour in (start, end))
    page.mouse.move(from_x + nudge, y)
    page.mouse.down()
    page.mouse.move((from_x + to_x) / 2 + nudge, y, steps=4)
    page.mouse.move(to_x + nudge, y, steps=4)


def test_an_edge_is_pulled_the_consequence_is_said_and_undo_takes_it_back(desk: Desk, page: Page):
    desk.house.book(at(17))
    page.reload()
    before = hours(desk)
    drag(page, 1, 18, 16, nudge=-4)
    expect(page.locator("#foreseen")).to_have_text("1 rendez-vous sortirait de ces horaires. Rien ne sera annulé.")
    page.mouse.up()
    expect(page.locator(".toast")).to_contain_text("1 rendez-vous sort de ces horaires. Rien n’est annulé.")
    assert on(desk, 1) == ["09:00–12:00", "14:00–16:00"]
    expect(page.locator(".outside")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.locator(".outside")).to_have_count(0)
    assert hours(desk) == before


def test_a_bar_is_moved_and_another_drawn(desk: Desk, page: Page):
    drag(page, 0, 10, 9)
    page.mouse.up()
    expect(bars(page, 0).first).to_have_text("8:00–11:00")
    expect(page.locator(".week")).not_to_have_attribute("aria-busy", "true")
    drag(page, 5, 10, 12.5)
    page.mouse.up()
    expect(bars(page, 5)).to_have_attribute("id", "bar-5-0")
    assert on(desk, 0) == ["08:00–11:00", "14:00–18:00"]
    assert on(desk, 5) == ["10:00–12:30"]


def test_what_overlaps_is_refused_and_drawn_as_it_was(desk: Desk, page: Page):
    drag(page, 0, 12, 15, nudge=-4)
    page.mouse.up()
    expect(page.locator("[data-refusal]")).to_contain_text("Le lundi, 9:00–15:00 et 14:00–18:00 se chevauchent.")
    expect(bars(page, 0).first).to_have_text("9:00–12:00")
    assert on(desk, 0) == ["09:00–12:00", "14:00–18:00"]


def test_keys_alone_move_stretch_add_and_remove(desk: Desk, page: Page):
    bars(page, 0).first.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".toast")).to_contain_text("Horaires enregistrés.")
    expect(bars(page, 0).first).to_be_focused()
    assert on(desk, 0) == ["08:45–12:15", "14:00–18:00"]
    page.keyboard.press("Delete")
    expect(bars(page, 0)).to_have_count(1)
    expect(bars(page, 0)).to_be_focused()
    page.locator("#add-6").focus()
    page.keyboard.press("Enter")
    expect(bars(page, 6)).to_have_text("9:00–12:00")
    bars(page, 6).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#row-6-0 [name=start]")).to_be_focused()
    assert on(desk, 0) == ["14:00–18:00"]


def test_what_is_typed_is_foreseen_and_then_kept(desk: Desk, page: Page):
    desk.house.book(at(17))
    page.click("#written > summary")
    page.fill("#row-1-1 [name=end]", "16:00")
    page.click("#written .button:not(.primary)")
    expect(page.locator("#hours")).to_contain_text("Pas encore enregistré")
    expect(page.locator(".outside")).to_contain_text("1 rendez-vous sort de ces horaires")
    assert on(desk, 1) == ["09:00–12:00", "14:00–18:00"]
    page.click("#written .button.primary")
    expect(page.locator(".toast")).to_contain_text("Horaires enregistrés.")
    assert on(desk, 1) == ["09:00–12:00", "14:00–16:00"]


def test_a_finger_draws_on_a_phone(desk: Desk, open_page: Callable[..., Page]):
    circumstances = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
    page = open_page(f"/settings/hours/{desk.house.claire}", **circumstances)
    assert page.evaluate(OVERFLOW) == 0
    (from_x, y), (to_x, _) = (x_of(page, 5, minute) for minute in (9 * 60, 11 * 60))
    touch = page.context.new_cdp_session(page)
    for kind, points in (
        ("touchStart", [{"x": from_x, "y": y}]),
        *(("touchMove", [{"x": from_x + (to_x - from_x) * part / 8, "y": y}]) for part in range(1, 9)),
        ("touchEnd", []),
    ):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    expect(bars(page, 5)).to_have_attribute("id", "bar-5-0")
    assert on(desk, 5) == ["09:00–11:00"]


def test_without_any_script_the_same_week_is_written_in_fields(desk: Desk, open_page: Callable[..., Page]):
    page = open_page(f"/settings/hours/{desk.house.claire}", java_script_enabled=False)
    page.click("#written > summary")
    page.fill("#row-5-new [name=start]", "10:00")
    page.fill("#row-5-new [name=end]", "13:00")
    page.click("#written .button:not(.primary)")
    expect(page.locator("main")).to_contain_text("Pas encore enregistré")
    page.click("#written .button.primary")
    expect(page.locator(".toast")).to_contain_text("Horaires enregistrés.")
    assert on(desk, 5) == ["10:00–13:00"]
    page.click(".toast button")
    expect(page.locator(".toast")).to_contain_text("comme avant")
    assert on(desk, 5) == []
