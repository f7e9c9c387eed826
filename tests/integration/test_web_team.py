"""The pages of the team: roles, rights, invitations; what asks for a proof, and what a house cannot lose."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from accounts.member import Member
from accounts.rights import GRANTABLE, RIGHTS, ROLES, Grants, rights_of
from accounts.team.commands import change_member_grants
from accounts.team.invitation import beyond
from accounts.team.queries import invitations
from tests.browser.visitor import MOMENT, PASSWORD, Desk, open_desk, words
from web import visit


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter("owner")


def hired(desk: Desk, role: str) -> tuple[UUID, FlaskClient]:
    id, email, browser = uuid4(), f"{uuid4()}@exemple.fr", desk.app.test_client()
    desk.house.hire(role, email, "Karim Benali", id=id)
    browser.post("/sign-in", data={"email": email, "password": PASSWORD})
    return id, browser


def member(desk: Desk, id: UUID) -> Member:
    return desk.house.store.find(desk.house.id, Member, id)


def held(role: str) -> list[str]:
    return [right for right in GRANTABLE if RIGHTS[right][role] != "-"]


def invite(desk: Desk, **facts: Any) -> TestResponse:
    return desk.post("/settings/team/invitations", **{"role": "secretary", "uses": 1, "days": 7} | facts)


def invitation(desk: Desk) -> Any:
    (one,) = invitations(desk.house.store, desk.house.id, MOMENT)
    return one


def test_the_team_stands_on_one_page_with_its_roles(desk: Desk):
    hired(desk, "secretary")
    page = desk.text("/settings/team")
    assert "Sonia Marchetti" in page
    assert "Karim Benali" in page


def test_a_role_given_holds_from_the_next_click(desk: Desk):
    id, theirs = hired(desk, "viewer")
    assert theirs.get("/settings/team").status_code == 403
    version = member(desk, id).version
    assert desk.post(f"/settings/team/{id}/role", role="manager", expected_version=version).status_code == 303
    assert "Rôle modifié, dès son prochain clic." in desk.text(f"/settings/team/{id}")
    assert theirs.get("/settings/team").status_code == 200
    desk.post(f"/settings/team/{id}/role", role="viewer")
    assert theirs.get("/settings/team").status_code == 403


def test_a_role_changed_by_somebody_else_meanwhile_is_not_overwritten(desk: Desk):
    id, _ = hired(desk, "viewer")
    assert desk.post(f"/settings/team/{id}/role", role="manager", expected_version=7).status_code == 409
    assert member(desk, id).role == "viewer"


def test_rights_are_ticked_beside_what_the_role_holds(desk: Desk):
    id, theirs = hired(desk, "practitioner")
    ticked = [*(right for right in held("practitioner") if right != "clients.contacts"), "figures.see"]
    facts = {"rights": ticked, "sees": [desk.house.claire], "edits": [desk.house.claire]}
    assert desk.post(f"/settings/team/{id}/rights", **facts).status_code == 303
    grants = member(desk, id).grants
    assert (grants.given, grants.taken) == (("figures.see",), ("clients.contacts",))
    assert grants.sees == grants.edits == (desk.house.claire,)
    day = theirs.get("/agenda/2026-11-24").text
    assert str(desk.house.claire) in day
    assert str(desk.house.karim) not in day


def test_a_manager_makes_no_owner_and_changes_none(desk: Desk):
    id, theirs = hired(desk, "manager")
    for path, facts in (
        (f"/settings/team/{desk.house.member_id}/role", {"role": "viewer"}),
        (f"/settings/team/{desk.house.member_id}/rights", {}),
        (f"/settings/team/{desk.house.member_id}/remove", {}),
        (f"/settings/team/{id}/role", {"role": "owner"}),
        ("/settings/team/invitations", {"role": "owner"}),
    ):
        assert theirs.post(path, data=facts).status_code == 403, path
    assert member(desk, desk.house.member_id).role == "owner"
    assert member(desk, id).role == "manager"


@pytest.mark.parametrize(("path", "facts"), [("role", {"role": "viewer"}), ("remove", {})])
def test_the_last_owner_stays_and_is_told_why(desk: Desk, path: str, facts: dict[str, str]):
    refused = desk.post(f"/settings/team/{desk.house.member_id}/{path}", **facts)
    assert refused.status_code == 422
    assert "Il faut au moins un propriétaire : nommez-en d’abord un autre." in words(refused)
    assert member(desk, desk.house.member_id).role == "owner"
    assert not member(desk, desk.house.member_id).has_left


def test_whoever_is_removed_is_out_at_the_next_click_and_stays_in_the_history(desk: Desk):
    id, theirs = hired(desk, "secretary")
    assert theirs.get("/clients").status_code == 200
    assert desk.post(f"/settings/team/{id}/remove").status_code == 303
    assert theirs.get("/clients").location == "/organisations"
    assert "Karim Benali" in desk.text("/settings/team")
    assert desk.get(f"/settings/team/{id}").status_code == 404


@pytest.mark.parametrize("path", ["role", "rights", "remove"])
def test_what_changes_a_member_asks_for_a_proof_first(desk: Desk, path: str, monkeypatch: pytest.MonkeyPatch):
    id, _ = hired(desk, "viewer")
    monkeypatch.setattr(visit, "now", lambda: MOMENT + timedelta(minutes=16))
    answer = desk.post(f"/settings/team/{id}/{path}", role="manager")
    assert answer.location.startswith("/account/prove")
    assert (member(desk, id).role, member(desk, id).has_left) == ("viewer", False)


# Invitations


def test_an_invitation_is_shown_as_a_link_and_as_a_square(desk: Desk):
    answer = invite(desk)
    page = desk.get(answer.location)
    link = re.search(r"http://localhost(/join/[\w=-]+)", page.text)[1]
    assert "<svg" in page.text
    assert "currentColor" in page.text
    assert desk.app.test_client().get(link).status_code == 200
    assert desk.app.test_client().get(f"{link}x").status_code == 404


@pytest.mark.parametrize("role", ROLES)
def test_a_link_is_shown_to_those_alone_who_could_make_that_invitation(desk: Desk, role: str):
    """Nobody becomes by a link of another's what they could not make anybody."""
    where = invite(desk, role=role).location
    id, theirs = hired(desk, "manager")
    is_shown = "/join/" in theirs.get(where).text
    assert is_shown is (role != "owner")
    assert ("<svg" in theirs.get(where).text.partition("drawn")[2]) is is_shown
    grants = Grants(taken=("clients.block",))
    change_member_grants(desk.house.store, id, grants, by=desk.house.by())
    page = theirs.get(where)
    assert page.status_code == 200
    assert ("/join/" in page.text) is (beyond(role, None, rights_of("manager", None, grants)) == [])


def test_what_ended_with_a_member_is_told_to_whoever_removed_them(desk: Desk):
    id, theirs = hired(desk, "manager")
    made = theirs.post("/settings/team/invitations", data={"role": "secretary", "uses": 0, "days": 7})
    link = re.search(r"/join/[\w=-]+", theirs.get(made.location).text)[0]
    assert desk.app.test_client().get(link).status_code == 200
    page = words(desk.get(desk.post(f"/settings/team/{id}/remove").location))
    assert "Accès terminés : 1 invitation." in page
    assert desk.app.test_client().get(link).status_code == 410
    assert "/join/" not in desk.get("/settings/team").text


def test_whoever_follows_the_link_joins_the_team_in_its_role(desk: Desk):
    page = desk.get(invite(desk, role="viewer").location).text
    link = re.search(r"http://localhost(/join/[\w=-]+)", page)[1]
    browser, email = desk.app.test_client(), f"{uuid4()}@exemple.fr"
    desk.house.person("Nadia Roy", email, PASSWORD)
    browser.post("/sign-in", data={"email": email, "password": PASSWORD})
    assert browser.post(link).location == "/"
    assert browser.get("/clients").status_code == 200
    assert browser.get("/settings/team").status_code == 403
    assert "Nadia Roy" in desk.text("/settings/team")
    assert invitation(desk).over == "used"


def test_an_invitation_taken_back_lets_nobody_in(desk: Desk):
    where = invite(desk).location
    link = re.search(r"http://localhost(/join/[\w=-]+)", desk.get(where).text)[1]
    assert desk.post(f"{where}/revoke").status_code == 303
    assert desk.app.test_client().get(link).status_code == 410
    browser, email = desk.app.test_client(), f"{uuid4()}@exemple.fr"
    desk.house.person("Nadia Roy", email, PASSWORD)
    browser.post("/sign-in", data={"email": email, "password": PASSWORD})
    assert browser.post(link).status_code == 410
    assert "Nadia Roy" not in desk.text("/settings/team")


@pytest.mark.parametrize("facts", [{"role": "king"}, {"days": 91}, {"uses": 1001}, {"email": "nobody"}])
def test_an_invitation_that_cannot_be_is_refused(desk: Desk, facts: dict[str, Any]):
    assert invite(desk, **facts).status_code == 422
    assert invitations(desk.house.store, desk.house.id, MOMENT) == []
