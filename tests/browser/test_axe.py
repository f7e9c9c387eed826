"""What pages are for those who read them otherwise: axe finds nothing serious, in light and in dark."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4, uuid5

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.commands import close_organisation, start_trial, suspend_organisation
from accounts.sealing import seal
from accounts.team.commands import make_invitation, revoke_invitation
from agenda.commands import plan_absence
from booking.commands import cancel_appointment, mark_arrived, mark_missed
from notifications.messages.commands import note_message_not_sent, plan_messages
from notifications.messages.correspondence import id_for
from tests.browser.agenda_page import click_time, drag
from tests.browser.conftest import FRENCH, close
from tests.browser.visitor import MOMENT, PASSWORD, Desk, open_desk
from tests.late import SETTINGS
from tests.people import Somebody
from tests.story import at
from tests.support import come_in, staff

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js").read_text()
# What keeps somebody from reading or using a page. Lesser remarks are read when they come, and not asserted.
GRAVE = ("serious", "critical")
RUN = """
async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .map((one) => [one.impact, one.id, one.nodes.map((each) => each.html.slice(0, 160)).slice(0, 3)])"""


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch, is_forged=False) as desk:
        desk.email = desk.house.join(role="owner", password=PASSWORD)
        yield desk


@pytest.fixture
def lived_in(desk: Desk) -> Desk:
    """With a day of visits in every state, a colleague, and invitations of every kind."""
    house = desk.house
    arrived, missed, struck = (house.book(at(hour), client_id=house.client()) for hour in (9, 10, 11))
    house.book(at(14), client_id=house.client("Gérard", "Millet", phone="0612345678"))
    mark_arrived(house.store, arrived, by=house.by(at=at(9)))
    mark_missed(house.store, missed, by=house.by(at=at(10, 30)))
    cancel_appointment(house.store, struck, reason="Souffrant", by=house.by())
    house.hire("practitioner", f"{uuid4()}@exemple.fr", "Karim Benali")
    revoke_invitation(house.store, invitation(desk), by=house.by())
    invitation(desk)
    house.read_on()
    return desk


def invitation(desk: Desk, **facts: object) -> UUID:
    id = uuid4()
    wanted = {"role": "secretary", "expires_at": MOMENT + timedelta(days=7)} | facts
    make_invitation(desk.house.store, id, **wanted, by=desk.house.by())
    return id


def link(desk: Desk, id: UUID) -> str:
    return f"/join/{seal(SETTINGS.secret_key, 'join', desk.house.id, id)}"


@pytest.fixture
def open_as(chromium: Browser, desk: Desk, url: str) -> Iterator[Callable[[str], Page]]:
    """A page of whoever has this session; of nobody without one."""
    contexts: list[BrowserContext] = []

    def open_one(secret: str = "") -> Page:
        context = chromium.new_context(**FRENCH, base_url=url)
        contexts.append(context)
        if secret:
            context.add_cookies([{"name": "carnet", "value": cookie(desk, secret), "url": url}])
        return context.new_page()

    yield open_one
    close(contexts)


def cookie(desk: Desk, secret: str) -> str:
    browser = desk.app.test_client()
    with browser.session_transaction() as session:
        session["token"] = secret
    return browser.get_cookie("carnet").value


def faults(page: Page) -> list[object]:
    """Of this page as it stands, in both colours."""
    found: list[object] = []
    for colours in ("light", "dark"):
        page.emulate_media(color_scheme=colours, reduced_motion="reduce")
        page.evaluate(AXE)
        found += [(colours, *one) for one in page.evaluate(RUN) if one[0] in GRAVE]
    return found


def faults_of(page: Page, *paths: str) -> dict[str, list[object]]:
    found = {}
    for path in paths:
        answer = page.goto(path)
        assert answer.status < 400 or "/join/" in path, path
        found[path] = faults(page)
    return {path: each for path, each in found.items() if each}


def test_axe_sees_what_is_wrong(open_as: Callable[..., Page]):
    page = open_as()
    page.goto("/sign-in")
    page.evaluate("document.querySelector('label').remove()")
    assert [(colours, name) for colours, _, name, _ in faults(page)] == [("light", "label"), ("dark", "label")]


SETTINGS_PAGES = ("", "/first-steps", "/organisation", "/places", "/plan", "/team", "/access", "/tokens", "/webhooks")
ACCOUNT_PAGES = ("", "/security", "/email", "/sessions", "/history", "/prove")


def test_the_settings_and_the_account(lived_in: Desk, open_page: Callable[..., Page]):
    page, team = open_page(), "/settings/team"
    paths = [f"/settings{each}" for each in SETTINGS_PAGES] + [f"/account{each}" for each in ACCOUNT_PAGES]
    paths += [f"{team}/{lived_in.house.member_id}", f"{team}/invitations/{invitation(lived_in)}"]
    house = lived_in.house
    paths += [f"/settings/hours/{house.claire}", f"/settings/services/{house.massage}"]
    paths += [f"/settings/resources/{house.claire}", "/settings/services", "/settings/resources", "/settings/terms"]
    paths += ["/settings/agenda", "/settings/look"]
    paths += ["/settings/closures?year=2027"]
    assert faults_of(page, *paths, "/support/health", "/organisations", "/clients/fields") == {}


def test_the_agenda_the_clients_and_the_history(lived_in: Desk, open_page: Callable[..., Page]):
    page = open_page()
    client = lived_in.house.client("Léa", "Petit")
    lived_in.house.read_on()
    assert faults_of(page, "/agenda/2026-11-24", "/clients", f"/clients/{client}", "/history") == {}
    page.goto("/agenda/2026-11-24")
    page.locator(".visit").first.click()
    page.locator(".panel h2, .panel h1").first.wait_for()
    assert faults(page) == []


def test_weeks_groups_months_requests_and_whole_forms(lived_in: Desk, open_page: Callable[..., Page]):
    house = lived_in.house
    asked, group = house.book(at(15), status="requested"), house.book(at(16), house.class_of_three)
    house.read_on()
    course = f"/groups/{house.claire}/services/{house.class_of_three}/20261124T1500Z"
    paths = [f"/week/2026-11-24?who={house.claire}&who={house.karim}", "/month/2026-11", "/requests", course]
    paths += ["/appointments/new", f"/appointments/new?like={group}&weeks=2", f"/appointments/{asked}/change"]
    page = open_page()
    assert faults_of(page, *paths) == {}


def test_what_opens_over_the_agenda(lived_in: Desk, open_page: Callable[..., Page]):
    page = open_page()
    page.locator("[data-menu] summary").click()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert faults(page) == []
    page.keyboard.press("Escape")
    click_time(page, lived_in.house.karim, 16)
    assert faults(page) == []


def test_what_opens_in_the_panel_and_what_is_said_of_it(lived_in: Desk, open_page: Callable[..., Page]):
    house, client = lived_in.house, lived_in.house.client("Léa", "Petit")
    taken, booked = house.book(at(15)), house.book(at(16), client_id=client)
    house.read_on()
    page = open_page(f"/appointments/{booked}")
    for summary in page.locator("#panel summary").all():
        summary.click()
    page.locator("#panel [data-deed=move]").click()
    page.locator("#panel .slots button").first.wait_for()
    assert faults(page) == []
    drag(page, booked, house.claire, 15)
    page.get_by_role("alert").wait_for()
    assert faults(page) == []
    page.locator("[data-refusal] summary").click()
    assert faults(page) == []
    page.goto("/agenda/2026-11-24")
    drag(page, taken, house.karim, 16)
    page.locator("[data-toast]").wait_for()
    assert faults(page) == []
    click_time(page, house.karim, 14)
    page.get_by_role("link", name="Absence", exact=True).click()
    page.locator(".popover.absent").wait_for()
    assert faults(page) == []


def test_what_is_written_to_clients_and_their_answers(
    lived_in: Desk, open_page: Callable[..., Page], open_as: Callable[..., Page]
):
    house, client = lived_in.house, lived_in.house.client(email="lea@exemple.fr")
    booked, asked = (
        house.book(at(hour), client_id=client, status=status, by=house.by(at=MOMENT))
        for hour, status in ((15, "booked"), (16, "proposed"))
    )
    plan_messages(house.store, booked, by=house.by(at=MOMENT))
    message = uuid5(id_for(booked), "news/1")
    note_message_not_sent(house.store, booked, message, "refused 550 5.1.1", by=house.by(at=MOMENT))
    house.read_on()
    pages = (f"/appointments/{booked}", "/messages", "/messages?state=failed", "/messages?on=2027-01-01")
    assert faults_of(open_page(), *pages) == {}
    answers = [f"/answer/{seal(SETTINGS.secret_key, 'answer', house.id, id)}" for id in (booked, asked)]
    assert faults_of(open_as(), *answers) == {}


def test_absences_and_whoever_is_in_their_way(lived_in: Desk, open_page: Callable[..., Page]):
    house, id = lived_in.house, uuid4()
    plan_absence(house.store, id, house.karim, at(14), at(16), reason="Formation", by=house.by())
    page, whole = open_page(), f"resources={house.claire}&from_on=2026-11-24&is_whole_days=1"
    paths = ("/absences/new", f"/absences/{id}", f"/absences/foresee?{whole}", "/settings/absences")
    assert faults_of(page, *paths) == {}


def test_the_list_with_its_columns_and_its_bin(lived_in: Desk, open_page: Callable[..., Page]):
    page = open_page()
    chosen = "/list?which=past&columns=phone&columns=price&columns=made_by"
    assert faults_of(page, "/list", "/list?which=bin", chosen) == {}
    page.locator(".list-tools summary").first.click()
    assert faults(page) == []


def test_what_the_one_box_finds(lived_in: Desk, open_page: Callable[..., Page]):
    page = open_page()
    page.locator("#search").press_sequentially("gerard")
    page.locator(".hit").first.wait_for()
    page.keyboard.press("ArrowDown")
    assert faults(page) == []
    assert faults_of(page, "/search", "/search?words=gerard", "/search?words=xyzzy") == {}


def test_the_day_in_lines_and_on_paper(lived_in: Desk, open_page: Callable[..., Page]):
    assert faults_of(open_page(), "/today", "/today?on=2026-11-28", "/sheets", "/sheets?week=1") == {}


def test_the_pages_before_a_house(lived_in: Desk, open_as: Callable[..., Page]):
    good, over = link(lived_in, invitation(lived_in)), invitation(lived_in)
    revoke_invitation(lived_in.house.store, over, by=lived_in.house.by())
    nobody, newcomer = open_as(), open_as(Somebody(lived_in.house.store, MOMENT).open_session())
    doors = ("/sign-in", "/sign-in/link", "/forgotten", "/sign-up", "/away", good, link(lived_in, over))
    assert faults_of(nobody, *doors) == {}
    assert faults_of(newcomer, "/organisations", "/sign-up/organisation", "/account", good) == {}
    nobody.goto("/sign-up")
    nobody.fill("#name", "Marie")
    nobody.fill("#email", f"{uuid4()}@exemple.fr")
    nobody.click("main form button")
    assert faults(nobody) == []


def test_the_bars_of_whoever_works_in_another_s_place(lived_in: Desk, open_page: Callable[..., Page]):
    page = open_page("/settings/team")
    page.click("text=Karim Benali")
    page.click("text=Voir comme")
    page.locator(".bar-over").wait_for()
    assert faults(page) == []
    page.click("text=Revenir à ma vue")
    page.goto("/settings/team")
    page.click("text=Karim Benali")
    page.click("text=Agir en son nom")
    page.locator(".bar-over").wait_for()
    assert faults(page) == []


def test_the_support(lived_in: Desk, open_as: Callable[..., Page]):
    page = open_as(come_in(lived_in.house, MOMENT))
    assert faults_of(page, "/agenda/2026-11-24", "/settings", "/settings/team", "/support/health") == {}
    assert faults_of(open_as(staff(lived_in.house, MOMENT).open_session()), "/support") == {}


STANDSTILLS = {
    "closed": close_organisation,
    "suspended": lambda store, by: suspend_organisation(store, reason="Impayé", by=by),
    "over": lambda store, by: start_trial(store, by=by),
}


@pytest.mark.parametrize("standing", STANDSTILLS)
def test_a_house_that_stands_still(desk: Desk, open_page: Callable[..., Page], standing: str):
    STANDSTILLS[standing](desk.house.store, by=desk.house.by(at=MOMENT - timedelta(days=20)))
    page = open_page()
    assert faults_of(page, "/agenda/2026-11-24", "/settings", "/settings/plan") == {}
    assert page.locator(".bar-over").is_visible()
