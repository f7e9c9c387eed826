"""A person's own account: what asks for proof, what is shown once, and what ends elsewhere."""

import re
from collections.abc import Iterator
from html import unescape
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from accounts.people import links
from accounts.people.queries import passkeys as passkeys_of
from accounts.people.queries import person_card, person_of
from tests.authenticator import Authenticator
from tests.browser.visitor import MOMENT, Desk, open_desk, words
from tests.late import SETTINGS
from tests.people import PASSWORD, Somebody
from web import visit

SENSITIVE = ("/account/security", "/account/email")
DEEDS = (
    "/account/email",
    "/account/password",
    "/account/passkeys",
    f"/account/passkeys/{UUID(int=1)}/remove",
    "/account/second-factor/prepare",
    "/account/second-factor",
    "/account/second-factor/codes",
    "/account/second-factor/off",
)


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened


@pytest.fixture
def sonia(desk: Desk) -> Somebody:
    """Somebody of no organisation, signed in a moment ago."""
    somebody = Somebody(desk.house.store, now=MOMENT)
    sign_in(desk, somebody)
    return somebody


def sign_in(desk: Desk, somebody: Somebody) -> TestResponse:
    return desk.visitor.post("/sign-in", data={"email": somebody.email, "password": PASSWORD})


def later(monkeypatch: pytest.MonkeyPatch, somebody: Somebody, **time: float) -> None:
    somebody.wait(**time)
    monkeypatch.setattr(visit, "now", lambda: somebody.now)


def of_form(page: TestResponse, action: str) -> dict[str, str]:
    """What the form with this address holds for the browser: the question, and its seal."""
    pattern = rf'<form[^>]*action="{action}"[^>]*data-passkey.*?</form>'
    form = re.search(pattern, page.get_data(as_text=True), re.DOTALL)[0]
    found = re.search(r'data-options="([^"]*)".*name="seal" value="([^"]*)"', form, re.DOTALL)
    return {"options": unescape(found[1]), "seal": unescape(found[2])}


@pytest.mark.parametrize("way", ["", "/security", "/email", "/sessions", "/history"])
def test_an_account_is_open_without_any_organisation_and_closed_without_signing_in(
    desk: Desk, sonia: Somebody, way: str
):
    assert desk.get(f"/account{way}").status_code == 200
    assert desk.app.test_client().get(f"/account{way}").location.startswith("/sign-in")


def test_name_and_language_are_one_s_own(desk: Desk, sonia: Somebody):
    desk.post("/account", name="Sonia Roy", language="en")
    assert "Where I am signed in" in desk.text("/account")
    card = person_card(sonia.store, sonia.id)
    assert (card.name, card.language) == ("Sonia Roy", "en")
    assert desk.post("/account", name="Sonia Roy", language="tlh").status_code == 422


def test_after_a_quarter_of_an_hour_sensitive_pages_ask_who_is_there(
    desk: Desk, sonia: Somebody, monkeypatch: pytest.MonkeyPatch
):
    assert all(desk.get(way).status_code == 200 for way in SENSITIVE)
    later(monkeypatch, sonia, minutes=15)
    for way in SENSITIVE:
        assert desk.get(way).location == f"/account/prove?next={way}"
    assert desk.post("/account/prove", password="not this one", next="/account/security").status_code == 422
    assert desk.post("/account/prove", password=PASSWORD, next="/account/security").location == "/account/security"
    assert desk.get("/account/security").status_code == 200


@pytest.mark.parametrize("way", DEEDS)
def test_nothing_sensitive_is_done_for_whoever_sits_down_there(
    desk: Desk, sonia: Somebody, monkeypatch: pytest.MonkeyPatch, way: str
):
    later(monkeypatch, sonia, minutes=15)
    facts = sonia.facts()
    answer = desk.post(way, email="thief@exemple.fr", password="trois chevaux verts", code="123456")
    assert answer.location.startswith("/account/prove")
    assert sonia.facts() == facts


def test_after_the_proof_one_is_back_where_one_was(desk: Desk, sonia: Somebody, monkeypatch: pytest.MonkeyPatch):
    later(monkeypatch, sonia, minutes=15)
    there = {"Referer": "http://localhost/account/security"}
    sent = desk.visitor.post("/account/password", data={"password": "trois chevaux verts"}, headers=there)
    assert sent.location == "/account/prove?next=/account/security"
    fragment = desk.visitor.post("/account/password", headers=there | {"HX-Request": "true"})
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (204, "/account/prove?next=/account/security")
    elsewhere = desk.visitor.post("/account/password", headers={"Referer": "http://localhost//exemple.org/x"})
    assert elsewhere.location == "/account/prove?next=/"


def test_proving_again_goes_on_under_another_secret_and_leads_nowhere_else(desk: Desk, sonia: Somebody):
    with desk.visitor.session_transaction() as kept:
        before = kept["token"]
    assert desk.post("/account/prove", password=PASSWORD, next="//exemple.org").location == "/"
    assert sonia.visitor(before) is None
    assert desk.get("/account").status_code == 200


def test_guessing_there_meets_the_same_pauses(desk: Desk, sonia: Somebody):
    answers = [desk.post("/account/prove", password=f"wrong {number}").status_code for number in range(13)]
    assert answers == [422] * 10 + [429] * 3


def test_a_new_address_needs_the_letter_that_goes_there(desk: Desk, sonia: Somebody):
    address = f"sonia.roy.{sonia.id}@exemple.fr"
    desk.post("/account/email", email=address)
    assert sonia.email in desk.text("/account")
    way = links.address("", SETTINGS.secret_key, "confirm-email", sonia.id, sonia.latest_link("confirm-email"))
    assert address in words(desk.app.test_client().get(way))
    assert "Adresse confirmée" in words(desk.app.test_client().post(way))
    assert person_of(sonia.store, address) == sonia.id
    assert desk.post(way).status_code == 410


def test_an_address_that_somebody_has_gets_the_same_answer(desk: Desk, sonia: Somebody):
    taken = Somebody(sonia.store).email
    for email in (taken, "free@exemple.fr"):
        assert desk.post("/account/email", email=email).location == "/account"
        assert f"en route vers {email}" in desk.text("/account")
    way = links.address("", SETTINGS.secret_key, "confirm-email", sonia.id, sonia.latest_link("confirm-email"))
    assert desk.get(way).status_code == 200


def test_a_new_password_has_to_be_a_good_one(desk: Desk, sonia: Somebody):
    weak = desk.post("/account/password", password="sonia marchetti")
    assert (weak.status_code, "se devine vite" in words(weak)) == (422, True)
    leaked = desk.post("/account/password", password="azertyuiop")
    assert "listes volées" in words(leaked)
    assert desk.post("/account/password", password="trois chevaux verts").location == "/account/security"
    assert desk.get("/account").status_code == 200


def test_the_second_factor_is_drawn_turned_on_and_its_codes_shown_once(desk: Desk, sonia: Somebody):
    page = desk.post("/account/second-factor/prepare")
    sonia.telephone = re.search(r"<code>([a-zA-Z0-9-]+)</code>", page.get_data(as_text=True))[1].replace("-", "")
    assert "<svg" in page.get_data(as_text=True)
    assert "style=" not in page.get_data(as_text=True)
    assert desk.post("/account/second-factor", code="000000").status_code == 422
    shown = desk.post("/account/second-factor", code=sonia.code())
    codes = re.findall(r"<li><code>([a-z2-7-]{19})</code>", shown.get_data(as_text=True))
    assert len(set(codes)) == 10
    assert "10 codes de secours" in desk.text("/account/security")
    assert codes[0] not in desk.text("/account/security")
    drawn = desk.post("/account/second-factor/codes", code=codes[0])
    fresh = re.findall(r"<li><code>([a-z2-7-]{19})</code>", drawn.get_data(as_text=True))
    assert desk.post("/account/second-factor/off", code=fresh[0]).location == "/account/security"
    assert not person_card(sonia.store, sonia.id).has_second_factor


@pytest.mark.parametrize("path", ["/account/second-factor/off", "/account/second-factor/codes", "/account/passkeys"])
def test_a_second_factor_is_weakened_by_nobody_who_cannot_give_it(desk: Desk, sonia: Somebody, path: str):
    """Who knows the password sits there, and neither the telephone nor a key."""
    codes = sonia.turn_on_codes()
    before = sonia.facts()
    for code in ({}, {"code": "000000"}, {"code": " "}, {"code": codes[0][:-1]}):
        asked = of_form(desk.get("/account/security"), "/account/passkeys")
        more = {"answer": Authenticator().make(asked["options"]), "seal": asked["seal"]} if "passkeys" in path else {}
        assert desk.post(path, **more, **code).status_code == 422
    assert sonia.facts() == before
    assert person_card(sonia.store, sonia.id).has_second_factor


def test_a_second_factor_is_turned_off_by_a_passkey_that_asks_for_more(desk: Desk, sonia: Somebody):
    telephone = added(desk)
    sonia.turn_on_codes()
    for other, status in ((Authenticator(), 422), (telephone, 303)):
        asked = of_form(desk.get("/account/security"), "/account/second-factor/off")
        facts = {"answer": other.get(asked["options"]), "seal": asked["seal"]}
        assert desk.post("/account/second-factor/off", **facts).status_code == status
    assert not person_card(sonia.store, sonia.id).has_second_factor


def test_guessing_the_second_factor_from_inside_meets_the_same_pauses(desk: Desk, sonia: Somebody):
    sonia.turn_on_codes()
    answers = [desk.post("/account/second-factor/off", code="000000").status_code for _ in range(8)]
    assert answers == [422] * 5 + [429] * 3


def test_a_changed_address_ends_every_other_session(desk: Desk, sonia: Somebody):
    elsewhere = desk.app.test_client()
    with elsewhere.session_transaction() as session:
        session["token"] = sonia.open_session()
    assert elsewhere.get("/account").status_code == 200
    desk.post("/account/email", email=f"sonia.roy.{sonia.id}@exemple.fr")
    way = links.address("", SETTINGS.secret_key, "confirm-email", sonia.id, sonia.latest_link("confirm-email"))
    desk.post(way)
    assert elsewhere.get("/account").location.startswith("/sign-in")
    assert desk.get("/account").status_code == 200


def test_an_address_confirmed_and_not_changed_ends_no_session(desk: Desk, sonia: Somebody):
    desk.post("/account/email", email=sonia.email)
    way = links.address("", SETTINGS.secret_key, "confirm-email", sonia.id, sonia.latest_link("confirm-email"))
    desk.app.test_client().post(way)
    assert desk.get("/account").status_code == 200


def test_a_passkey_is_added_signs_in_and_proves(desk: Desk, sonia: Somebody, monkeypatch: pytest.MonkeyPatch):
    telephone = added(desk)
    assert [key.name for key in passkeys_of(sonia.store, sonia.id)] == ["Mon téléphone"]
    desk.post("/sign-out")
    assert signed_in_with(desk, telephone).location == "/organisations"
    later(monkeypatch, sonia, minutes=20)
    asked = of_form(desk.get("/account/prove"), "/account/prove/passkey")
    facts = {"answer": telephone.get(asked["options"]), "seal": asked["seal"], "next": "/account/security"}
    assert desk.post("/account/prove/passkey", **facts).location == "/account/security"


def added(desk: Desk, key: Authenticator | None = None) -> Authenticator:
    key = key or Authenticator()
    asked = of_form(desk.get("/account/security"), "/account/passkeys")
    facts = {"answer": key.make(asked["options"]), "seal": asked["seal"], "name": "Mon téléphone"}
    assert desk.post("/account/passkeys", **facts).location == "/account/security"
    return key


def signed_in_with(desk: Desk, key: Authenticator) -> TestResponse:
    asked = of_form(desk.get("/sign-in"), "/sign-in/passkey")
    return desk.post("/sign-in/passkey", answer=key.get(asked["options"]), seal=asked["seal"])


def test_a_question_is_answered_once_and_in_the_visit_that_asked_it(desk: Desk, sonia: Somebody):
    telephone = added(desk)
    desk.post("/sign-out")
    asked = of_form(desk.get("/sign-in"), "/sign-in/passkey")
    facts = {"answer": telephone.get(asked["options"]), "seal": asked["seal"]}
    stranger = desk.app.test_client()
    stranger.get("/sign-in")
    assert stranger.post("/sign-in/passkey", data=facts).status_code == 422
    assert desk.post("/sign-in/passkey", **facts).status_code == 303
    desk.post("/sign-out")
    again = desk.post("/sign-in/passkey", **facts)
    assert (again.status_code, "n’a pas ouvert" in words(again)) == (422, True)


def test_an_answer_that_was_given_is_spent_though_the_key_does_not_count(desk: Desk, sonia: Somebody):
    telephone = added(desk)
    telephone.count = -1
    asked = of_form(desk.get("/account/prove"), "/account/prove/passkey")
    facts = {"answer": telephone.get(asked["options"]), "seal": asked["seal"]}
    assert desk.post("/account/prove/passkey", **facts).status_code == 303
    assert desk.post("/account/prove/passkey", **facts).status_code == 422


def test_a_question_of_an_hour_ago_is_over(desk: Desk, sonia: Somebody, monkeypatch: pytest.MonkeyPatch):
    telephone = added(desk)
    desk.post("/sign-out")
    asked = of_form(desk.get("/sign-in"), "/sign-in/passkey")
    later(monkeypatch, sonia, minutes=61)
    facts = {"answer": telephone.get(asked["options"]), "seal": asked["seal"]}
    assert desk.post("/sign-in/passkey", **facts).status_code == 422


def test_a_question_to_add_a_key_does_not_sign_in(desk: Desk, sonia: Somebody):
    telephone = added(desk)
    asked = of_form(desk.get("/account/security"), "/account/passkeys")
    facts = {"answer": telephone.get(asked["options"]), "seal": asked["seal"]}
    assert desk.post("/account/prove/passkey", **facts).status_code == 422


def test_the_passkey_of_another_proves_nothing_here(desk: Desk, sonia: Somebody):
    telephone = added(desk)
    other = Somebody(sonia.store, now=MOMENT)
    sign_in(desk, other)
    added(desk, Authenticator())
    asked = of_form(desk.get("/account/prove"), "/account/prove/passkey")
    facts = {"answer": telephone.get(asked["options"]), "seal": asked["seal"]}
    assert desk.post("/account/prove/passkey", **facts).status_code == 422


@pytest.mark.parametrize(("is_verified", "leads_to"), [(True, "/organisations"), (False, "/sign-in/code")])
def test_a_key_that_asks_for_a_finger_is_two_factors_at_once(
    desk: Desk, sonia: Somebody, is_verified: bool, leads_to: str
):
    key = added(desk, Authenticator(is_verified=is_verified))
    sonia.turn_on_codes()
    desk.post("/sign-out")
    assert signed_in_with(desk, key).location == leads_to


def test_other_browsers_are_listed_and_put_out_one_by_one_or_all(desk: Desk, sonia: Somebody):
    others = [desk.app.test_client() for _ in range(3)]
    for number, other in enumerate(others):
        agent = {"User-Agent": f"Mozilla/5.0 (iPhone; CPU iPhone OS {number}) Version/18 Safari/605"}
        other.post("/sign-in", data={"email": sonia.email, "password": PASSWORD}, headers=agent)
    page = desk.get("/account/sessions")
    assert words(page).count("Safari · iPhone") == 3
    assert "celui-ci" in words(page)
    ends = re.findall(r'action="(/account/sessions/[0-9a-f-]{36}/end)"', page.get_data(as_text=True))
    assert desk.post(ends[0]).location == "/account/sessions"
    assert sum(other.get("/account").status_code == 200 for other in others) == 2
    desk.post("/account/sessions/others/end")
    assert all(other.get("/account").status_code == 302 for other in others)
    assert desk.get("/account").status_code == 200


def test_nobody_sees_or_ends_the_sessions_of_another(desk: Desk, sonia: Somebody):
    other = Somebody(sonia.store, now=MOMENT)
    secret = other.open_session()
    id = other.visitor(secret).session_id
    desk.post(f"/account/sessions/{id}/end")
    assert other.visitor(secret)
    assert "192.0.2.7" not in desk.text("/account/sessions")


def test_what_happened_is_told_to_the_person_alone(desk: Desk, sonia: Somebody):
    desk.post("/account/password", password="trois chevaux verts")
    said = desk.text("/account/history")
    assert re.search(r"Mot de passe choisi.*Connexion.*127\.0\.0\.1.*Compte créé", said)
    other = Somebody(sonia.store, now=MOMENT)
    sign_in(desk, other)
    assert desk.text("/account/history").count("Mot de passe choisi") == 1
