"""Every route of the pages: what its answer says to the browser, and whose forms it takes."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, PathConverter, Rule, UUIDConverter

from accounts.people import links
from notifications.asked import PAGES
from tests.browser.visitor import Desk, open_desk
from web.numbers import InPath
from web.security import may_be_framed, secret_address

VALUES = {UUIDConverter: uuid4(), InPath: 1, PathConverter: "css/app.css"}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Frame-Options": "DENY",
}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter("owner")


def rules(app: Flask, methods: set[str]) -> list[tuple[Rule, str]]:
    return [(rule, method) for rule in app.url_map.iter_rules() for method in sorted(methods & rule.methods)]


def path(app: Flask, rule: Rule) -> str:
    """The route's path with a value of the right kind for each of its variables."""
    with app.test_request_context():
        values = {name: value_of(converter) for name, converter in rule._converters.items()}
        return rule.build(values, append_unknown=False)[1]


def value_of(converter: Any) -> Any:
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0]
    return VALUES.get(type(converter), "words")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_answer_tells_the_browser_what_it_may_do(desk: Desk, scheme: str):
    asked = rules(desk.app, {"GET"})
    assert len(asked) > 60
    for rule, _ in asked:
        answer = desk.visitor.get(path(desk.app, rule), base_url=f"{scheme}://localhost")
        assert answer.status_code < 500, rule
        headers = dict(answer.headers)
        assert headers | ALWAYS == headers, rule
        must_be_strict(headers["Content-Security-Policy"], desk.app, rule)
        assert headers["Referrer-Policy"] in ("same-origin", "no-referrer"), rule
        assert ("Strict-Transport-Security" in headers) is (scheme == "https"), rule
        assert "Clear-Site-Data" not in headers, rule


def must_be_strict(policy: str, app: Flask, rule: Rule) -> None:
    said = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert said["default-src"] == said["base-uri"] == said["frame-ancestors"] == "'none'", rule
    assert said["script-src"].startswith("'self' 'nonce-"), rule
    assert said["style-src"] == said["form-action"] == said["connect-src"] == "'self'", rule
    is_drawn = (rule.endpoint or "").startswith("desk.")
    assert said["style-src-attr"] == ("'unsafe-inline'" if is_drawn else "'none'"), rule
    assert policy.count("unsafe") == is_drawn, rule


def test_pages_whose_address_is_a_secret_tell_it_nobody(desk: Desk):
    secret = [rule for rule, _ in rules(desk.app, {"GET", "POST"}) if "<words>" in rule.rule]
    assert len(secret) >= 6
    for rule in secret:
        assert getattr(desk.app.view_functions[rule.endpoint], "has_secret_address", False), rule
    answer = desk.visitor.get(path(desk.app, secret[0]))
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_every_letter_leads_to_a_page_that_there_is(desk: Desk):
    routes = desk.app.url_map.bind("localhost")
    for page in PAGES.values():
        assert routes.match(page, "GET"), page
    for page in links.PATHS.values():
        endpoint, facts = routes.match(f"{page}words", "GET")
        assert facts == {"words": "words"}, page
        assert desk.app.view_functions[endpoint].has_secret_address, page


def test_no_form_is_taken_without_its_token(desk: Desk):
    desk.app.config["WTF_CSRF_ENABLED"] = True
    before = everything(desk)
    asked = [(rule, method) for rule, method in rules(desk.app, UNSAFE) if not rule.rule.startswith("/api/")]
    assert len(asked) > 50
    for rule, method in asked:
        answer = desk.visitor.open(path(desk.app, rule), method=method, data={"name": "words"})
        assert answer.status_code in (400, 403), (rule, answer.status_code)
    assert everything(desk) == before
    assert desk.get("/clients").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://exemple.org"},
        {"Origin": "http://localhost:81"},
        {"Origin": "http://localhost.exemple.org"},
    ],
)
def test_no_form_of_another_site_is_taken_even_with_a_token(desk: Desk, headers: dict[str, str]):
    before = everything(desk)
    for rule, method in rules(desk.app, UNSAFE):
        answer = desk.visitor.open(path(desk.app, rule), method=method, headers=headers, data={"name": "words"})
        assert answer.status_code == 403, rule
    assert everything(desk) == before


@pytest.mark.parametrize("origin", ["http://localhost", "null", None])
def test_our_own_forms_are_taken(desk: Desk, origin: str | None):
    headers = {"Sec-Fetch-Site": "same-origin"} | ({"Origin": origin} if origin else {})
    assert desk.visitor.post("/theme", data={"theme": "dark"}, headers=headers).status_code == 303


def test_a_session_opens_nothing_to_programs(desk: Desk):
    before = everything(desk)
    called = [(rule, method) for rule, method in rules(desk.app, UNSAFE) if rule.rule.startswith("/api/")]
    assert len(called) > 30
    for rule, method in called:
        answer = desk.visitor.open(path(desk.app, rule), method=method, json={})
        assert answer.status_code in (401, 429), rule
    assert everything(desk) == before


def everything(desk: Desk) -> list[tuple]:
    """Whatever happened in the house and to the person, and who is signed in."""
    with desk.house.store.database.everywhere() as db:
        ours = [desk.house.id, desk.house.person_id]
        events = "SELECT stream_id, version, name FROM events WHERE organisation_id = ANY(%s) ORDER BY position"
        open_ones = "SELECT count(*) FROM sessions WHERE organisation_id = ANY(%s) AND ended_at IS NULL"
        return [*db.execute(events, (ours,)).fetchall(), *db.execute(open_ones, (ours,)).fetchall()]


def test_over_https_cookies_are_of_this_host_alone(desk: Desk):
    secure = desk.visitor.post("/theme", data={"theme": "dark"}, base_url="https://localhost")
    plain = desk.visitor.post("/theme", data={"theme": "dark"})
    entered = desk.app.test_client().get("/sign-in", base_url="https://localhost")
    (cookie,) = secure.headers.getlist("Set-Cookie") or [""]
    for said in (cookie, *entered.headers.getlist("Set-Cookie")):
        if said:
            assert said.startswith("__Host-")
            assert "Secure" in said
            assert "Path=/" in said
            assert "Domain" not in said
    assert "__Host-" not in plain.headers["Set-Cookie"]


def test_a_session_of_http_is_none_over_https(desk: Desk):
    value = desk.visitor.get_cookie("carnet").value
    stranger = desk.app.test_client()
    stranger.set_cookie("carnet", value)
    assert stranger.get("/clients").status_code == 200
    assert stranger.get("/clients", base_url="https://localhost").status_code == 302
    stranger.set_cookie("__Host-carnet", value)
    assert stranger.get("/clients").status_code == 200


def test_whoever_leaves_leaves_nothing_behind(desk: Desk):
    answer = desk.post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert desk.visitor.get_cookie("carnet") is None
    assert "Clear-Site-Data" not in desk.get("/sign-in").headers


def test_a_view_may_say_who_shows_it(desk: Desk):
    app = Flask("widget")
    from web import security

    app.config["SESSION_COOKIE_NAME"] = "carnet"
    app.secret_key = "anything"
    security.install(app)
    app.add_url_rule("/widget", "widget", may_be_framed(lambda: ["https://salon.exemple.fr"])(lambda: "hello"))
    app.add_url_rule("/secret", "secret", secret_address(lambda: "hello"))
    framed, secret = app.test_client().get("/widget"), app.test_client().get("/secret")
    assert "frame-ancestors https://salon.exemple.fr" in framed.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed.headers
    assert secret.headers["X-Frame-Options"] == "DENY"
    assert secret.headers["Referrer-Policy"] == "no-referrer"


def test_too_much_is_refused_with_the_same_headers(desk: Desk):
    answer = desk.visitor.post("/clients", data={"last_name": "x" * 300_000})
    assert answer.status_code == 413
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert desk.visitor.get("/clients?q=%00").status_code == 400
