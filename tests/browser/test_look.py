"""A house's own colour on its pages: read in light and dark, and given up for one that can be read."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.commands import change_organisation
from accounts.team.commands import change_member_role
from tests.browser.test_axe import faults_of
from tests.browser.visitor import Desk

pytestmark = pytest.mark.browser
# As pale as a colour of a house may be.
PALEST = "#767676"


def test_a_house_in_the_palest_colour_can_still_be_read(desk: Desk, open_page: Callable[..., Page]):
    change_organisation(desk.house.store, accent=PALEST, by=desk.house.by())
    page = open_page()
    assert faults_of(page, "/agenda/2026-11-24", "/clients", "/appointments/new", "/account") == {}


def test_a_pale_colour_is_changed_for_the_nearest_in_one_click(desk: Desk, open_page: Callable[..., Page]):
    change_member_role(desk.house.store, desk.house.member_id, role="manager", by=desk.house.by())
    page = open_page("/settings/look")
    page.check("[value=own]")
    page.fill("[name=own_accent]", "#ffd400")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_contain_text("se lit mal")
    page.get_by_role("button", name="Prendre plutôt").click()
    expect(page.locator("[data-toast]")).to_contain_text("Enregistré")
    expect(page.locator("main .button.primary")).to_have_css("background-color", "rgb(140, 116, 0)")
