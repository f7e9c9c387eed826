"""Nobody gains what was not given: what lets others in holds as far as its maker could give it now."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from accounts.commands import issue_token
from accounts.people.acts import as_self
from accounts.rights import GRANTABLE, NO_GRANTS, SCOPE_RIGHTS, Grants, beyond_scope, rights_of
from accounts.support.access import SupportAccess
from accounts.support.commands import allow_support_changes, open_support_access
from accounts.team.commands import (
    accept_invitation,
    add_member,
    change_member_grants,
    change_member_role,
    leave_team,
    make_invitation,
    remove_member,
)
from accounts.team.invitation import Invitation, InvitationOver
from accounts.token import SCOPES
from accounts.token_queries import program
from accounts.token_secrets import fresh_secret
from kernel.actors import Act
from kernel.rights import Forbidden
from kernel.store import Store
from tests.story import NOW, House

LATER = NOW + timedelta(days=7)
TAKEN_WITH_CONTACTS = {"clients:read", "clients:write"}


class Manager:
    """Somebody of the team who made an invitation, a token, and, where they may, let the support change things."""

    def __init__(self, house: House, role: str = "manager"):
        self.house, self.id, self.role = house, uuid4(), role
        self.person_id = house.person()
        facts = {"person_id": self.person_id, "name": "Sonia", "email": f"{self.id}@exemple.fr", "role": role}
        add_member(house.store, self.id, **facts, by=house.by())
        self.access_id = uuid4()

    def by(self, grants: Grants = NO_GRANTS) -> Act:
        return self.house.by(actor=f"staff/{self.id}", may=rights_of(self.role, None, grants))

    def invite(self, role: str = "secretary", uses: int | None = None) -> UUID:
        id = uuid4()
        make_invitation(self.house.store, id, role=role, expires_at=LATER, uses=uses, by=self.by())
        return id

    def issue(self, *scopes: str) -> str:
        id = uuid4()
        secret = fresh_secret(self.house.id, id)
        issue_token(self.house.store, id, name="Site", secret=secret, scopes=scopes or tuple(SCOPES), by=self.by())
        return secret

    def let_support_change(self) -> UUID:
        id = uuid4()
        until = NOW + timedelta(hours=8)
        open_support_access(self.house.store, id, uuid4(), until=until, reason="panne", by=self.house.by())
        allow_support_changes(self.house.store, id, by=self.by())
        return id


@pytest.fixture
def house(store: Store) -> House:
    one = House(store)
    one.join()
    return one


@pytest.fixture
def sonia(house: House) -> Manager:
    return Manager(house)


def scopes(house: House, secret: str) -> frozenset[str]:
    found = program(house.store, secret, NOW)
    return found.scopes if found else frozenset()


def follow(house: House, invitation_id: UUID) -> None:
    person_id = house.person()
    by = replace(as_self(person_id, NOW), organisation_id=house.id)
    facts = {"person_id": person_id, "name": "Karim", "email": f"{person_id}@exemple.fr"}
    accept_invitation(house.store, invitation_id, uuid4(), **facts, by=by)


# Tokens


@pytest.mark.parametrize("right", GRANTABLE)
def test_no_token_is_issued_for_more_than_its_issuer_holds(house: House, sonia: Manager, right: str):
    """For each right that may be taken away: the scopes that need it, or what goes with it, and no others."""
    lacking = sonia.by(Grants(taken=(right,)))
    for scope in SCOPES:
        facts = {"name": "Site", "secret": fresh_secret(house.id, uuid4()), "scopes": [scope], "by": lacking}
        if all(lacking.may.may(each) for each in SCOPE_RIGHTS[scope]):
            issue_token(house.store, uuid4(), **facts)
        else:
            with pytest.raises(Forbidden):
                issue_token(house.store, uuid4(), **facts)


@pytest.mark.parametrize("part", ["sees", "edits", "places", "approves"])
def test_no_token_reaches_further_than_its_issuer(house: House, sonia: Manager, part: str):
    limited = sonia.by(Grants(**{part: (house.claire,)}))
    refused = {scope for scope in SCOPES if beyond_scope(scope, limited.may)}
    assert refused
    for scope in refused:
        facts = {"name": "Site", "secret": fresh_secret(house.id, uuid4()), "scopes": [scope], "by": limited}
        with pytest.raises(Forbidden):
            issue_token(house.store, uuid4(), **facts)


@pytest.mark.parametrize("right", GRANTABLE)
def test_a_token_loses_what_its_issuer_loses_and_has_it_again_with_them(house: House, sonia: Manager, right: str):
    secret = sonia.issue()
    assert scopes(house, secret) == set(SCOPES)
    grants = Grants(taken=(right,))
    change_member_grants(house.store, sonia.id, grants, by=house.by())
    held = rights_of("manager", None, grants)
    assert scopes(house, secret) == {scope for scope in SCOPES if not beyond_scope(scope, held)}
    found = program(house.store, secret, NOW)
    assert not [each for each in found.rights.reach if not held.may(each)]
    change_member_grants(house.store, sonia.id, NO_GRANTS, by=house.by())
    assert scopes(house, secret) == set(SCOPES)


def test_contacts_are_shown_by_no_token_whose_issuer_does_not_see_them(house: House, sonia: Manager):
    secret = sonia.issue()
    change_member_grants(house.store, sonia.id, Grants(taken=("clients.contacts",)), by=house.by())
    found = program(house.store, secret, NOW)
    assert not found.scopes & TAKEN_WITH_CONTACTS
    assert not found.rights.may("clients.contacts")


def test_a_token_of_whoever_may_issue_none_any_more_is_revoked(house: House, sonia: Manager):
    secret = sonia.issue("settings:read")
    change_member_role(house.store, sonia.id, role="secretary", by=house.by())
    assert program(house.store, secret, NOW) is None
    change_member_role(house.store, sonia.id, role="manager", by=house.by())
    assert program(house.store, secret, NOW) is None


def test_a_token_of_the_installation_holds_what_it_says(house: House):
    id = uuid4()
    secret = fresh_secret(house.id, id)
    by = house.by(actor="setup/test", origin="setup")
    issue_token(house.store, id, name="Site", secret=secret, scopes=tuple(SCOPES), by=by)
    assert scopes(house, secret) == set(SCOPES)


@pytest.mark.parametrize("actor", ["staff/nobody", f"staff/{UUID(int=7)}", f"support/{UUID(int=7)}", "client/x", ""])
def test_a_token_of_nobody_we_know_opens_nothing(house: House, actor: str):
    id = uuid4()
    secret = fresh_secret(house.id, id)
    issue_token(house.store, id, name="Site", secret=secret, scopes=tuple(SCOPES), by=house.by(actor=actor))
    assert program(house.store, secret, NOW) is None


# Invitations


def test_an_invitation_ends_with_whoever_made_it(house: House, sonia: Manager):
    id = sonia.invite()
    remove_member(house.store, sonia.id, by=house.by())
    with pytest.raises(InvitationOver):
        follow(house, id)
    assert house.store.find(house.id, Invitation, id).is_revoked


def test_an_invitation_that_its_maker_could_not_make_now_lets_nobody_in(house: House, sonia: Manager):
    """Also one of before, of which no command has ended anything."""
    id = sonia.invite("manager")
    with house.store.reading(house.id) as db:
        db.execute("UPDATE states SET state = replace(state, 'manager', 'viewer') WHERE stream_id = %s", (sonia.id,))
    with pytest.raises(InvitationOver):
        follow(house, id)
    assert not house.store.find(house.id, Invitation, id).is_revoked


@pytest.mark.parametrize("end", ["left", "removed", "role", "grants"])
def test_whoever_leaves_or_may_do_less_takes_along_what_they_gave(house: House, end: str):
    owner = Manager(house, "owner")
    invitation, secret, access = owner.invite("manager"), owner.issue("clients:read"), owner.let_support_change()
    other = Manager(house)
    kept = other.invite("secretary"), other.issue("clients:read")
    limited = Grants(taken=("clients.contacts",))
    {
        "left": lambda: leave_team(house.store, owner.id, by=owner.by()),
        "removed": lambda: remove_member(house.store, owner.id, by=house.by()),
        "role": lambda: change_member_role(house.store, owner.id, role="viewer", by=house.by()),
        "grants": lambda: change_member_grants(house.store, owner.id, limited, by=house.by()),
    }[end]()
    assert house.store.find(house.id, Invitation, invitation).is_revoked
    assert program(house.store, secret, NOW) is None
    assert house.store.find(house.id, SupportAccess, access).is_good(NOW) is (end == "grants")
    why = "maker-left" if end in ("left", "removed") else "maker-limited"
    told = house.rows("SELECT name, state::json ->> 'why' FROM events WHERE state::json ->> 'why' LIKE 'maker%%'")
    ended = {"InvitationRevoked", "ApiTokenRevoked"} | ({"SupportAccessEnded"} if end != "grants" else set())
    assert {name for name, _ in told} == ended
    assert {said for _, said in told} == {why}
    follow(house, kept[0])
    assert scopes(house, kept[1]) == {"clients:read"}


def test_what_ended_is_ended_in_the_transaction_that_took_the_right(house: House, sonia: Manager):
    sonia.invite()
    sonia.issue()
    remove_member(house.store, sonia.id, by=house.by())
    query = "SELECT count(DISTINCT state::json ->> 'command') FROM events WHERE name = ANY(%s)"
    names = ["MemberLeft", "InvitationRevoked", "ApiTokenRevoked", "MemberGiftsEnded"]
    assert house.rows(query, names) == [(1,)]


def test_what_stays_within_a_smaller_right_stays(house: House, sonia: Manager):
    invitation, secret = sonia.invite("viewer"), sonia.issue("settings:read")
    change_member_grants(house.store, sonia.id, Grants(taken=("clients.block",)), by=house.by())
    follow(house, invitation)
    assert scopes(house, secret) == {"settings:read"}
    assert house.rows("SELECT 1 FROM events WHERE name = 'MemberGiftsEnded'") == []


# Of before


@pytest.fixture
def of_before(house: House, sonia: Manager) -> Iterator[tuple[House, Manager, UUID, str]]:
    """A home whose states do not say yet who made what."""
    invitation, secret = sonia.invite(), sonia.issue()
    with house.store.reading(house.id) as db:
        db.execute("UPDATE states SET state = (state::jsonb - 'maker')::text WHERE kind IN ('Invitation', 'ApiToken')")
    return house, sonia, invitation, secret


def test_what_does_not_say_who_made_it_opens_nothing(of_before: tuple[House, Manager, UUID, str]):
    house, _, invitation, secret = of_before
    assert program(house.store, secret, NOW) is None
    with pytest.raises(InvitationOver):
        follow(house, invitation)
