"""The page of a day as a hand and an eye meet it."""

from uuid import UUID

from playwright.sync_api import Locator, Page

OPENS_AT = 8
PIXELS_AN_HOUR = 72


def column(page: Page, resource_id: UUID) -> Locator:
    return page.locator(f'.column[data-resource="{resource_id}"]')


def visit(page: Page, id: UUID) -> Locator:
    return page.locator(f'.visit[data-visit="{id}"]:not(.ghost)')


def box_of(one: Locator) -> dict[str, float]:
    """Also while the columns are being redrawn, when the old element is gone and the new one not yet there."""
    for _ in range(40):
        if box := one.bounding_box():
            return box
        one.page.wait_for_timeout(50)
    raise AssertionError(f"{one} has no place on the page")


def point(page: Page, resource_id: UUID, hour: float) -> tuple[float, float]:
    """Where this hour stands in this column; the middle of the column, just below the line."""
    box = box_of(column(page, resource_id))
    return box["x"] + box["width"] / 2, box["y"] + (hour - OPENS_AT) * PIXELS_AN_HOUR + 3


def click_time(page: Page, resource_id: UUID, hour: float) -> None:
    page.mouse.click(*point(page, resource_id, hour))
    page.locator("[data-popover]").wait_for()


def drag(page: Page, id: UUID, resource_id: UUID, hour: float) -> None:
    """By its upper edge, so that the card starts where the hand lets go."""
    box = box_of(visit(page, id))
    page.mouse.move(box["x"] + 30, box["y"] + 3)
    page.mouse.down()
    page.mouse.move(box["x"] + 33, box["y"] + 14, steps=3)
    page.mouse.move(*point(page, resource_id, hour), steps=6)
    page.mouse.up()


def stands_at(page: Page, id: UUID) -> tuple[str, str]:
    """The column and the time that a card shows."""
    card = visit(page, id)
    resource_id = card.locator("xpath=..").get_attribute("data-resource")
    return resource_id, card.locator("[data-clock]").text_content()


def look_again(page: Page) -> None:
    """What happens every five seconds, at once."""
    with page.expect_response(lambda answer: "/changes" in answer.url):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
