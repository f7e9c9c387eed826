"""Joining, as hands do it: an organisation from nothing, a team by invitations, and working in another's place."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.people.queries import memberships, person_of
from accounts.team.commands import add_member
from accounts.team.queries import team
from carnet.wiring import JOBS
from kernel.jobs import Worker
from notifications import sending
from notifications.policies import letters
from tests.browser.conftest import FRENCH, close, complain, sign_in
from tests.browser.visitor import MOMENT, PASSWORD, Desk, open_desk
from tests.late import SETTINGS
from tests.postbox import Postbox, link_in, open_postbox
from tests.story import House, at

pytestmark = pytest.mark.browser

OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WIDTHS = (1440, 1280, 1024, 768, 390)


class Still(datetime):
    """The clock that stands still for those who send letters too."""

    @classmethod
    def now(cls, *_: Any) -> datetime:
        return MOMENT


class Post:
    """Takes letters where they go, as soon as somebody waits for one."""

    def __init__(self, desk: Desk, box: Postbox):
        self.desk, self.box, self.worker = desk, box, Worker(desk.house.store, JOBS)

    def link_for(self, email: str) -> str:
        """The link in the latest letter to this address."""
        while letters.follow(self.desk.house.store):
            pass
        for owner, key in self.due():
            self.worker.do(str(owner), key)
        return link_in([one for one in self.box.letters if one["To"].endswith(f"{email}>") or one["To"] == email][-1])

    def due(self) -> list[tuple[UUID, str]]:
        query = "SELECT organisation_id, key FROM jobs WHERE key LIKE 'letter/%%' AND done_at IS NULL"
        with self.desk.house.store.database.everywhere() as db:
            return db.execute(query).fetchall()


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch, is_forged=False) as desk:
        desk.email = desk.house.join(role="owner", password=PASSWORD)
        yield desk


@pytest.fixture
def post(desk: Desk, url: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    monkeypatch.setattr(sending, "datetime", Still)
    desk.app.config["PUBLIC_URL"] = url
    with open_postbox() as (box, smtp_url):
        facts = {"HOME": str(tmp_path), "PUBLIC_URL": url, "SECRET_KEY": SETTINGS.secret_key, "SMTP_URL": smtp_url}
        for name, value in facts.items():
            monkeypatch.setenv(f"CARNET_{name}", value)
        yield Post(desk, box)


@pytest.fixture
def open_stranger(chromium: Browser, url: str) -> Iterator[Callable[..., Page]]:
    """A browser that nobody has signed in with; keyword arguments are the context's."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(**circumstances: object) -> Page:
        context = chromium.new_context(**(FRENCH | circumstances), base_url=url)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5000)
        page.on("console", lambda message: complain(complaints, message.type, message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_one
    close(contexts)
    assert complaints == []


def fresh_email() -> str:
    return f"{uuid4()}@exemple.fr"


def path(page: Page) -> str:
    return urlsplit(page.url).path


def button(page: Page, name: str) -> Any:
    return page.locator("main").get_by_role("button", name=name)


# From nothing


@pytest.mark.parametrize("width", [1440, 390])
def test_an_agenda_from_nothing_takes_five_screens_and_three_fields(
    open_stranger: Callable[..., Page], post: Post, desk: Desk, width: int
):
    page, email = open_stranger(viewport={"width": width, "height": 900}), fresh_email()
    typed, screens = 0, []

    def fill(label: str, words: str) -> None:
        nonlocal typed
        typed += 1
        page.get_by_label(label).fill(words)

    page.on("framenavigated", lambda frame: screens.append(urlsplit(frame.url).path))
    page.goto("/sign-in")
    page.get_by_role("link", name="Ouvrir une organisation").click()
    fill("Votre nom", "Marie Delorme")
    fill("E-mail", email)
    button(page, "Envoyer le lien").click()
    expect(page.get_by_role("heading")).to_have_text("Regardez votre messagerie")
    page.goto(post.link_for(email))
    button(page, "Me connecter").click()
    fill("Nom, tel que les clients le connaissent", "Salon Marie")
    page.get_by_label("Activité").select_option("Coiffeur, barbier")
    button(page, "Créer l’organisation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Salon Marie : c’est ouvert")
    page.get_by_role("link", name="Vers l’agenda").click()
    expect(page.locator(".head b")).to_have_text("Marie Delorme")
    assert typed == 3
    # The sign-in page, where everybody arrives, and the agenda, where they wanted to be, stand around the five.
    assert [shorter(each) for each in screens[1:]] == [
        "/sign-up",
        "/sign-up",
        "/sign-in/link",
        "/sign-up/organisation",
        "/settings/first-steps",
        "/agenda",
    ]
    # From nine to seven: before and after, the column is closed.
    assert page.locator(".closed-time").count() <= 2
    assert memberships(desk.house.store, person_of(desk.house.store, email))[0].role == "owner"


def shorter(place: str) -> str:
    """Without what is different each time."""
    for known in ("/sign-in/link", "/agenda"):
        if place.startswith(known):
            return known
    return place


def test_a_first_appointment_with_a_first_client(open_stranger: Callable[..., Page], post: Post, desk: Desk):
    page = opened(open_stranger(), post)
    page.goto("/")
    page.locator(".column").click(position={"x": 80, "y": 400})
    page.get_by_text("Nouveau client").click()
    page.get_by_placeholder("Prénom").fill("Léa")
    page.get_by_placeholder("Nom", exact=True).fill("Petit")
    page.get_by_role("button", name="Ouvrir la fiche").click()
    page.locator("#pick-services").get_by_role("button", name="Coupe femme").click()
    expect(page.locator("[data-toast]")).to_contain_text("Rendez-vous créé, Léa Petit")
    page.goto("/settings")
    expect(page.locator(".steps .done")).to_have_count(4)


def opened(page: Page, post: Post) -> Page:
    """An organisation of somebody's own, from nothing."""
    email = fresh_email()
    page.goto("/sign-up")
    page.get_by_label("Votre nom").fill("Marie Delorme")
    page.get_by_label("E-mail").fill(email)
    button(page, "Envoyer le lien").click()
    page.goto(post.link_for(email))
    button(page, "Me connecter").click()
    page.get_by_label("Nom, tel que les clients le connaissent").fill("Salon Marie")
    button(page, "Créer l’organisation").click()
    page.wait_for_url("**/first-steps")
    return page


def test_signing_up_needs_no_mouse(open_stranger: Callable[..., Page], post: Post):
    page, email = open_stranger(), fresh_email()
    page.goto("/sign-up")
    for words in ("Marie Delorme", email):
        page.keyboard.type(words)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading")).to_have_text("Regardez votre messagerie")
    page.goto(post.link_for(email))
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-up/organisation")
    page.keyboard.type("Salon Marie")
    page.keyboard.press("Enter")
    page.wait_for_url("**/first-steps")


# The team


def test_a_practitioner_joins_by_a_letter_and_a_secretary_by_a_link(
    open_page: Callable[..., Page], open_stranger: Callable[..., Page], post: Post, desk: Desk
):
    owner, letter = open_page("/settings/team"), fresh_email()
    owner.get_by_role("radio", name="Praticien").check()
    owner.get_by_label("E-mail, pour l’envoyer").fill(letter)
    button(owner, "Créer l’invitation").click()
    expect(owner.locator("[data-toast]")).to_contain_text(f"Invitation envoyée à {letter}.")
    join_anew(open_stranger(), post, letter)
    desk.house.read_on()
    owner.goto("/agenda/2026-11-24")
    expect(owner.locator(".head b")).to_have_text(["Claire Moreau", "Karim Benali", "Léa Fontaine"])
    owner.goto("/settings/team")
    button(owner, "Créer l’invitation").click()
    join_known(open_stranger(viewport={"width": 390, "height": 844}), desk, owner.locator("#link").input_value())
    joined = {one.name: one.role for one in team(desk.house.store, desk.house.id)}
    assert joined == {"Sonia Marchetti": "owner", "Léa Fontaine": "practitioner", "Thomas Girard": "secretary"}


def join_anew(page: Page, post: Post, email: str) -> None:
    """Somebody without an account: the letter's link, their name, and a letter that proves the address."""
    page.goto(post.link_for(email))
    expect(page.get_by_role("heading")).to_have_text("Rejoindre Les Tilleuls")
    page.get_by_label("Votre nom").fill("Léa Fontaine")
    expect(page.get_by_label("E-mail")).to_have_value(email)
    button(page, "Envoyer le lien").click()
    page.goto(post.link_for(email))
    button(page, "Me connecter").click()
    button(page, "Rejoindre en tant que Léa Fontaine").click()
    page.wait_for_url("**/agenda/**")
    expect(page.locator("[data-toast]")).to_contain_text("Bienvenue dans l’équipe de Les Tilleuls.")


def join_known(page: Page, desk: Desk, link: str) -> None:
    email = fresh_email()
    desk.house.person("Thomas Girard", email, PASSWORD)
    page.goto(link)
    page.get_by_role("link", name="J’ai déjà un compte").click()
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.click("main form button.primary")
    button(page, "Rejoindre en tant que Thomas Girard").click()
    page.wait_for_url("**/agenda/**")


def test_an_invitation_is_made_copied_and_taken_back_by_keys(open_page: Callable[..., Page], desk: Desk):
    page = open_page("/settings/team", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("link", name="Inviter", exact=True).press("Enter")
    page.get_by_label("E-mail, pour l’envoyer").press("Enter")
    page.wait_for_url("**/invitations/*")
    copying = button(page, "Copier le lien")
    copying.press("Enter")
    expect(button(page, "Lien copié")).to_be_focused()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#link").input_value()
    button(page, "Retirer").press("Enter")
    expect(page.locator("[data-toast]")).to_contain_text("Invitation retirée.")
    expect(page.locator(".tokens .ended")).to_have_count(1)


def test_without_scripts_an_invitation_shows_its_link_and_its_square(open_page: Callable[..., Page]):
    page = open_page("/settings/team", java_script_enabled=False)
    button(page, "Créer l’invitation").click()
    assert page.locator("#link").input_value().partition("/join/")[2]
    assert page.locator(".drawn svg").is_visible()
    assert page.locator("[data-copy], [data-print]").evaluate_all("all => all.every((one) => one.hidden)")


@pytest.fixture
def karim(desk: Desk) -> str:
    """A secretary's address; their name in the team is Karim Benali."""
    email = fresh_email()
    desk.house.hire("secretary", email, "Karim Benali")
    return email


def test_a_changed_role_and_a_right_taken_hold_from_the_next_click(
    open_page: Callable[..., Page], open_stranger: Callable[..., Page], desk: Desk, karim: str
):
    owner, member = open_page("/settings/team"), open_stranger()
    sign_in(member, karim)
    expect(member.get_by_role("link", name="Rendez-vous", exact=True)).to_be_visible()
    owner.get_by_role("link", name="Karim Benali").click()
    owner.get_by_label("Consultation seule").check()
    button(owner, "Enregistrer le rôle").click()
    expect(owner.locator("[data-toast]")).to_contain_text("Rôle modifié, dès son prochain clic.")
    member.get_by_role("link", name="Agenda", exact=True).click()
    expect(member.get_by_role("link", name="Rendez-vous", exact=True)).to_have_count(0)
    owner.get_by_label("Lit l’historique de toute la maison").uncheck()
    button(owner, "Enregistrer les droits").click()
    expect(owner.locator("[data-toast]")).to_contain_text("Droits modifiés")
    member.get_by_role("link", name="Historique").click()
    expect(member.get_by_role("heading")).to_have_text("Accès réservé")
    member.goto("/account")
    expect(member.get_by_role("heading", level=1)).to_have_text("Mon compte")


def test_somebody_in_two_houses_changes_without_signing_out(open_stranger: Callable[..., Page], desk: Desk, karim: str):
    other = House(desk.house.store)
    other.join(fresh_email())
    let_look_on(desk, other, karim)
    desk.house.read_on()
    page = open_stranger()
    page.goto("/sign-in")
    page.fill("#email", karim)
    page.fill("#password", PASSWORD)
    page.click("main form button.primary")
    page.get_by_role("button", name="Les Tilleuls Consultation seule").click()
    page.wait_for_url("**/agenda/**")
    page.locator(".account summary").click()
    page.get_by_role("link", name="Changer d’organisation").click()
    page.get_by_role("button", name="Les Tilleuls Secrétariat").click()
    page.wait_for_url("**/agenda/**")
    expect(page.locator(f'.column[data-resource="{desk.house.claire}"]')).to_have_count(1)


def let_look_on(desk: Desk, other: House, email: str) -> None:
    """The same person looks on in the other house."""
    person_id = person_of(desk.house.store, email)
    facts = {"person_id": person_id, "name": "Karim Benali", "email": email, "role": "viewer"}
    add_member(desk.house.store, uuid4(), **facts, by=other.by())


# In another's place


def test_whoever_acts_for_a_colleague_is_named_with_them(open_page: Callable[..., Page], desk: Desk, karim: str):
    client = desk.house.client("Léa", "Petit")
    desk.house.book(at(16), client_id=client)
    desk.house.read_on()
    page = open_page("/settings/team")
    page.get_by_role("link", name="Karim Benali").click()
    button(page, "Agir en son nom").click()
    expect(page.locator(".bar-over")).to_contain_text("Vous agissez pour Karim Benali.")
    page.goto("/agenda/2026-11-24")
    page.locator(".visit").click()
    page.get_by_text("Annuler…").click()
    page.get_by_role("button", name="Annuler le rendez-vous").click()
    expect(page.locator("#panel .timeline")).to_contain_text("Karim Benali")
    desk.house.read_on()
    page.goto("/history")
    expect(page.locator(".past .action").first).to_contain_text("Sonia Marchetti")
    expect(page.locator(".past .action").first).to_contain_text("Karim Benali")
    page.locator(".bar-over").get_by_role("button", name="Arrêter").click()
    expect(page.locator(".bar-over")).to_have_count(0)


def test_whoever_sees_as_another_changes_nothing_and_comes_back(open_page: Callable[..., Page], desk: Desk, karim: str):
    page = open_page("/settings/team")
    page.get_by_role("link", name="Karim Benali").click()
    button(page, "Voir comme Karim Benali").click()
    expect(page.locator(".bar-over")).to_contain_text("Vous voyez ce que voit Karim Benali")
    expect(page.get_by_role("link", name="Rendez-vous", exact=True)).to_have_count(0)
    expect(page.get_by_role("link", name="Réglages")).to_have_count(0)
    page.locator(".bar-over").get_by_role("button", name="Revenir à ma vue").click()
    expect(page.get_by_role("link", name="Réglages")).to_be_visible()


def test_nothing_runs_over_the_edge(open_page: Callable[..., Page], desk: Desk, karim: str):
    page = open_page("/settings/team")
    button(page, "Créer l’invitation").click()
    page.wait_for_url("**/invitations/*")
    wide = too_wide(page, path(page), urlsplit(page.locator("#link").input_value()).path)
    names = ("", "/first-steps", "/organisation", "/places", "/plan", "/team", "/access")
    wide += too_wide(page, *(f"/settings{name}" for name in names), f"/settings/team/{desk.house.member_id}")
    assert wide + too_wide(page, "/support/health", "/organisations", "/sign-up/organisation") == []


def too_wide(page: Page, *places: str) -> list[tuple[str, int]]:
    found = []
    for place in places:
        page.goto(place)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            found += [(place, width)] if page.evaluate(OVER) else []
    return found
