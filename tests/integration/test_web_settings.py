"""What owners and managers set: tokens that are shown once, webhooks that are paused, replayed and ended."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from babel.messages.pofile import read_po

import web
from booking.commands import cancel_appointment
from tests.api.program import Program
from tests.browser.visitor import Desk, open_desk, words
from tests.story import House, at
from webhooks.commands import stop_subscription
from webhooks.queries import subscriptions

ADDRESS = "https://exemple.fr/crochet"
TEMPLATES = Path(web.__file__).parent / "templates" / "settings"
TRANSLATIONS = Path(web.__file__).parent / "translations"
POSTS = ("/settings/tokens", "/settings/tokens/{id}/revoke", "/settings/webhooks", "/settings/webhooks/{id}")
POSTS += tuple(f"/settings/webhooks/{{id}}/{deed}" for deed in ("pause", "replay", "secret", "secret/end", "end"))
PAGES = ("/settings", "/settings/tokens", "/settings/webhooks")


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened


@pytest.fixture
def owner(desk: Desk) -> Desk:
    return desk.enter("owner")


def secret_on(page: str) -> str:
    return unescape(re.search(r'id="secret" value="([^"]+)"', page)[1])


def issue(desk: Desk, **fields: object) -> str:
    facts = {"name": "Site de réservation", "scope": ["settings:read"], "days": "30", "per_minute": "60"}
    answer = desk.post("/settings/tokens", **facts | fields)
    assert answer.status_code == 200, words(answer)
    return secret_on(answer.text)


def opens(desk: Desk, secret: str) -> int:
    asked = {"Authorization": f"Bearer {secret}"}
    return desk.app.test_client().get("/api/v1/organisation", headers=asked).status_code


def revoke_paths(desk: Desk) -> list[str]:
    return re.findall(r'action="(/settings/tokens/[^"]+/revoke)"', desk.get("/settings/tokens").text)


def subscribe(desk: Desk, **fields: str) -> UUID:
    before = {each.id for each in subscriptions(desk.house.store, desk.house.id)}
    answer = desk.post("/settings/webhooks", **{"url": ADDRESS} | fields)
    assert answer.status_code == 200, words(answer)
    (made,) = {each.id for each in subscriptions(desk.house.store, desk.house.id)} - before
    return made


def standing(desk: Desk) -> tuple[bool, bool]:
    (card,) = subscriptions(desk.house.store, desk.house.id)
    return card.is_paused, card.is_over


# Tokens


def test_a_token_is_shown_once_opens_what_it_may_and_stands_in_the_list(owner: Desk):
    assert "Aucun programme n’a encore de jeton." in owner.text("/settings/tokens")
    secret = issue(owner)
    assert opens(owner, secret) == 200
    listed = owner.get("/settings/tokens")
    assert secret not in listed.text
    assert secret.removeprefix("carnet_")[43:] not in listed.text
    assert "Site de réservation settings:read" in words(listed)
    assert "60 demandes par minute" in words(listed)


def test_a_revoked_token_opens_nothing_and_says_so(owner: Desk):
    secret, kept = issue(owner), issue(owner, name="Autre")
    assert opens(owner, secret) == 200
    paths = revoke_paths(owner)
    assert len(paths) == 2
    told = owner.visitor.post(paths[1], follow_redirects=True)
    assert "Jeton révoqué. Il n’ouvre plus rien." in words(told)
    assert "Révoqué" in owner.text("/settings/tokens")
    assert revoke_paths(owner) == [paths[0]]
    assert sorted(opens(owner, one) for one in (secret, kept)) == [200, 401]
    assert owner.visitor.post(paths[1]).status_code == 303


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"scope": []}, "Un jeton doit avoir au moins un droit"),
        ({"scope": ["everything"]}, "Un jeton doit avoir au moins un droit"),
        ({"per_minute": "0"}, "Un jeton fait entre 1 et 100 000 demandes par minute."),
        ({"per_minute": "100001"}, "Un jeton fait entre 1 et 100 000 demandes par minute."),
        ({"per_minute": "beaucoup"}, "Il manque quelque chose, ou la saisie est illisible"),
        ({"days": "-1"}, "Il manque quelque chose, ou la saisie est illisible"),
        ({"name": ""}, "Il manque quelque chose, ou la saisie est illisible"),
        ({"name": "x" * 300}, "Il manque quelque chose, ou la saisie est illisible"),
    ],
)
def test_what_is_no_token_is_refused_with_a_sentence(owner: Desk, fields: dict, sentence: str):
    facts = {"name": "Site", "scope": ["settings:read"], "days": "30", "per_minute": "60"}
    answer = owner.post("/settings/tokens", **facts | fields)
    assert (answer.status_code, sentence in words(answer)) == (422, True), words(answer)
    assert "carnet_" not in answer.text
    assert "Aucun programme n’a encore de jeton." in owner.text("/settings/tokens")


def test_without_days_a_token_lasts_until_it_is_revoked(owner: Desk):
    issue(owner, days="")
    assert "Jusqu’à révocation" in owner.text("/settings/tokens")


# Webhooks


def test_a_webhook_shows_its_secret_once_and_a_new_one_is_another(owner: Desk):
    answer = owner.post("/settings/webhooks", url=ADDRESS, names="AppointmentBooked,AppointmentCancelled")
    secret = secret_on(answer.text)
    (card,) = subscriptions(owner.house.store, owner.house.id)
    assert card.names == ["AppointmentBooked", "AppointmentCancelled"]
    assert secret.startswith("whsec_")
    for path in ("/settings/webhooks", f"/settings/webhooks/{card.id}"):
        assert secret not in owner.get(path).text
    other = secret_on(owner.post(f"/settings/webhooks/{card.id}/secret").text)
    assert other != secret


def test_a_webhook_is_paused_goes_on_and_ends(owner: Desk):
    id = subscribe(owner)
    said = [words(owner.visitor.post(f"/settings/webhooks/{id}/pause", follow_redirects=True)) for _ in range(2)]
    assert "En pause. Ce qui se passe est gardé et envoyé ensuite." in said[0]
    assert "Il reprend." in said[1]
    assert standing(owner) == (False, False)
    ended = owner.visitor.post(f"/settings/webhooks/{id}/end", follow_redirects=True)
    assert "Webhook terminé. Plus rien n’est envoyé." in words(ended)
    assert standing(owner) == (False, True)
    page = owner.get(f"/settings/webhooks/{id}")
    assert "<form" not in page.text.partition('<main id="main">')[2].partition("</main>")[0]
    for deed in ("pause", "replay", "secret"):
        refused = owner.post(f"/settings/webhooks/{id}/{deed}", after="0")
        assert (refused.status_code, "Cet abonnement est terminé" in words(refused)) == (409, True)


def test_an_old_secret_is_ended_by_a_button_that_is_there_while_it_signs(owner: Desk):
    id = subscribe(owner)
    button = f'action="/settings/webhooks/{id}/secret/end"'
    assert button not in owner.get(f"/settings/webhooks/{id}").text
    owner.post(f"/settings/webhooks/{id}/secret")
    assert button in owner.get(f"/settings/webhooks/{id}").text
    ended = owner.visitor.post(f"/settings/webhooks/{id}/secret/end", follow_redirects=True)
    assert "Seul le nouveau secret est encore valable." in words(ended)
    assert button not in ended.text


def test_a_webhook_that_was_stopped_says_why_and_goes_on_by_its_button(owner: Desk):
    id = subscribe(owner)
    stop_subscription(owner.house.store, id, "gone", by=owner.house.by())
    for path in ("/settings/webhooks", f"/settings/webhooks/{id}"):
        assert "le destinataire a répondu qu’il n’existe plus (410)" in owner.text(path)
    owner.post(f"/settings/webhooks/{id}/pause")
    assert "n’existe plus" not in owner.text(f"/settings/webhooks/{id}")


def test_what_waits_is_listed_and_sent_again_from_a_position(owner: Desk):
    id = subscribe(owner, names="AppointmentCancelled")
    cancelled = owner.house.book(at(16))
    cancel_appointment(owner.house.store, cancelled, by=owner.house.by())
    assert "AppointmentCancelled" in owner.text(f"/settings/webhooks/{id}")
    assert "1 envoi en attente" in owner.text("/settings/webhooks")
    told = owner.visitor.post(f"/settings/webhooks/{id}/replay", data={"after": "0"}, follow_redirects=True)
    assert "Tout ce qui suit cette position est renvoyé." in words(told)
    for after in ("", "-1", "hier", "9" * 30):
        assert owner.post(f"/settings/webhooks/{id}/replay", after=after).status_code == 422


def test_another_address_and_other_events_are_saved(owner: Desk):
    id = subscribe(owner)
    owner.post(f"/settings/webhooks/{id}", url="https://exemple.fr/autre", names="AppointmentMoved")
    (card,) = subscriptions(owner.house.store, owner.house.id)
    assert (card.url, card.names) == ("https://exemple.fr/autre", ["AppointmentMoved"])
    page = owner.get(f"/settings/webhooks/{id}").text
    assert 'value="https://exemple.fr/autre"' in page
    assert 'value="AppointmentMoved"' in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"url": "http://exemple.fr"}, "Un webhook s’envoie à une adresse https publique"),
        ({"url": "https://moi:secret@exemple.fr"}, "Un webhook s’envoie à une adresse https publique"),
        ({"url": "https://exemple.fr/#ancre"}, "Un webhook s’envoie à une adresse https publique"),
        ({"url": "https://"}, "Un webhook s’envoie à une adresse https publique"),
        ({"url": "https://[::1"}, "Un webhook s’envoie à une adresse https publique"),
        ({"url": "javascript:alert(1)"}, "Un webhook s’envoie à une adresse https publique"),
        ({"url": "https://exemple.fr/ espace"}, "Un webhook s’envoie à une adresse https publique"),
        ({"url": ""}, "Il manque quelque chose, ou la saisie est illisible"),
        ({"url": ADDRESS, "names": "AppointmentExploded"}, "Aucun événement ne porte ce nom."),
    ],
)
def test_what_is_no_webhook_is_refused_with_a_sentence(owner: Desk, fields: dict, sentence: str):
    answer = owner.post("/settings/webhooks", **fields)
    assert (answer.status_code, sentence in words(answer)) == (422, True), words(answer)
    id = subscribe(owner)
    answer = owner.post(f"/settings/webhooks/{id}", **fields)
    assert (answer.status_code, sentence in words(answer)) == (422, True), words(answer)
    (card,) = subscriptions(owner.house.store, owner.house.id)
    assert (card.url, card.names) == (ADDRESS, [])


# Who may


@pytest.mark.parametrize("role", ["viewer", "secretary", "practitioner"])
def test_only_owners_and_managers_enter(desk: Desk, role: str):
    token = Program(desk.house, desk.app)
    desk.enter(role)
    before = desk.house.rows("SELECT max(position) FROM events")
    for path in PAGES:
        assert desk.get(path).status_code == 403
    for path in POSTS:
        assert desk.post(path.format(id=token.token_id), url=ADDRESS, name="Site").status_code == 403
    assert desk.house.rows("SELECT max(position) FROM events") == before
    assert opens(desk, token.secret) == 200
    assert 'href="/settings"' not in desk.get("/clients").text.partition("<main")[0]


def test_managers_enter_as_owners_do(desk: Desk):
    desk.enter("manager")
    assert all(desk.get(path).status_code == 200 for path in PAGES)
    assert opens(desk, issue(desk)) == 200


def test_nobody_enters_unless_signed_in(desk: Desk):
    assert all(desk.get(path).headers["Location"].startswith("/sign-in") for path in PAGES)
    assert all(desk.post(path.format(id=uuid4())).headers["Location"].startswith("/sign-in") for path in POSTS)


def test_what_another_house_has_is_not_here(owner: Desk):
    other = Program(House(owner.house.store), owner.app)
    hook = other.post("/webhooks", {"url": ADDRESS}).json["id"]
    assert owner.post(f"/settings/tokens/{other.token_id}/revoke").status_code == 404
    assert opens(owner, other.secret) == 200
    assert owner.get(f"/settings/webhooks/{hook}").status_code == 404
    for deed in ("", "/pause", "/replay", "/secret", "/end"):
        facts = {"url": ADDRESS, "after": "0"}
        assert owner.post(f"/settings/webhooks/{hook}{deed}", **facts).status_code == 404
    assert hook not in owner.get("/settings/webhooks").text


def test_a_form_without_its_token_changes_nothing(database_url: str, monkeypatch: pytest.MonkeyPatch):
    with open_desk(database_url, monkeypatch, is_forged=True) as desk:
        desk.enter("owner")
        desk.app.config["WTF_CSRF_ENABLED"] = True
        before = desk.house.rows("SELECT max(position) FROM events")
        for path in POSTS:
            answer = desk.post(path.format(id=uuid4()), url=ADDRESS, name="Site", scope="settings:read")
            assert answer.status_code == 400
        assert desk.house.rows("SELECT max(position) FROM events") == before


# In French


def test_every_page_is_in_french(owner: Desk):
    pages = [owner.get(path) for path in PAGES]
    pages.append(owner.post("/settings/tokens", name="Site", scope=["settings:read"], per_minute="60"))
    pages.append(owner.post("/settings/webhooks", url=ADDRESS))
    (card,) = subscriptions(owner.house.store, owner.house.id)
    owner.house.book(at(15))
    pages += [owner.get(path) for path in (*PAGES, f"/settings/webhooks/{card.id}")]
    foreign = english()
    assert len(foreign) > 300
    for page in pages:
        assert '<html lang="fr"' in page.text
        assert [said for said in foreign if re.search(rf"\b{re.escape(said)}\b", words(page))] == []


def english() -> set[str]:
    """The keys of the catalogue where French says something else: all phrases, and the words of these templates."""
    with (TRANSLATIONS / "fr" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file)
    keys = {each.id: each.string for each in catalogue if isinstance(each.id, str) and len(each.id) > 3}
    here = set(re.findall(r'_\(["\']([^"\'%]+)["\']', "".join(file.read_text() for file in TEMPLATES.glob("*.html"))))
    translated = {key for key, said in keys.items() if said not in ("", key) and "%" not in key}
    return {key for key in translated if " " in key or key in here}
