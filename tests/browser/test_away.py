"""Carnet as an app: it is installed, its last days are read without a network, and nothing stays after signing out."""

import gzip
import threading
from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from accounts.team.commands import add_member
from tests.browser.agenda_page import visit
from tests.browser.conftest import FRENCH, Silent, sign_in
from tests.browser.visitor import Desk
from tests.story import House, at

pytestmark = pytest.mark.browser

DAY, TOMORROW = "/agenda/2026-11-24", "/agenda/2026-11-25"
KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    if (!name.startsWith("carnet-pages-")) continue;
    for (const one of await (await caches.open(name)).keys()) found.push(new URL(one.url).pathname);
  }
  return found;
}"""
CONTROLLED = "() => navigator.serviceWorker.controller !== null"


class Site:
    """The pages at one address, which may go away and come back."""

    def __init__(self, desk: Desk):
        self.app = desk.app
        self.port = 0
        self.come()

    def come(self) -> None:
        self.server = make_server("127.0.0.1", self.port, self.app, threaded=True, request_handler=Silent)
        self.server.daemon_threads = False
        self.port = self.server.port
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def go(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


@pytest.fixture
def site(desk: Desk) -> Iterator[Site]:
    site = Site(desk)
    yield site
    site.go()


@pytest.fixture
def context(chromium: Browser, site: Site) -> Iterator[BrowserContext]:
    context = chromium.new_context(**FRENCH, base_url=site.url)
    yield context
    context.close()


@pytest.fixture
def booked(desk: Desk) -> UUID:
    id = desk.house.book(at(9), client_id=desk.house.client())
    desk.house.read_on()
    return id


@pytest.fixture
def page(context: BrowserContext, desk: Desk, booked: UUID) -> Page:
    """A day and an appointment that were looked at, with the script that keeps them at work."""
    page = context.new_page()
    page.set_default_timeout(8000)
    sign_in(page, desk.email)
    page.goto(DAY)
    page.wait_for_function(CONTROLLED, timeout=30_000)
    page.goto(DAY)
    visit(page, booked).click()
    expect(page.locator("#panel h2")).to_contain_text("Rousseau")
    eventually(page, lambda: len(page.evaluate(KEPT)) >= 2)
    return page


def test_the_day_seen_last_is_read_without_a_network_with_its_hour(page: Page, site: Site, booked: UUID):
    site.go()
    page.goto(DAY)
    expect(page.locator("#kept")).to_contain_text("Pas de connexion")
    assert ":" in page.locator("#kept time").inner_text()
    expect(visit(page, booked)).to_contain_text("Rousseau")
    visit(page, booked).click()
    expect(page.locator("#panel h2")).to_contain_text("Rousseau")
    page.goto("/")
    expect(visit(page, booked)).to_contain_text("Rousseau")
    page.goto(TOMORROW)
    expect(page.locator("h1")).to_have_text("Pas de connexion")
    site.come()
    page.goto(DAY)
    expect(page.locator("#grid")).to_be_visible()
    assert page.locator("#kept").count() == 0


def test_nothing_is_changed_without_a_network(page: Page, site: Site, desk: Desk, booked: UUID):
    site.go()
    page.get_by_role("button", name="Arrivé").click()
    expect(page.locator("[data-refusal]")).to_contain_text("Rien n’a été changé")
    site.come()
    assert [status for _, status in desk.booked()] == ["booked"]
    page.get_by_role("button", name="Réessayer").click()
    expect(page.locator("[data-toast]")).to_contain_text("Arrivée notée")


def test_nothing_stays_after_signing_out(page: Page, site: Site):
    assert page.evaluate(KEPT)
    page.locator(".account summary").click()
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/sign-in*")
    eventually(page, lambda: page.evaluate(KEPT) == [])
    site.go()
    with pytest.raises(Exception, match="ERR_CONNECTION_REFUSED"):
        page.goto(DAY)
    site.come()


def test_nothing_stays_of_whoever_was_here_before(page: Page, desk: Desk):
    before, email = page.evaluate("caches.keys()"), f"{uuid4()}@exemple.fr"
    desk.house.hire("secretary", email, "Nadia Petit")
    page.context.clear_cookies()
    sign_in(page, email)
    page.goto(TOMORROW)
    eventually(page, lambda: TOMORROW in page.evaluate(KEPT))
    assert not any("/appointments/" in path for path in page.evaluate(KEPT))
    assert page.evaluate("caches.keys()") != before


def test_nothing_stays_of_the_house_before_whatever_page_of_the_next_is_opened(page: Page, desk: Desk):
    other = House(desk.house.store)
    facts = {"person_id": desk.house.person_id, "name": "Sonia Marchetti", "email": desk.email, "role": "owner"}
    add_member(other.store, uuid4(), **facts, by=other.by())
    page.goto("/organisations")
    token = page.locator("input[name=csrf_token]").first.get_attribute("value")
    form = {"csrf_token": token}
    headers = {"Origin": page.url.removesuffix("/organisations")}
    entered = page.request.post(f"/organisations/{other.id}", form=form, headers=headers, max_redirects=0)
    assert entered.status == 303
    assert page.evaluate(KEPT)
    page.goto("/clients")
    eventually(page, lambda: page.evaluate(KEPT) == [])


def test_another_version_begins_without_what_an_earlier_one_kept(page: Page):
    """As after an update: the same script under the name of other files."""
    names = page.evaluate("caches.keys()")
    assert any(name.startswith("carnet-files-") for name in names)
    page.evaluate("navigator.serviceWorker.register('/keeper.js?another')")
    eventually(page, lambda: not set(names) & set(page.evaluate("caches.keys()")))
    assert "carnet-files-another" in page.evaluate("caches.keys()")


def eventually(page: Page, is_so: Callable[[], bool]) -> None:
    for _ in range(300):
        if is_so():
            return
        page.wait_for_timeout(50)
    assert is_so()


def test_it_can_be_installed(page: Page, desk: Desk):
    found = page.evaluate("fetch(document.querySelector('link[rel=manifest]').href).then((one) => one.json())")
    assert found["name"] == "Les Tilleuls"
    assert {icon["purpose"] for icon in found["icons"]} == {"any", "maskable"}
    for icon in found["icons"]:
        assert size_of(page, icon["src"]) == icon["sizes"]
    assert size_of(page, page.locator("link[rel=apple-touch-icon]").get_attribute("href")) == "180x180"


def size_of(page: Page, source: str) -> str:
    return page.evaluate(
        "(src) => new Promise((told) => { const it = new Image(); it.onload = () => told(`${it.width}x${it.height}`);"
        " it.src = src; })",
        source,
    )


def test_the_page_of_a_day_stays_light(chromium: Browser, site: Site, desk: Desk, booked: UUID):
    """Scripts and style sheets that the page loads, once compressed: the budgets of a slow telephone."""
    context = chromium.new_context(**FRENCH, base_url=site.url, service_workers="block")
    page = context.new_page()
    sign_in(page, desk.email)
    asked: set[tuple[str, str]] = set()
    page.on("request", lambda request: asked.add((request.resource_type, request.url)))
    page.reload(wait_until="networkidle")
    weights = {kind: weight(context, asked, kind) for kind in ("script", "stylesheet")}
    context.close()
    assert 10_000 < weights["script"] < 120_000
    assert 5_000 < weights["stylesheet"] < 20_000


def weight(context: BrowserContext, asked: set[tuple[str, str]], kind: str) -> int:
    return sum(len(gzip.compress(context.request.get(url).body())) for each, url in asked if each == kind)
