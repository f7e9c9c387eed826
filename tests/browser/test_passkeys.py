"""Passkeys in a real browser, with an authenticator of its own: added once, then the only thing that is needed."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from accounts.people.queries import passkeys, person_of
from tests.browser.conftest import FRENCH, complain
from tests.browser.visitor import PASSWORD, Desk
from tests.story import eventually

pytestmark = pytest.mark.browser
TELEPHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


# A browser that offers no passkey by itself, so that the button has to be pressed.
WAITS_TO_BE_ASKED = "delete PublicKeyCredential.isConditionalMediationAvailable"
NOTES_QUESTIONS = """
window.asked = [];
const get = navigator.credentials.get.bind(navigator.credentials);
navigator.credentials.get = (facts) => { asked.push(facts.mediation ?? "pressed"); return get(facts); };
"""


class Telephone:
    """A page, and the authenticator that its browser asks."""

    def __init__(self, page: Page):
        self.page = page
        self.devtools: CDPSession = page.context.new_cdp_session(page)
        self.devtools.send("WebAuthn.enable", {"enableUI": False})
        self.id = self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": TELEPHONE})["authenticatorId"]

    def keys(self) -> list[dict[str, str]]:
        return self.devtools.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]

    def forget(self) -> None:
        self.devtools.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})

    def is_at_hand(self, is_there: bool) -> None:
        facts = {"authenticatorId": self.id, "enabled": is_there}
        self.devtools.send("WebAuthn.setAutomaticPresenceSimulation", facts)


@pytest.fixture
def place(desk: Desk, url: str) -> str:
    """Passkeys are for a name, not for an address of numbers."""
    desk.app.config["PUBLIC_URL"] = f"http://localhost:{urlsplit(url).port}"
    return desk.app.config["PUBLIC_URL"]


@pytest.fixture
def telephone(chromium: Browser, place: str) -> Iterator[Telephone]:
    context = chromium.new_context(**FRENCH, base_url=place)
    page = context.new_page()
    page.set_default_timeout(5000)
    complaints: list[str] = []
    page.on("console", lambda message: complain(complaints, message.type, message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield Telephone(page)
    context.close()
    assert complaints == []


@pytest.fixture
def added(telephone: Telephone, desk: Desk) -> Telephone:
    page = telephone.page
    sign_in(page, desk.email)
    page.goto("/account/security")
    page.fill("#key-name", "Mon téléphone")
    page.click("text=Ajouter une clé d’accès")
    expect(page.locator(".tokens b", has_text="Mon téléphone")).to_be_visible()
    return telephone


@pytest.fixture
def asked(added: Telephone) -> Telephone:
    added.page.add_init_script(WAITS_TO_BE_ASKED)
    return added


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.click("form >> text=Se connecter")
    page.wait_for_url("**/agenda/**")


def sign_out(page: Page) -> None:
    page.goto("/account")
    page.click("main >> text=Se déconnecter")
    page.wait_for_url("**/sign-in")


def press(telephone: Telephone) -> None:
    telephone.page.locator("form[data-passkey] button").click()


def test_a_passkey_that_was_added_signs_in_without_a_word(asked: Telephone, desk: Desk):
    person_id = person_of(desk.house.store, desk.email)
    assert len(asked.keys()) == len(passkeys(desk.house.store, person_id)) == 1
    sign_out(asked.page)
    press(asked)
    asked.page.wait_for_url("**/agenda/**")
    assert passkeys(desk.house.store, person_id)[0].last_used_at


def test_the_browser_offers_the_passkey_by_itself(added: Telephone):
    sign_out(added.page)
    added.page.wait_for_url("**/agenda/**")


def test_who_presses_the_button_is_asked_anew(added: Telephone):
    """What the browser offers by itself is over then: it asks one question at a time."""
    added.is_at_hand(False)
    added.page.add_init_script(NOTES_QUESTIONS)
    sign_out(added.page)
    assert eventually(lambda: added.page.evaluate("asked") == ["conditional"])
    press(added)
    assert eventually(lambda: added.page.evaluate("asked") == ["conditional", "pressed"])


def test_a_passkey_proves_who_is_there(asked: Telephone):
    asked.page.goto("/account/prove?next=/account/security")
    press(asked)
    asked.page.wait_for_url("**/account/security")


def test_a_passkey_that_was_removed_signs_nobody_in(asked: Telephone):
    asked.page.click("text=Retirer")
    expect(asked.page.locator("[data-toast]")).to_contain_text("Clé d’accès retirée")
    sign_out(asked.page)
    press(asked)
    expect(asked.page.get_by_role("alert")).to_contain_text("n’a pas ouvert")


def test_the_password_still_opens_when_the_telephone_is_lost(added: Telephone, desk: Desk):
    added.forget()
    sign_out(added.page)
    sign_in(added.page, desk.email)


def test_without_scripts_the_door_shows_what_works_without(chromium: Browser, place: str, desk: Desk):
    context = chromium.new_context(**FRENCH, base_url=place, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sign-in")
    assert page.locator("form[data-passkey]").is_hidden()
    sign_in(page, desk.email)
    for path in ("/account", "/account/security", "/account/sessions", "/organisations"):
        assert page.goto(path).status == 200
    page.goto("/account/security")
    assert page.locator("form[data-passkey]").is_hidden()
    page.click("text=Mettre en place")
    assert page.locator(".drawn svg").is_visible()
    context.close()


def test_where_no_passkey_would_fit_none_is_offered(open_page: Callable[..., Page], place: str):
    """The same pages by the address in numbers."""
    page = open_page("/account/security")
    page.wait_for_load_state("networkidle")
    assert page.locator("form[data-passkey]").is_hidden()


PAGES = ("/sign-in", "/sign-in/link", "/forgotten", "/organisations", "/account")
PAGES += tuple(f"/account/{each}" for each in ("security", "email", "sessions", "history", "prove"))


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_runs_over_the_edge(open_page: Callable[..., Page], desk: Desk, width: int):
    page = open_page(viewport={"width": width, "height": 844})
    over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    for path in PAGES:
        page.goto(path)
        assert page.evaluate(over) == 0, path
