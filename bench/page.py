"""The page of a full day in a real Chromium: when it is painted, what it weighs, how a drag keeps up with the hand."""

import gzip
import shutil
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from accounts.people.acts import as_self
from accounts.people.commands import register_person
from accounts.team.commands import add_member
from bench.day import ON, SETTINGS, House
from bench.measure import report
from kernel.store import Store
from web.app import create_app

PASSWORD = "la page du banc d'essai"  # noqa: S105 — of a house that ends with the run
ROUNDS = 11
QUIET = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
QUIET += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
PAINTED = """() => new Promise((done) => {
    const first = (one) => one.name === "first-contentful-paint" && done(one.startTime);
    new PerformanceObserver((list) => list.getEntries().forEach(first)).observe({ type: "paint", buffered: true });
})"""
ANSWERED = "performance.getEntriesByType('navigation')[0].responseEnd"
# The gaps between frames while the hand moves, and the time that each move takes to be handled.
WATCH = """
window.frames_seen = []; window.moves = []; let last = performance.now();
const frame = (now) => { window.frames_seen.push(now - last); last = now; requestAnimationFrame(frame); };
requestAnimationFrame(frame);
addEventListener("pointermove", () => (window.began = performance.now()), true);
addEventListener("pointermove", () => window.moves.push(performance.now() - window.began));
"""


class Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Requests are the benchmark's own."""


def run(store: Store, _: str) -> None:
    house = House(store)
    house.fill_day()
    email = secretary(house)
    with served(store) as url, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        page = signed_in(browser, url, email)
        weigh(page, f"{url}/agenda/{ON}")
        paint(page)
        drag(page)
        browser.close()


def secretary(house: House) -> str:
    email, person = f"{house.id}@exemple.fr", uuid4()
    by = as_self(person, house.by.at)
    register_person(house.store, name="Sonia", email=email, password=PASSWORD, by=by)
    facts = {"person_id": person, "name": "Sonia", "email": email, "role": "secretary"}
    add_member(house.store, uuid4(), **facts, by=house.by)
    return email


@contextmanager
def served(store: Store) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(store, SETTINGS), threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()


def signed_in(browser: Browser, url: str, email: str) -> Page:
    """A page of somebody who has nothing of ours in their cache yet."""
    page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="fr-FR")
    page.goto(f"{url}/sign-in")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/agenda/**")
    state = page.context.storage_state()
    return browser.new_page(viewport={"width": 1440, "height": 900}, locale="fr-FR", storage_state=state)


def weigh(page: Page, address: str) -> None:
    """The sum of what the page loads by kind, compressed as a proxy would."""
    weights, answers = {"script": 0, "stylesheet": 0}, []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address)
    page.locator("[data-ready]").wait_for()
    for answer in answers:
        if answer.request.resource_type in weights:
            weights[answer.request.resource_type] += len(gzip.compress(answer.body()))
    report("page, weight", js_gz=weights["script"], css_gz=weights["stylesheet"])


def paint(page: Page) -> None:
    """From the click to the first words on the screen; the limit is when the page's bytes were there."""
    times = []
    for _ in range(ROUNDS):
        page.reload()
        page.locator("[data-ready]").wait_for()
        times.append((page.evaluate(PAINTED), page.evaluate(ANSWERED)))
    median, limit = (statistics.median(each) for each in zip(*times, strict=True))
    cards = page.locator(".visit").count()
    report("page, first paint", n=ROUNDS, cards=cards, median_ms=median, limit=limit, ratio=median / limit)


def drag(page: Page) -> None:
    """A card carried across the columns in 120 steps; the limit is the same hand over a page where nothing follows."""
    page.evaluate(WATCH)
    still = swept(page, is_pressed=False)
    moving = swept(page, is_pressed=True)
    page.keyboard.press("Escape")
    page.mouse.up()
    report("page, drag", moves=len(moving["moves"]), median_ms=p(moving["moves"], 50), p95_ms=p(moving["moves"], 95))
    report("page, frames", p95_ms=p(moving["frames"], 95), limit=p(still["frames"], 95))


def swept(page: Page, *, is_pressed: bool) -> dict[str, list[float]]:
    box = page.locator(".visit[data-move]").nth(30).bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 6)
    if is_pressed:
        page.mouse.down()
    page.evaluate("window.frames_seen.length = window.moves.length = 0")
    page.mouse.move(box["x"] + 500, box["y"] + 200, steps=60)
    page.mouse.move(box["x"] - 40, box["y"] + 40, steps=60)
    return {"frames": page.evaluate("window.frames_seen"), "moves": page.evaluate("window.moves")}


def p(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]
