"""The settings and the description of the API as a hand and an eye meet them."""

from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Page, expect

from accounts.commands import issue_token, revoke_token
from accounts.token import SCOPES
from accounts.token_secrets import fresh_secret
from tests.browser.conftest import sign_in
from tests.browser.visitor import PASSWORD, Desk, open_desk
from tests.story import at
from webhooks.commands import subscribe
from webhooks.queries import subscriptions

pytestmark = pytest.mark.browser

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WIDTHS = (1440, 390)
LONG = "https://intranet.maison-medicale-des-tilleuls.exemple.fr/entrees/agenda/recevoir-tout-ce-qui-se-passe?secret=1"
# Everything that a key may reach and a hand may press.
REACHABLE = "main a[href], main button, main input:not([type=hidden]), main summary"
# WCAG 2.2, 2.5.8: a target is at least 24 by 24 pixels; links within a sentence are exempt.
SMALL = """
[...document.querySelectorAll("main button, main summary, main .button, main .tick, main input:not([type=checkbox])")]
    .filter((one) => one.checkVisibility())
    .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect().height])
    .filter(([_, height]) => height < 24)"""


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The settings are the owner's."""
    with open_desk(database_url, monkeypatch, is_forged=False) as desk:
        desk.email = desk.house.join(role="owner", password=PASSWORD)
        yield desk


@pytest.fixture
def webhook(desk: Desk) -> UUID:
    """With tokens of every state beside it, and deliveries that wait."""
    house, id = desk.house, uuid4()
    for name, scopes in (("Site de réservation en ligne du cabinet", SCOPES), ("Ancien", ["events:read"])):
        token = uuid4()
        given = {"name": name, "secret": fresh_secret(house.id, token), "scopes": scopes}
        issue_token(house.store, token, **given, by=house.by())
    revoke_token(house.store, token, by=house.by())
    subscribe(house.store, id, LONG, by=house.by())
    house.book(at(15))
    house.read_on()
    return id


def paths(webhook: UUID) -> list[str]:
    return ["/settings", "/settings/tokens", "/settings/webhooks", f"/settings/webhooks/{webhook}", "/api/v1/"]


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_no_page_is_wider_than_its_window_in_light_or_dark(
    webhook: UUID, open_page: Callable[..., Page], colours: str
):
    page, too_wide = open_page("/settings", color_scheme=colours), []
    for path in paths(webhook):
        page.goto(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            too_wide += [(path, width)] if page.evaluate(OVERFLOW) > 0 else []
    assert too_wide == []


def test_the_description_opened_whole_fits_a_phone(open_page: Callable[..., Page]):
    page = open_page("/api/v1/", viewport={"width": 390, "height": 900})
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    assert page.evaluate(OVERFLOW) == 0


@pytest.mark.parametrize("width", WIDTHS)
def test_everything_is_large_enough_for_a_finger(webhook: UUID, open_page: Callable[..., Page], width: int):
    page = open_page("/settings", viewport={"width": width, "height": 900})
    small = []
    for path in paths(webhook):
        page.goto(path)
        small += [(path, *found) for found in page.evaluate(SMALL)]
    assert small == []


def test_every_way_is_reached_by_keys_and_shows_where_one_is(webhook: UUID, open_page: Callable[..., Page]):
    page = open_page("/settings")
    for path in paths(webhook)[:4]:
        page.goto(path)
        wanted = page.locator(REACHABLE).count()
        page.locator("main").evaluate("one => (one.tabIndex = -1, one.focus())")
        outlines = [step(page) for _ in range(wanted)]
        assert len({place for place, _ in outlines}) == wanted, path
        assert all(shown for _, shown in outlines), path


def step(page: Page) -> tuple[str, bool]:
    """Where Tab leads, and whether one sees it."""
    page.keyboard.press("Tab")
    return page.evaluate("""() => {
        const one = document.activeElement, style = getComputedStyle(one);
        const place = [...document.querySelectorAll("main *")].indexOf(one);
        const shown = style.outlineStyle !== "none" || style.boxShadow !== "none" || one.type === "checkbox";
        return [place, shown];
    }""")


def test_a_token_is_issued_and_revoked_by_keys_alone(desk: Desk, page: Page):
    page.goto("/settings/tokens")
    page.get_by_label("Nom du programme").focus()
    page.keyboard.type("Site")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Créer le jeton").focus()
    page.keyboard.press("Enter")
    shown = page.locator("#secret")
    expect(shown).to_be_focused()
    expect(shown).to_have_value(expected := shown.input_value())
    assert expected.startswith("carnet_")
    page.get_by_role("link", name="C’est copié").press("Enter")
    expect(page.locator("main")).to_contain_text("settings:read")
    assert expected not in page.content()
    page.get_by_role("button", name="Révoquer").press("Enter")
    expect(page.locator("[data-toast]")).to_contain_text("Jeton révoqué.")
    expect(page.get_by_role("button", name="Révoquer")).to_have_count(0)


def test_webhooks_are_made_paused_and_ended_without_a_script(desk: Desk, open_page: Callable[..., Page]):
    page = open_page("/settings/webhooks", java_script_enabled=False)
    page.get_by_label("Adresse, en https").fill(LONG)
    page.get_by_role("button", name="S’abonner").click()
    assert page.locator("#secret").input_value().startswith("whsec_")
    page.get_by_role("link", name="C’est copié").click()
    page.get_by_role("button", name="Mettre en pause").click()
    expect(page.locator(".toast")).to_contain_text("En pause.")
    page.get_by_role("button", name="Reprendre").click()
    page.get_by_role("button", name="Terminer").click()
    expect(page.locator(".toast")).to_contain_text("Webhook terminé.")
    (card,) = subscriptions(desk.house.store, desk.house.id)
    assert (card.url, card.is_over) == (LONG, True)


def test_tokens_are_issued_without_a_script(open_page: Callable[..., Page]):
    page = open_page("/settings", java_script_enabled=False)
    page.get_by_role("link", name="Jetons d’API").click()
    page.get_by_label("Nom du programme").fill("Site")
    page.get_by_role("checkbox", name="settings:read").check()
    page.get_by_role("button", name="Créer le jeton").click()
    assert page.locator("#secret").input_value().startswith("carnet_")


def test_what_is_refused_is_said_on_the_page(page: Page):
    page.goto("/settings/tokens")
    page.get_by_label("Nom du programme").fill("Site")
    page.get_by_role("button", name="Créer le jeton").click()
    expect(page.get_by_role("alert")).to_contain_text("Un jeton doit avoir au moins un droit")


def test_the_description_is_open_to_programmers_without_an_account(chromium, url: str):
    context = chromium.new_context(base_url=url)
    page = context.new_page()
    page.goto("/api/v1/#appointments_book")
    expect(page.locator("#appointments_book")).to_contain_text("Makes an appointment")
    page.get_by_role("link", name="First steps").press("Enter")
    assert page.url.endswith("#first")
    context.close()


def test_somebody_of_the_desk_is_told_that_it_is_not_theirs(chromium, desk: Desk, url: str):
    context = chromium.new_context(base_url=url, locale="fr-FR")
    page = context.new_page()
    desk.house.member_id = uuid4()
    sign_in(page, desk.house.join(email=f"{uuid4()}@exemple.fr", role="secretary", password=PASSWORD))
    assert page.goto("/settings").status == 403
    expect(page.get_by_role("heading")).to_have_text("Accès réservé")
    context.close()
