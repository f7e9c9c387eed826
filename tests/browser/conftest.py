"""A real Chromium on the pages of one house."""

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.browser.visitor import PASSWORD, Desk, open_desk

QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# How often a server looks whether it is to end, in seconds.
LOOKS_UP = 0.02
FRENCH = {"viewport": {"width": 1440, "height": 900}, "locale": "fr-FR"}
# A refusal is an answer, which Chromium writes to its console all the same.
EXPECTED = ("status of 403", "status of 404", "status of 409", "status of 422", "Response Status Error Code 4")
# Where a test wants its pages alone with the server, Playwright writes so.
EXPECTED += ("Service Worker registration blocked",)

# Looked at by whoever wants to see how the pages look now; kept out of the repository.
PICTURES = Path(__file__).parents[2] / "artefacts/pictures"


class Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Requests are the test's own; nobody reads their log."""

    # One connection serves many files, as it does where people work.
    protocol_version = "HTTP/1.1"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch, is_forged=False) as desk:
        desk.email = desk.house.join(role="secretary", password=PASSWORD)
        yield desk


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, desk.app, threaded=True, request_handler=Silent)
    # Closing waits for what is still being sent.
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, args=[LOOKS_UP])
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_page(
    chromium: Browser, desk: Desk, url: str, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """Opens a signed-in page in a browser of its own; keyword arguments are the context's."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(path: str = "/agenda/2026-11-24", complains_of: str = "", **circumstances: object) -> Page:
        """`complains_of` is what the test itself provokes."""
        context = chromium.new_context(**(FRENCH | circumstances), base_url=url)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5000)
        page.on("console", lambda said: complain(complaints, said.type, said.text, complains_of))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        context.add_cookies([{"name": "carnet", "value": desk.cookie(), "url": url}])
        page.goto(path)
        return page

    yield open_one
    close(contexts, request.node.name)
    assert complaints == []


def close(contexts: list[BrowserContext], journey: str = "") -> None:
    """Once their pages have all that they asked for: what is cut off halfway leaves files open. A journey leaves a
    picture of where each of its pages ended."""
    pages = [page for context in contexts for page in context.pages]
    for number, page in enumerate(pages, 1):
        page.wait_for_load_state("load")
        if journey:
            page.screenshot(path=PICTURES / f"{re.sub(r'[^a-z0-9]+', '-', journey)}-{number}.png")
    for context in contexts:
        context.close()


def complain(complaints: list[str], kind: str, text: str, provoked: str = "") -> None:
    expected = (*EXPECTED, provoked) if provoked else EXPECTED
    if kind in ("error", "warning") and not any(words in text for words in expected):
        complaints.append(text)


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/agenda/**")


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()
