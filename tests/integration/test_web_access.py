"""From where a house is entered: sessions, tokens, downloads; and what a house that stands still leaves open."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from accounts import commands as houses
from accounts.organisation import Organisation
from tests.api.program import Program
from tests.browser.visitor import MOMENT, Desk, open_desk, words
from tests.story import at
from web import visit

INSIDE, OUTSIDE = "192.0.2.7", "198.51.100.9"
PAGES = ("/agenda/2026-11-24", "/clients", "/clients/export", "/settings", "/settings/access", "/history")
SENTENCE = "Cette organisation n’accepte que certaines adresses"


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter("owner")


def at_address(desk: Desk, address: str) -> None:
    desk.visitor.environ_base["REMOTE_ADDR"] = address


def allow(desk: Desk, networks: str, role: str = "") -> Any:
    return desk.post("/settings/access", networks=networks, role=role)


def house_of(desk: Desk) -> dict[str, list[str]]:
    return desk.house.store.find(desk.house.id, Organisation, desk.house.id).addresses


def test_from_elsewhere_the_house_is_closed_with_a_sentence_and_the_account_is_not(desk: Desk):
    at_address(desk, INSIDE)
    assert allow(desk, "192.0.2.0/24").status_code == 303
    assert {desk.get(path).status_code for path in PAGES} == {200}
    at_address(desk, OUTSIDE)
    for path in PAGES:
        refused = desk.get(path)
        assert refused.status_code == 403
        assert SENTENCE in words(refused)
    assert desk.post("/clients/export", file_format="csv").status_code == 403
    assert desk.book(at(14), desk.house.client()).status_code == 403
    assert desk.get("/account").status_code == 200
    at_address(desk, INSIDE)
    assert desk.get("/clients").status_code == 200


def test_a_token_is_held_to_the_list_too(desk: Desk):
    program = Program(desk.house, desk.app)
    allow(desk, f"127.0.0.1\n{INSIDE}")
    assert program.call("GET", "/clients").status_code == 200
    program.browser.environ_base["REMOTE_ADDR"] = OUTSIDE
    answers = [program.call("GET", path) for path in ("/clients", "/clients/export", "/events")]
    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(403, "address_not_allowed")] * 3
    program.browser.environ_base["REMOTE_ADDR"] = INSIDE
    assert program.call("GET", "/clients").status_code == 200


def test_a_list_for_programs_is_for_programs_alone(desk: Desk):
    program = Program(desk.house, desk.app)
    assert allow(desk, INSIDE, "program").status_code == 303
    assert program.call("GET", "/clients").status_code == 403
    assert desk.get("/clients").status_code == 200


def test_a_list_for_a_role_is_for_that_role_alone(desk: Desk):
    assert allow(desk, INSIDE, "secretary").status_code == 303
    assert desk.get("/clients").status_code == 200
    email = f"secretary-{desk.house.id}@exemple.fr"
    desk.house.hire("secretary", email)
    desk.visitor = desk.app.test_client()
    desk.sign_in(email)
    assert desk.get("/clients").status_code == 403
    at_address(desk, INSIDE)
    assert desk.get("/clients").status_code == 200


def test_nobody_locks_themself_out(desk: Desk):
    at_address(desk, INSIDE)
    for role in ("", "owner"):
        refused = allow(desk, OUTSIDE, role)
        assert refused.status_code == 422
        assert f"Cette liste vous exclurait : votre adresse est {INSIDE}." in words(refused)
    for networks, role in (("192.0.2.1/24", ""), ("everywhere", ""), ("0.0.0.0/0", ""), (INSIDE, "king")):
        assert allow(desk, networks, role).status_code == 422
    assert house_of(desk) == {}


def test_a_list_taken_away_lets_everybody_in_again(desk: Desk):
    at_address(desk, INSIDE)
    allow(desk, INSIDE)
    allow(desk, "")
    at_address(desk, OUTSIDE)
    assert desk.get("/clients").status_code == 200


def test_a_list_is_written_after_a_proof_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(visit, "now", lambda: MOMENT + timedelta(minutes=16))
    assert allow(desk, INSIDE).location.startswith("/account/prove")
    assert house_of(desk) == {}


# Standing still


def suspended(desk: Desk) -> None:
    houses.suspend_organisation(desk.house.store, reason="impayé", by=desk.house.by())


def closed(desk: Desk) -> None:
    houses.close_organisation(desk.house.store, by=desk.house.by())


def over(desk: Desk) -> None:
    houses.start_trial(desk.house.store, by=desk.house.by(at=MOMENT - timedelta(days=15)))


STILL = {
    suspended: "L’organisation Les Tilleuls est suspendue. Tout reste consultable et exportable.",
    closed: "L’organisation Les Tilleuls est fermée. Tout reste consultable et exportable.",
    over: "L’essai de Les Tilleuls est terminé.",
}


@pytest.mark.parametrize("stop", STILL, ids=lambda stop: stop.__name__)
def test_a_house_that_stands_still_is_looked_at_and_taken_out_and_not_changed(desk: Desk, stop: Callable[[Desk], None]):
    emilie, program = desk.house.client(), Program(desk.house, desk.app)
    stop(desk)
    assert STILL[stop] in desk.text("/agenda/2026-11-24")
    for path in ("/clients", f"/clients/{emilie}", "/history", "/settings", "/settings/team", "/settings/plan"):
        assert desk.get(path).status_code == 200, path
    taken = desk.post("/clients/export", file_format="csv")
    assert taken.status_code == 200
    assert "Rousseau" in taken.text
    before = desk.house.rows("SELECT max(position) FROM events WHERE name <> 'ClientsExported'")
    for refused in (desk.book(at(14), emilie), desk.post(f"/clients/{emilie}/archive"), desk.get("/clients/fields")):
        assert refused.status_code == 403
        assert "Cette organisation ne peut pas être modifiée en ce moment" in words(refused)
    assert program.call("GET", "/clients").status_code == 200
    assert program.post("/clients", {"last_name": "Petit"}).status_code == 403
    assert desk.house.rows("SELECT max(position) FROM events WHERE name <> 'ClientsExported'") == before


def test_an_owner_goes_on_after_the_trial_by_choosing_a_plan(desk: Desk):
    over(desk)
    assert desk.post("/settings/plan", plan="team").status_code == 303
    assert "est terminé" not in desk.text("/agenda/2026-11-24")
    assert desk.book(at(14), desk.house.client()).status_code == 200


def test_an_owner_opens_a_closed_house_again(desk: Desk):
    closed(desk)
    assert desk.post("/settings/plan/reopen").status_code == 303
    assert desk.book(at(14), desk.house.client()).status_code == 200
