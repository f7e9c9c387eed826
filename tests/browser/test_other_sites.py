"""What a real browser does with forms of other sites, with ways out of our door, and with what people write."""

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from tests.browser.conftest import Silent
from tests.browser.visitor import Desk
from tests.data.elsewhere import AWAY
from tests.data.markup import MUTATIONS
from web.onward import local_path
from web.rich_text import TAGS, presentation

pytestmark = pytest.mark.browser

LEAVING = '<form method="post" action="{url}/sign-out" enctype="{enctype}"><button>Gagnez un massage</button></form>'
# Reads a text as a page would, writes it again and reads it again; what runs or loads says so.
READ_TWICE = """text => {
    const seen = [];
    window.hit = () => seen.push("run");
    const first = document.createElement("div"), second = document.createElement("div");
    document.body.append(first, second);
    first.innerHTML = text;
    second.innerHTML = first.innerHTML;
    for (const one of [...first.querySelectorAll("*"), ...second.querySelectorAll("*")]) {
        seen.push(one.localName + " " + one.namespaceURI.split("/").pop());
        for (const given of one.attributes) seen.push(one.localName + "@" + given.name);
        if (one.localName === "a" && one.hasAttribute("href")) seen.push("to " + one.protocol);
    }
    first.remove(); second.remove();
    return [...new Set(seen)];
}"""
# Where a redirect to each of these would end, as the browser itself works it out.
ENDS = """([paths, base]) => paths.map(path => {
    try { return new URL(path, base).origin } catch { return "nowhere" }
})"""


@pytest.fixture
def elsewhere(url: str) -> Iterator[str]:
    """Another site on this machine, whose forms go to us."""
    app = Flask("elsewhere")
    app.add_url_rule("/<path:enctype>", "page", lambda enctype: LEAVING.format(url=url, enctype=enctype))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_form_of_another_site_is_refused(open_page: Callable[..., Page], desk: Desk, elsewhere: str, host: str):
    """From another port the browser even sends our cookie along; forms are not asked for their token here, so that
    the site alone gives them away."""
    page = open_page("/clients")
    desk.app.config["WTF_CSRF_ENABLED"] = False
    for enctype in ("text/plain", "multipart/form-data", "application/x-www-form-urlencoded"):
        page.goto(f"{elsewhere.replace('127.0.0.1', host)}/{enctype}")
        with page.expect_response("**/sign-out") as answered:
            page.click("button")
        assert answered.value.status == 403
    page.goto("/clients")
    assert page.url.endswith("/clients")


def test_no_way_out_of_our_door_leads_elsewhere(chromium: Browser):
    page = chromium.new_page()
    base = "https://agenda.exemple.fr/sign-in"
    ends = page.evaluate(ENDS, [[local_path(wanted) for wanted in AWAY], base])
    page.close()
    assert set(ends) == {"https://agenda.exemple.fr"}


def test_some_of_these_ways_would_lead_elsewhere(chromium: Browser):
    page = chromium.new_page()
    ends = page.evaluate(ENDS, [AWAY, "https://agenda.exemple.fr/sign-in"])
    page.close()
    assert sum("exemple.org" in end for end in ends) > 90


def test_what_people_write_does_nothing_when_read_twice(chromium: Browser):
    page = chromium.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    for attack in MUTATIONS:
        seen = set(page.evaluate(READ_TWICE, str(presentation(attack))))
        allowed = {f"{tag} xhtml" for tag in TAGS} | {"a@href", "a@rel", "to https:", "to mailto:", "to tel:"}
        assert seen <= allowed, attack
    page.close()
    assert asked == []


def test_some_of_what_people_write_would_act(chromium: Browser):
    page = chromium.new_page()
    acted = [attack for attack in MUTATIONS if "img xhtml" in page.evaluate(READ_TWICE, attack)]
    page.close()
    assert len(acted) > 20
