"""Beginning, as pages answer it: signing up, an organisation and its trade, invitations, plans, places, first steps."""

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from msgspec.structs import replace
from werkzeug.test import Client, TestResponse

from accounts.organisation import Organisation
from accounts.people import links, passwords
from accounts.people.queries import memberships, person_of
from accounts.place import Place
from accounts.queries import organisations
from accounts.rights import rights_of
from accounts.sealing import seal
from accounts.team import commands as team
from accounts.team.queries import invitations
from accounts.team.queries import team as team_of
from agenda.queries import find_slots, resources, services
from agenda.wanted import Wanted
from clients.commands import create_client
from kernel.store import listed
from starting.queries import steps
from starting.trades import TRADES
from tests.browser.visitor import MOMENT, PASSWORD, Desk, open_desk, words
from tests.late import SETTINGS
from tests.story import NOW, PARIS, at
from tests.watching import counted
from web import visit

FORM = {"name": "Salon Marie", "trade": "hair", "country": "FR", "zone": "Europe/Paris", "receives": "1"}
ATLANTIS = [{"trade": "astrology"}, {"zone": "Europe/Atlantis"}, {"country": "AT-LANTIS"}]
WEDNESDAY = at(0, days=1).astimezone(PARIS).date()
SOON = MOMENT + timedelta(hours=1)
LATER = MOMENT + timedelta(days=7)


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened


@pytest.fixture
def marie(desk: Desk) -> UUID:
    """Signed in at the desk's browser, and in no organisation yet."""
    return newcomer(desk, desk.visitor)


@pytest.fixture
def owner(desk: Desk) -> Desk:
    return desk.enter("owner")


def newcomer(desk: Desk, browser: Client, name: str = "Marie Delorme") -> UUID:
    email = f"{uuid4()}@exemple.fr"
    id = desk.house.person(name, email, PASSWORD)
    browser.post("/sign-in", data={"email": email, "password": PASSWORD})
    return id


def opened(desk: Desk, **fields: str) -> TestResponse:
    """The answer to the form that opens an organisation."""
    return desk.visitor.post("/sign-up/organisation", data=FORM | {"key": str(uuid4())} | fields)


def houses_of(desk: Desk, person_id: UUID) -> list[UUID]:
    return [one.organisation_id for one in memberships(desk.house.store, person_id)]


def invited(desk: Desk, **facts: object) -> str:
    """The path of an invitation's link."""
    id = uuid4()
    by = desk.house.by(actor="setup/test", at=facts.pop("at", MOMENT))
    team.make_invitation(desk.house.store, id, **({"role": "secretary", "expires_at": LATER} | facts), by=by)
    return f"/join/{seal(SETTINGS.secret_key, 'join', desk.house.id, id)}"


# Signing up


def sign_up(desk: Desk, email: str) -> TestResponse:
    return desk.app.test_client().post("/sign-up", data={"name": "Marie Delorme", "email": email})


def test_a_known_and_an_unknown_address_are_answered_alike_after_the_same_work(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    known, asked = desk.house.join(), counted(monkeypatch, psycopg.Connection, "execute")
    hashed = counted(monkeypatch, passwords, "verify")
    kept = counted(monkeypatch, passwords, "keep")
    answers = []
    for email in (known, f"{uuid4()}@exemple.fr"):
        for calls in (asked, hashed, kept):
            calls.clear()
        answer = sign_up(desk, email)
        answers.append((answer.status_code, words(answer), len(hashed), len(kept), len(asked)))
    (*first, few), (*second, many) = answers
    assert first == second
    assert first[0] == 200
    # A new account's own rows are written and taken back for the known one; only what is looked up differs.
    assert abs(few - many) <= 3


def test_signing_up_twice_makes_one_account_and_writes_two_letters(desk: Desk):
    email = f"{uuid4()}@exemple.fr"
    for _ in range(2):
        sign_up(desk, email)
    person_id = person_of(desk.house.store, email)
    with desk.house.store.reading(person_id) as db:
        assert db.execute("SELECT count(*) FROM events WHERE name = 'PersonRegistered'").fetchone() == (1,)
        assert db.execute("SELECT count(*) FROM links WHERE purpose = 'sign-in'").fetchone() == (2,)


def test_the_letter_leads_to_the_form_of_the_organisation(desk: Desk):
    email, browser = f"{uuid4()}@exemple.fr", desk.app.test_client()
    browser.post("/sign-up", data={"name": "Marie", "email": email})
    assert followed(desk, browser, email).location == "/sign-up/organisation"


def followed(desk: Desk, browser: Client, email: str) -> TestResponse:
    """The letter's link, opened and confirmed as its page says."""
    person_id = person_of(desk.house.store, email)
    with desk.house.store.reading(person_id) as db:
        (id,) = db.execute("SELECT id FROM links WHERE purpose = 'sign-in' ORDER BY asked_at DESC LIMIT 1").fetchone()
    path = links.address("", SETTINGS.secret_key, "sign-in", person_id, id)
    page = browser.get(path).get_data(as_text=True)
    onward = re.search(r'name="next" value="([^"]*)"', page)[1]
    return browser.post(path, data={"next": onward})


@pytest.mark.parametrize("fields", [{"email": "nothing"}, {"email": ""}, {"name": ""}])
def test_what_is_no_address_or_no_name_is_said(desk: Desk, fields: dict[str, str]):
    answer = desk.visitor.post("/sign-up", data={"name": "Marie", "email": "marie@exemple.fr"} | fields)
    assert answer.status_code == 422


# The organisation


def test_an_organisation_begins_with_a_trial_an_owner_and_their_column(desk: Desk, marie: UUID):
    answer = opened(desk)
    assert (answer.status_code, answer.location) == (303, "/settings/first-steps")
    (id,) = houses_of(desk, marie)
    house = desk.house.store.find(id, Organisation, id)
    assert (house.name, house.trade, house.trial_ends_at) == ("Salon Marie", "hair", MOMENT + timedelta(days=14))
    (member,) = team_of(desk.house.store, id)
    assert (member.role, member.name) == ("owner", "Marie Delorme")
    assert [one.id for one in resources(desk.house.store, id)] == [member.resource_id]
    assert "Salon Marie : c’est ouvert" in desk.text("/settings/first-steps")


def test_somebody_who_receives_nobody_has_services_and_no_column(desk: Desk, marie: UUID):
    opened(desk, receives="")
    (id,) = houses_of(desk, marie)
    assert resources(desk.house.store, id) == []
    assert len(services(desk.house.store, id)) == len(TRADES["hair"].offers)


def test_the_form_sent_twice_opens_one_organisation(desk: Desk, marie: UUID):
    key = str(uuid4())
    first, second = opened(desk, key=key), opened(desk, key=key)
    assert (first.status_code, second.status_code) == (303, 303)
    assert len(houses_of(desk, marie)) == 1
    opened(desk)
    assert len(houses_of(desk, marie)) == 2


@pytest.mark.parametrize("fields", [*({name: ""} for name in FORM if name != "receives"), {"key": ""}, *ATLANTIS])
def test_what_is_offered_nowhere_is_refused_with_a_page(desk: Desk, marie: UUID, fields: dict[str, str]):
    answer = opened(desk, **fields)
    assert answer.status_code == 422
    assert "Il manque quelque chose" in words(answer)
    assert houses_of(desk, marie) == []


def test_nobody_opens_an_organisation_unless_signed_in(desk: Desk):
    before = len(organisations(desk.house.store))
    assert opened(desk).location.startswith("/sign-in")
    assert len(organisations(desk.house.store)) == before


@pytest.mark.parametrize(
    ("languages", "country"), [("fr-BE,fr;q=0.9", "BE"), ("fr", "FR"), ("zz-ZZ", "FR"), ("de-CH", "CH")]
)
def test_the_country_is_guessed_from_what_the_browser_says(desk: Desk, marie: UUID, languages: str, country: str):
    page = desk.visitor.get("/sign-up/organisation", headers={"Accept-Language": languages}).get_data(as_text=True)
    assert f'<option value="{country}" selected>' in page


@pytest.mark.parametrize("trade", TRADES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_trade_begins_with_services_that_can_really_be_booked(desk: Desk, marie: UUID, trade: str, language: str):
    """On the story's Wednesday, which every trade works."""
    with desk.house.store.reading(marie) as db:
        db.execute("UPDATE people SET language = %s WHERE is_current", (language,))
    opened(desk, trade=trade)
    (id,) = houses_of(desk, marie)
    (column,) = resources(desk.house.store, id)
    offered = services(desk.house.store, id)
    assert {one.name for one in offered} == {each.names[language] for each in TRADES[trade].offers}
    for one in offered:
        slots = find_slots(desk.house.store, id, [Wanted(one.id)], WEDNESDAY, WEDNESDAY, MOMENT, for_staff=False)
        assert slots, one.name
        assert all(slot.resource_ids == [[column.id]] for slot in slots)


# Invitations


def test_whoever_follows_an_invitation_is_in_the_team_and_in_the_agenda(desk: Desk, owner: Desk):
    browser, path = desk.app.test_client(), invited(desk, role="practitioner")
    newcomer(desk, browser)
    assert browser.get(path).status_code == 200
    assert browser.post(path).location == "/"
    member = next(one for one in team_of(desk.house.store, desk.house.id) if one.name == "Marie Delorme")
    names = {one.id: one.name for one in resources(desk.house.store, desk.house.id)}
    assert (member.role, names[member.resource_id]) == ("practitioner", "Marie Delorme")
    assert browser.get("/settings/team").status_code == 403


def test_somebody_without_an_account_is_back_at_the_invitation_after_the_letter(desk: Desk, owner: Desk):
    browser, path, email = desk.app.test_client(), invited(desk), f"{uuid4()}@exemple.fr"
    browser.get(path)
    assert browser.post(f"{path}/letter", data={"name": "Karim", "email": email}).status_code == 200
    assert followed(desk, browser, email).location == path
    browser.post(path)
    assert [one.email for one in team_of(desk.house.store, desk.house.id)].count(email) == 1


def test_somebody_with_an_account_signs_in_and_is_back_at_the_invitation(desk: Desk, owner: Desk):
    browser, path = desk.app.test_client(), invited(desk)
    email = f"{uuid4()}@exemple.fr"
    desk.house.person("Karim", email, PASSWORD)
    browser.get(path)
    answer = browser.post("/sign-in", data={"email": email, "password": PASSWORD, "next": path})
    assert answer.location == path


@pytest.mark.parametrize("why", ["used", "revoked", "expired"])
def test_an_invitation_that_is_over_says_so_and_lets_nobody_in(
    desk: Desk, owner: Desk, why: str, monkeypatch: pytest.MonkeyPatch
):
    browser, path = desk.app.test_client(), invited(desk, expires_at=SOON)
    person_id = newcomer(desk, browser)
    end(desk, path, why, monkeypatch)
    look = browser.get(path)
    assert look.status_code == 410
    assert "Cette invitation ne fait plus entrer personne." in words(look)
    assert "<form" not in look.get_data(as_text=True)
    assert browser.post(path).status_code == 410
    assert houses_of(desk, person_id) == []


def end(desk: Desk, path: str, why: str, patch: pytest.MonkeyPatch) -> None:
    if why == "used":
        other = desk.app.test_client()
        newcomer(desk, other)
        other.post(path)
    if why == "revoked":
        (id,) = {one.id for one in invitations(desk.house.store, desk.house.id, MOMENT)}
        team.revoke_invitation(desk.house.store, id, by=desk.house.by())
    if why == "expired":
        patch.setattr(visit, "now", lambda: SOON)


@pytest.mark.parametrize("deed", ["look", "join", "letter"])
def test_a_link_that_we_did_not_seal_is_no_page(desk: Desk, marie: UUID, deed: str):
    invited(desk)
    (one,) = invitations(desk.house.store, desk.house.id, MOMENT)
    sealed = [("another key", "join", one.id), (SETTINGS.secret_key, "sign-in", one.id)]
    sealed += [(SETTINGS.secret_key, "join", uuid4())]
    for path in [f"/join/{seal(key, what, desk.house.id, id)}" for key, what, id in sealed] + ["/join/nothing"]:
        assert answer_to(desk.visitor, path, deed).status_code == 404


def answer_to(browser: Client, path: str, deed: str) -> TestResponse:
    if deed == "look":
        return browser.get(path)
    to = f"{path}/letter" if deed == "letter" else path
    return browser.post(to, data={"name": "Marie", "email": "marie@exemple.fr"})


def test_whoever_joins_twice_is_told_that_they_are_in_already(desk: Desk, owner: Desk):
    browser, path = desk.app.test_client(), invited(desk, uses=5)
    person_id = newcomer(desk, browser)
    browser.post(path)
    other = invited(desk)
    assert "Vous faites déjà partie de cette équipe." in words(browser.get(other))
    again = browser.post(other)
    assert again.status_code == 409
    assert "fait déjà partie de l’équipe" in words(again)
    assert houses_of(desk, person_id) == [desk.house.id]


def test_nobody_joins_unless_signed_in(desk: Desk, owner: Desk):
    assert desk.app.test_client().post(invited(desk)).location.startswith("/sign-in")


def test_a_house_whose_plan_is_full_says_so_to_whoever_would_join(desk: Desk, marie: UUID):
    opened(desk)
    desk.post("/settings/plan", plan="solo", key=str(uuid4()))
    (id,) = houses_of(desk, marie)
    desk.house.id = id
    browser = desk.app.test_client()
    person_id = newcomer(desk, browser, "Karim")
    answer = browser.post(invited(desk))
    assert answer.status_code == 422
    assert "L’équipe est au complet" in words(answer)
    assert houses_of(desk, person_id) == []


# How the house stands


def test_a_trial_that_is_over_lets_look_and_a_plan_lets_go_on(desk: Desk, marie: UUID, monkeypatch: pytest.MonkeyPatch):
    opened(desk)
    monkeypatch.setattr(visit, "now", lambda: MOMENT + timedelta(days=15))
    desk.sign_in(person_email(desk, marie))
    assert "L’essai de Salon Marie est terminé." in desk.text("/settings")
    refused = desk.post("/settings/places", name="Annexe", country="FR", zone="Europe/Paris")
    assert refused.status_code == 403
    assert "L’essai" in words(refused)
    assert "Terminé depuis le mar. 8 déc." in desk.text("/settings/plan")
    desk.post("/settings/plan", plan="team", key=str(uuid4()))
    assert "L’essai de Salon Marie est terminé." not in desk.text("/settings")
    assert desk.post("/settings/places", name="Annexe", country="FR", zone="Europe/Paris").status_code == 303


def person_email(desk: Desk, person_id: UUID) -> str:
    with desk.house.store.reading(person_id) as db:
        return db.execute("SELECT email FROM people WHERE is_current").fetchone()[0]


def test_a_house_that_is_closed_is_opened_again_as_it_was(desk: Desk, owner: Desk):
    desk.post("/settings/plan/close", key=str(uuid4()), reason="Retraite")
    assert "est fermée." in desk.text("/settings")
    assert desk.post("/settings/places", name="Annexe", country="FR", zone="Europe/Paris").status_code == 403
    desk.post("/settings/plan/reopen")
    assert "est fermée." not in desk.text("/settings")
    assert desk.post("/settings/places", name="Annexe", country="FR", zone="Europe/Paris").status_code == 303


# What is set


HOUSE = {"name": "Les Tilleuls", "country": "FR", "zone": "Europe/Paris", "language": "fr", "currency": "EUR"}


def test_a_presentation_keeps_its_simple_tags_and_loses_its_scripts(desk: Desk, owner: Desk):
    said = '<b>Bonjour</b><script>alert(1)</script><a href="javascript:alert(2)" onclick="x()">ici</a><img src=x>'
    assert desk.post("/settings/organisation", **HOUSE, presentation=said).status_code == 303
    page = desk.get("/settings/organisation").get_data(as_text=True)
    shown = page.partition('class="whole presented"')[2].partition("</div>")[0]
    assert "<b>Bonjour</b>" in shown
    for word in ("<script", "javascript:", "onclick", "<img", "alert(1)"):
        assert word not in shown
    assert "&lt;script&gt;" in page.partition("<textarea")[2].partition("</textarea>")[0]


def test_places_are_added_and_changed(desk: Desk, owner: Desk):
    desk.post("/settings/places", name="Annexe", address="3 rue des Lilas", country="BE", zone="Europe/Brussels")
    known = {one.name: one for one in all_places(desk)}
    annexe = known["Annexe"]
    assert (annexe.address, annexe.country, annexe.zone) == ("3 rue des Lilas", "BE", "Europe/Brussels")
    change_place(desk, annexe.id, annexe.version, name="Annexe nord")
    assert {one.name for one in all_places(desk)} == {"Les Tilleuls", "Annexe nord"}
    assert "Annexe nord" in desk.get("/settings/places").get_data(as_text=True)


def all_places(desk: Desk) -> list[Place]:
    with desk.house.store.reading(desk.house.id) as db:
        return listed(db, Place)


def change_place(desk: Desk, id: UUID, version: int, **fields: str) -> TestResponse:
    facts = {"name": "Annexe", "address": "", "country": "FR", "zone": "Europe/Paris"}
    return desk.post(f"/settings/places/{id}", **facts | fields, expected_version=version)


def test_of_two_who_change_one_place_the_second_is_told(desk: Desk, owner: Desk):
    (place,) = all_places(desk)
    assert change_place(desk, place.id, place.version, name="Première").status_code == 303
    second = change_place(desk, place.id, place.version, name="Seconde")
    assert second.status_code == 409
    assert all_places(desk)[0].name == "Première"


def test_a_place_of_another_house_is_not_there(desk: Desk, owner: Desk):
    assert change_place(desk, uuid4(), 0).status_code == 404


def test_first_steps_are_done_as_they_are_done(desk: Desk, marie: UUID):
    opened(desk)
    (id,) = houses_of(desk, marie)

    def left() -> set[str]:
        desk.house.read_on()
        return {step.name for step in steps(desk.house.store, id) if not step.is_done}

    assert left() == {"address", "presentation", "team", "appointment"}
    place = replaced(desk, id)
    change_place(desk, place.id, place.version, address="12 rue Vendôme, Lyon")
    desk.post("/settings/organisation", **HOUSE | {"name": "Salon Marie"}, presentation="Bonjour")
    desk.post("/settings/team/invitations", role="secretary", days="7", uses="1")
    assert left() == {"appointment"}
    assert "6 / 7" in desk.text("/settings")
    one, column = services(desk.house.store, id)[0], resources(desk.house.store, id)[0]
    facts = {"id": uuid4(), "key": uuid4(), "service_id": one.id, "resource_id": column.id}
    desk.post("/appointments", **facts, starts_at="2026-11-25T10:00:00Z", client_id=client_of(desk, id))
    assert left() == set()
    assert "Ce qu’il reste à régler" not in desk.text("/settings")


def replaced(desk: Desk, id: UUID) -> Place:
    """The story's house is the new one from now on."""
    desk.house.id = id
    return all_places(desk)[0]


def client_of(desk: Desk, id: UUID) -> UUID:
    client_id = uuid4()
    by = replace(desk.house.by(may=rights_of("owner"), at=NOW), organisation_id=id)
    create_client(desk.house.store, client_id, {"first_name": "Léa", "last_name": "Petit"}, by=by)
    return client_id
