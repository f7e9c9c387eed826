"""The ways in: password, code, letter, a choice of houses; and that none of them tells a stranger who exists."""

import re
import statistics
import time
from collections.abc import Iterator
from html import unescape
from uuid import UUID, uuid4

import psycopg
import pytest
from werkzeug.test import Client, TestResponse

from accounts.people import links, passwords
from accounts.people.sessions import end_session
from accounts.team.commands import add_member, remove_member
from tests.browser.visitor import MOMENT, Desk, open_desk, words
from tests.late import SETTINGS
from tests.people import PASSWORD, Somebody
from tests.story import House
from tests.watching import counted
from web import visit

FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened


@pytest.fixture
def sonia(desk: Desk) -> Somebody:
    """The story's member, at the moment of the story."""
    desk.house.join()
    return belonging(desk, desk.house.person_id, f"{desk.house.id}@exemple.fr")


def belonging(desk: Desk, id: UUID, email: str) -> Somebody:
    somebody = object.__new__(Somebody)
    somebody.store, somebody.now, somebody.id, somebody.email = desk.house.store, MOMENT, id, email
    return somebody


def sign_in(visitor: Client, somebody: Somebody, password: str = PASSWORD, **more: str) -> TestResponse:
    return visitor.post("/sign-in", data={"email": somebody.email, "password": password, **more}, headers=FIREFOX)


def token(visitor: Client) -> str:
    with visitor.session_transaction() as kept:
        return kept.get("token", "")


def later(monkeypatch: pytest.MonkeyPatch, somebody: Somebody, **more: float) -> None:
    somebody.wait(**more)
    monkeypatch.setattr(visit, "now", lambda: somebody.now)


def link_of(somebody: Somebody, purpose: str, id: UUID | None = None) -> str:
    return links.address("", SETTINGS.secret_key, purpose, somebody.id, id or somebody.latest_link(purpose))


def test_a_session_of_before_signing_in_is_not_the_session_after(desk: Desk, sonia: Somebody):
    """Whatever somebody planted in the browser: the identifier is ours, new, and the old one opens nothing."""
    planted = Somebody(sonia.store, now=MOMENT).open_session()
    with desk.visitor.session_transaction() as kept:
        kept["token"], kept["left"] = planted, "by somebody"
    sign_in(desk.visitor, sonia)
    with desk.visitor.session_transaction() as kept:
        assert kept["token"] != planted
        assert "left" not in kept
    assert sonia.visitor(token(desk.visitor)).person_id == sonia.id


def test_a_made_up_session_is_nobody_s(desk: Desk, sonia: Somebody):
    with desk.visitor.session_transaction() as kept:
        kept["token"] = "carnet_" + "A" * 86
    assert desk.get("/clients").location.startswith("/sign-in")


def test_signing_in_anew_ends_the_session_before(desk: Desk, sonia: Somebody):
    sign_in(desk.visitor, sonia)
    first = token(desk.visitor)
    sign_in(desk.visitor, sonia)
    assert sonia.visitor(first) is None
    assert sonia.visitor(token(desk.visitor))


def test_the_next_person_at_the_same_computer_leaves_no_session_of_the_one_before(desk: Desk, sonia: Somebody):
    sign_in(desk.visitor, sonia)
    first = token(desk.visitor)
    sign_in(desk.visitor, Somebody(desk.house.store, now=MOMENT))
    assert sonia.visitor(first) is None


def test_a_copied_cookie_is_worth_nothing_after_signing_out(desk: Desk, sonia: Somebody):
    sign_in(desk.visitor, sonia)
    copied = desk.visitor.get_cookie("carnet").value
    desk.post("/sign-out")
    desk.visitor.set_cookie("carnet", copied)
    assert desk.get("/clients").location.startswith("/sign-in")


def test_an_answer_on_its_way_puts_no_older_session_back(desk: Desk, sonia: Somebody):
    """A page that asks every few seconds may be answered after the session went on under another secret."""
    sign_in(desk.visitor, sonia)
    desk.get("/clients")
    assert "Set-Cookie" not in desk.get("/clients").headers


def test_a_session_revoked_elsewhere_is_over_at_the_next_request(desk: Desk, sonia: Somebody):
    sign_in(desk.visitor, sonia)
    assert desk.get("/clients").status_code == 200
    end_session(sonia.store, sonia.visitor(token(desk.visitor)).session_id, by=sonia.by())
    assert desk.get("/clients").location == "/sign-in?next=/clients"


def test_whoever_is_removed_from_the_house_is_out_at_the_next_request(desk: Desk, sonia: Somebody):
    desk.house.hire("owner", f"{uuid4()}@exemple.fr", "Agnès Rochefort")
    sign_in(desk.visitor, sonia)
    assert desk.get("/clients").status_code == 200
    remove_member(sonia.store, desk.house.member_id, by=desk.house.by())
    assert desk.get("/clients").location == "/organisations"
    assert "aucune organisation" in desk.text("/organisations")


def test_a_session_is_over_after_twelve_idle_hours(desk: Desk, sonia: Somebody, monkeypatch: pytest.MonkeyPatch):
    sign_in(desk.visitor, sonia)
    later(monkeypatch, sonia, hours=12, minutes=1)
    assert desk.get("/clients").location.startswith("/sign-in")


def test_too_many_wrong_passwords_make_everybody_wait_but_the_browser_that_knows_the_account(
    desk: Desk, sonia: Somebody
):
    sign_in(desk.visitor, sonia)
    desk.post("/sign-out")
    stranger = desk.app.test_client()
    answers = [sign_in(stranger, sonia, f"wrong number {number}").status_code for number in range(8)]
    assert answers == [422] * 5 + [429] * 3
    held = sign_in(stranger, sonia)
    assert held.status_code == 429
    assert "Patientez 1 min" in words(held)
    assert sign_in(desk.visitor, sonia).status_code == 303


def test_waiting_opens_the_gate_again(desk: Desk, sonia: Somebody, monkeypatch: pytest.MonkeyPatch):
    for number in range(6):
        sign_in(desk.visitor, sonia, f"wrong number {number}")
    later(monkeypatch, sonia, seconds=2)
    assert sign_in(desk.visitor, sonia).status_code == 303


def test_after_the_password_the_code_is_asked_and_nothing_is_open_before(
    desk: Desk, sonia: Somebody, monkeypatch: pytest.MonkeyPatch
):
    sonia.turn_on_codes()
    later(monkeypatch, sonia, minutes=1)
    assert sign_in(desk.visitor, sonia, next="/clients").location == "/sign-in/code"
    before = token(desk.visitor)
    assert desk.get("/clients").location.startswith("/sign-in")
    assert desk.get("/account").location.startswith("/sign-in")
    wrong = desk.post("/sign-in/code", code="000000")
    assert (wrong.status_code, "n’est pas le bon" in words(wrong)) == (422, True)
    assert desk.post("/sign-in/code", code=sonia.code()).location == "/clients"
    assert token(desk.visitor) != before
    assert desk.get("/clients").status_code == 200


def test_a_recovery_code_opens_too(desk: Desk, sonia: Somebody, monkeypatch: pytest.MonkeyPatch):
    codes = sonia.turn_on_codes()
    sign_in(desk.visitor, sonia)
    assert desk.post("/sign-in/code", code=codes[0]).status_code == 303


def test_codes_cannot_be_guessed_one_after_the_other(desk: Desk, sonia: Somebody):
    sonia.turn_on_codes()
    sign_in(desk.visitor, sonia)
    answers = [desk.post("/sign-in/code", code=f"{number:06}").status_code for number in range(8)]
    assert answers == [422] * 5 + [429] * 3


def test_the_second_step_without_the_first_leads_to_the_door(desk: Desk):
    assert desk.get("/sign-in/code").location == "/sign-in"
    assert desk.post("/sign-in/code", code="123456").location == "/sign-in"


def test_a_letter_signs_in_by_its_button_once(desk: Desk, sonia: Somebody):
    asked = desk.post("/sign-in/link", email=sonia.email)
    assert "Regardez votre messagerie" in words(asked)
    way = link_of(sonia, "sign-in")
    for _ in range(3):
        page = desk.get(way)
        assert (page.status_code, page.headers["Referrer-Policy"]) == (200, "no-referrer")
    assert desk.post(way).location == "/"
    assert sonia.visitor(token(desk.visitor)).email == sonia.email
    over = desk.app.test_client()
    assert over.get(way).status_code == 410
    assert over.post(way).status_code == 410
    assert not token(over)
    assert sonia.state().is_email_confirmed


def test_a_letter_does_not_replace_the_second_factor(desk: Desk, sonia: Somebody):
    sonia.turn_on_codes()
    desk.post("/sign-in/link", email=sonia.email)
    assert desk.post(link_of(sonia, "sign-in")).location == "/sign-in/code"
    assert desk.get("/clients").location.startswith("/sign-in")


def test_a_letter_proves_the_box_and_not_the_person(desk: Desk, sonia: Somebody):
    desk.post("/sign-in/link", email=sonia.email)
    desk.post(link_of(sonia, "sign-in"))
    assert desk.get("/account/security").location == "/account/prove?next=/account/security"


def test_a_link_that_we_did_not_write_is_no_page(desk: Desk, sonia: Somebody):
    id = sonia.ask_link("sign-in")
    other_key = links.address("", "another key of another server, long", "sign-in", sonia.id, id)
    other_purpose = link_of(sonia, "reset", id).replace("/reset/", "/sign-in/link/")
    for way in (other_key, other_purpose, "/sign-in/link/abc", "/reset/é", "/confirm-email/" + "A" * 76):
        assert desk.get(way).status_code == 404
        assert desk.post(way, password=PASSWORD).status_code == 404


def test_a_forgotten_password_is_chosen_anew_and_signs_in(desk: Desk, sonia: Somebody):
    elsewhere = sonia.visitor(opened_elsewhere(desk, sonia))
    desk.post("/forgotten", email=sonia.email)
    way = link_of(sonia, "reset")
    assert desk.get(way).headers["Referrer-Policy"] == "no-referrer"
    weak = desk.post(way, password="sonia marchetti")
    assert (weak.status_code, "se devine vite" in words(weak)) == (422, True)
    assert desk.post(way, password="trois chevaux verts").location == "/"
    assert desk.get("/clients").status_code == 200
    assert sonia.rows("SELECT ended_at IS NOT NULL FROM sessions WHERE id = %s", elsewhere.session_id) == [(True,)]
    assert desk.get(way).status_code == 410
    assert sign_in(desk.app.test_client(), sonia, "trois chevaux verts").status_code == 303
    assert sign_in(desk.app.test_client(), sonia).status_code == 422


def opened_elsewhere(desk: Desk, somebody: Somebody) -> str:
    other = desk.app.test_client()
    sign_in(other, somebody)
    return token(other)


def test_who_belongs_to_two_houses_chooses_and_changes_without_signing_out(desk: Desk, sonia: Somebody):
    other = House(sonia.store)
    facts = {"person_id": sonia.id, "name": "Sonia", "email": sonia.email, "role": "viewer"}
    add_member(sonia.store, other.member_id, **facts, by=other.by())
    assert sign_in(desk.visitor, sonia, next="/clients").location == "/organisations"
    assert desk.get("/clients").location == "/organisations"
    first = token(desk.visitor)
    assert desk.post(f"/organisations/{other.id}").location == "/clients"
    assert sonia.visitor(first) is None
    assert desk.get("/clients").status_code == 200
    assert desk.get("/clients/new").status_code == 403
    desk.post(f"/organisations/{desk.house.id}")
    assert desk.get("/clients/new").status_code == 200


def test_nobody_enters_a_house_of_others(desk: Desk, sonia: Somebody):
    sign_in(desk.visitor, sonia)
    assert desk.post(f"/organisations/{House(sonia.store).id}").status_code == 404
    assert desk.post(f"/organisations/{uuid4()}").status_code == 404


def test_who_belongs_to_none_is_told_what_to_do(desk: Desk):
    alone = Somebody(desk.house.store, now=MOMENT)
    assert sign_in(desk.visitor, alone).location == "/organisations"
    said = desk.text("/organisations")
    assert "Ouvrir une organisation" in said
    assert alone.email in said


def test_a_shared_computer_knows_everybody_who_signed_in_there(desk: Desk, sonia: Somebody):
    alone = Somebody(desk.house.store, now=MOMENT)
    for somebody in (sonia, alone, sonia, alone):
        sign_in(desk.visitor, somebody)
        desk.post("/sign-out")
    for somebody in (sonia, alone):
        query = "SELECT state::json ->> 'is_new_device' FROM events WHERE name = 'SessionOpened' ORDER BY version"
        assert somebody.rows(query) == [("true",), ("false",)]


UNKNOWN = "nobody.at.all@exemple.fr"
ASKED = {
    "/sign-in": {"password": "wrong and long enough"},
    "/sign-in/link": {},
    "/forgotten": {},
}


@pytest.mark.parametrize("way", ASKED)
def test_nobody_learns_from_an_answer_who_has_an_account(desk: Desk, sonia: Somebody, way: str):
    known, unknown = (answer(desk, way, email) for email in (sonia.email, UNKNOWN))
    assert known == unknown


def answer(desk: Desk, way: str, email: str) -> tuple[int, str, set[str]]:
    """What differs at every answer is left out: the seal of the form, the question to passkeys, and what was typed."""
    response = desk.app.test_client().post(way, data={"email": email, **ASKED[way]})
    page = unescape(response.get_data(as_text=True)).replace(email, "")
    page = re.sub(r'(name="seal" value|data-options|name="csrf_token" value|X-CSRFToken": )="?[^>]*', "", page)
    page = re.sub(r"hx-headers='[^']*'", "", page)
    return response.status_code, page, {name for name, _ in response.headers}


@pytest.mark.parametrize("way", ASKED)
def test_the_same_work_is_done_for_whoever_it_is(
    desk: Desk, sonia: Somebody, monkeypatch: pytest.MonkeyPatch, way: str
):
    hashed = counted(monkeypatch, passwords, "verify")
    asked = counted(monkeypatch, psycopg.Connection, "execute")
    done = []
    for email in (sonia.email, UNKNOWN):
        hashed.clear(), asked.clear()
        desk.app.test_client().post(way, data={"email": email, **ASKED[way]})
        done.append((len(hashed), len(asked)))
    assert done[0] == done[1]
    assert done[0][0] == 1


@pytest.mark.parametrize("way", ASKED)
def test_the_same_time_passes_for_whoever_it_is(desk: Desk, sonia: Somebody, monkeypatch: pytest.MonkeyPatch, way: str):
    """With a hash that costs next to nothing, so that it hides nothing."""
    monkeypatch.setattr(passwords, "NOBODY", passwords.HASHER.hash("nobody"))
    for module in ("web.door.password", "web.door.letters"):
        monkeypatch.setattr(f"{module}.throttle.must_not_hurry", lambda *_: None)
    visitor = desk.app.test_client()
    times: dict[str, list[float]] = {sonia.email: [], UNKNOWN: []}
    for _ in range(60):
        for email, taken in times.items():
            start = time.perf_counter()
            visitor.post(way, data={"email": email, **ASKED[way]})
            taken.append(time.perf_counter() - start)
    known, unknown = (statistics.median(taken) for taken in times.values())
    assert abs(known - unknown) < 0.005
