"""The door: who comes in, who does not, and what every answer says to the browser."""

from collections.abc import Iterator

import pytest

from tests.browser.visitor import PASSWORD, Desk, open_desk, words


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened


def sign_in(desk: Desk, email: str, password: str, **more: str):
    return desk.post("/sign-in", email=email, password=password, **more)


def test_a_stranger_is_led_to_the_door_and_then_to_what_they_wanted(desk: Desk):
    answer = desk.get("/agenda/2026-11-24")
    assert answer.location == "/sign-in?next=/agenda/2026-11-24"
    entered = sign_in(desk, desk.house.join(password=PASSWORD), PASSWORD, next="/agenda/2026-11-24")
    assert entered.location == "/agenda/2026-11-24"


def test_a_fragment_asked_for_after_the_session_takes_the_whole_page_to_the_door(desk: Desk):
    answer = desk.get("/agenda/2026-11-24/changes", htmx=True)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/sign-in")


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(desk: Desk):
    email = desk.house.join(password=PASSWORD)
    wrong = sign_in(desk, email, "not this one")
    unknown = sign_in(desk, "nobody@exemple.fr", "not this one")
    assert wrong.status_code == unknown.status_code == 422
    assert words(wrong) == words(unknown)
    assert "ne vont pas ensemble" in words(wrong)


@pytest.mark.parametrize("elsewhere", ["https://exemple.org/", "//exemple.org", "/\\exemple.org", "javascript:a"])
def test_the_door_leads_nowhere_else(desk: Desk, elsewhere: str):
    assert sign_in(desk, desk.house.join(password=PASSWORD), PASSWORD, next=elsewhere).location == "/"


def test_after_signing_out_the_pages_are_closed(desk: Desk):
    desk.enter()
    assert desk.get("/clients").status_code == 200
    desk.post("/sign-out")
    assert desk.get("/clients").status_code == 302


def test_a_viewer_reads_and_changes_nothing(desk: Desk):
    desk.enter("viewer")
    assert desk.get("/agenda/2026-11-24").status_code == 200
    assert desk.get("/clients/new").status_code == 403
    assert desk.post("/clients", id=desk.house.id, last_name="Rousseau").status_code == 403


def test_the_session_cookie_stays_out_of_reach_of_scripts(desk: Desk):
    cookie = sign_in(desk, desk.house.join(password=PASSWORD), PASSWORD).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_over_https_the_cookie_stays_there(desk: Desk):
    facts = {"email": desk.house.join(password=PASSWORD), "password": PASSWORD}
    secure = desk.visitor.post("/sign-in", data=facts, base_url="https://localhost")
    plain = desk.visitor.post("/sign-in", data=facts)
    assert "Secure" in secure.headers["Set-Cookie"]
    assert "Secure" not in plain.headers["Set-Cookie"]


def test_every_answer_says_what_it_may_do(desk: Desk):
    headers = desk.get("/sign-in").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "'unsafe-inline'" not in policy.replace("style-src-attr 'unsafe-inline'", "")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_nonce_is_another_at_each_answer(desk: Desk):
    policies = {desk.get("/sign-in").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


def test_a_form_without_its_token_is_refused_in_words(database_url: str, monkeypatch: pytest.MonkeyPatch):
    with open_desk(database_url, monkeypatch, is_forged=False) as desk:
        answer = sign_in(desk, "agnes@exemple.fr", "whatever")
    assert answer.status_code == 400
    assert "ouverte trop longtemps" in words(answer)


def test_the_reader_chooses_the_language_at_the_door(desk: Desk):
    page = desk.visitor.get("/sign-in", headers={"Accept-Language": "en"})
    assert "Sign in" in words(page)
    assert "Se connecter" in desk.text("/sign-in")


def test_health_needs_no_one_signed_in(desk: Desk):
    assert desk.get("/health").json["status"] == "ok"


def test_health_says_when_the_database_is_away(desk: Desk):
    desk.house.store.close()
    assert desk.visitor.get("/health").status_code == 503


def test_colours_are_kept_by_the_browser(desk: Desk):
    desk.enter()
    desk.post("/theme", theme="dark")
    assert 'data-theme="dark"' in desk.get("/clients").get_data(as_text=True)
    desk.post("/theme", theme="<script>")
    assert "data-theme" not in desk.get("/clients").get_data(as_text=True)


def test_coming_in_is_part_of_the_history(desk: Desk):
    sign_in(desk, desk.house.join(password=PASSWORD), PASSWORD)
    signed = desk.house.rows("SELECT name FROM events WHERE stream_id = %s ORDER BY version", desk.house.member_id)
    assert signed == [("MemberJoined",), ("MemberSignedIn",)]
