"""Everybody who may stand before a furnished house: by role, by token, of the support, from next door, or gone."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient

from accounts.commands import close_organisation, revoke_token, start_trial, suspend_organisation
from accounts.people import sessions
from accounts.rights import RIGHTS, ROLES, Grants
from accounts.support.commands import allow_support_changes, open_support_access
from accounts.support.staff import name_support_staff
from accounts.team.commands import add_member, change_member_grants, make_invitation, remove_member
from accounts.token import SCOPES
from accounts.token_secrets import parts_of
from kernel.actors import Act
from tests.api.program import Program
from tests.api.test_api_isolation import Furnished
from tests.browser.visitor import MOMENT
from tests.integration.matrix import LOOKS, STANDSTILL, SUPPORT_CHANGES, Visitor
from tests.people import Somebody
from tests.story import NOW, House, somebody

STANDSTILLS = {
    "suspended": partial(suspend_organisation, reason="impayé"),
    "closed": close_organisation,
    "over": start_trial,
}


def rights_in(role: str) -> set[str]:
    return {right for right, row in RIGHTS.items() if row[role] != "-"}


class Cast:
    """A furnished house, one beside it, and everybody who may stand before them."""

    def __init__(self, app: Flask, house: House, other: House):
        self.app, self.house, self.other = app, house, other
        self.store = house.store
        house.join()
        other.join(f"{other.id}@exemple.fr")
        self.ours, self.theirs = Furnished(house, app), Furnished(other, app)
        self.people = {role: self.member(role, house.claire if role == "practitioner" else None) for role in ROLES}
        self.ours.ids |= self.also_there(house)
        self.visitors = {one.name: one for one in self.everybody()}

    def also_there(self, house: House) -> dict[str, str]:
        """What no program can make: members, invitations, accesses, tokens, sessions."""
        invitation, access = uuid4(), uuid4()
        expires_at = MOMENT + timedelta(days=7)
        make_invitation(self.store, invitation, role="viewer", expires_at=expires_at, by=house.by())
        open_support_access(
            self.store, access, uuid4(), until=NOW + timedelta(hours=8), reason="panne", by=house.by(at=NOW)
        )
        owner = self.people["owner"][0]
        named = {"team": house.member_id, "invitations": invitation, "accesses": access}
        named |= {"tokens": self.ours.program.token_id, "organisations": house.id}
        named |= {"sessions": parts_of(owner.open_session())[1], "passkeys": uuid4()}
        named["messages"] = uuid4()
        return {kind: str(id) for kind, id in named.items()}

    def member(self, role: str, resource_id: UUID | None = None, grants: Grants | None = None, house: Any = None):
        """Somebody new in this role, and their membership."""
        house, somebody, id = house or self.house, Somebody(self.store, MOMENT), uuid4()
        facts = {"person_id": somebody.id, "name": "Sonia", "email": somebody.email, "role": role}
        add_member(self.store, id, **facts, resource_id=resource_id, by=house.by())
        if grants:
            change_member_grants(self.store, id, grants, by=house.by())
        return somebody, id

    def browser(self, secret: str = "") -> FlaskClient:
        browser = self.app.test_client()
        if secret:
            with browser.session_transaction() as session:
                session["token"] = secret
        return browser

    def entered(self, somebody: Somebody, house: House, member_id: UUID) -> FlaskClient:
        secret = somebody.open_session()
        session_id = parts_of(secret)[1]
        return self.browser(sessions.enter(self.store, somebody.id, session_id, house.id, member_id))

    def everybody(self) -> Iterator[Visitor]:
        yield Visitor("anonymous", self.browser, is_person=False)
        yield Visitor("a person of no house", lambda: self.browser(Somebody(self.store, MOMENT).open_session()))
        for role in ROLES:
            yield Visitor(role, self.entering(*self.people[role]), rights_in(role), spend=self.spent)
        yield Visitor("who has left", self.who_has_left())
        stranger = self.member("owner", house=self.other)
        yield Visitor("an owner next door", self.entering(*stranger, self.other), rights_in("owner"), spend=self.spent)
        yield Visitor("who sees as a viewer", self.seeing_as_viewer, rights_in("viewer") & LOOKS)
        yield from self.of_the_support()
        yield from self.of_houses_that_stand_still()
        yield from self.programs()

    def programs(self) -> Iterator[Visitor]:
        for scope in SCOPES:
            program = Program(self.house, self.app, (scope,))
            name = f"a program for {scope}"
            yield Visitor(name, self.browser, is_person=False, secret=program.secret, scopes=(scope,))
        gone = Program(self.house, self.app)
        revoke_token(self.store, gone.token_id, by=self.house.by())
        yield Visitor("a program whose token is revoked", self.browser, is_person=False, secret=gone.secret)

    def entering(self, somebody: Somebody, member_id: UUID, house: House | None = None) -> Callable[[], FlaskClient]:
        return lambda: self.entered(somebody, house or self.house, member_id)

    def who_has_left(self) -> Callable[[], FlaskClient]:
        """Signed in while a member, and never out since."""
        somebody, id = self.member("manager")
        remove_member(self.store, id, by=self.house.by())

        def still_there() -> FlaskClient:
            secret = somebody.open_session()
            to = (self.house.id, id)
            return self.browser(sessions.enter_as(self.store, somebody.id, parts_of(secret)[1], *to))

        return still_there

    def seeing_as_viewer(self) -> FlaskClient:
        somebody, id = self.people["manager"]
        secret = somebody.open_session()
        session_id = parts_of(secret)[1]
        secret = sessions.enter(self.store, somebody.id, session_id, self.house.id, id)
        sessions.set_seeing_as(self.store, somebody.id, session_id, self.people["viewer"][1])
        return self.browser(secret)

    def of_the_support(self) -> Iterator[Visitor]:
        held = rights_in("support")
        for name, changes in (("support", set()), ("support that may change", SUPPORT_CHANGES)):
            yield Visitor(name, self.support(may_change=bool(changes)), held | changes)

    def support(self, *, may_change: bool) -> Callable[[], FlaskClient]:
        """Each time by an access of its own: whoever leaves ends theirs."""
        staff = Somebody(self.store, MOMENT)
        name_support_staff(self.store, by=staff_act(staff))
        by = self.house.by(actor=f"support/{staff.id}", origin="support", at=MOMENT)
        until = MOMENT + timedelta(hours=8)

        def come_in() -> FlaskClient:
            access_id = uuid4()
            open_support_access(self.store, access_id, staff.id, until=until, reason="panne", by=by)
            if may_change:
                allow_support_changes(self.store, access_id, by=self.house.by(at=MOMENT))
            if not staff.state().has_second_factor:
                staff.turn_on_codes()
            secret = staff.open_session()
            to = (self.house.id, None, access_id)
            return self.browser(sessions.enter_as(self.store, staff.id, parts_of(secret)[1], *to))

        return come_in

    def of_houses_that_stand_still(self) -> Iterator[Visitor]:
        for name, end in STANDSTILLS.items():
            house = House(self.store)
            self.bring_to_a_halt(house, end)
            sign_in = self.entering(*self.member("owner", house=house), house)
            rights = rights_in("owner") & STANDSTILL
            yield Visitor(f"an owner of a house that is {name}", sign_in, rights, spend=partial(self.spent, end))

    def bring_to_a_halt(self, house: House, end: Callable[..., int]) -> None:
        end(self.store, by=house.by(at=NOW - timedelta(days=30)))

    def spent(self, end: Callable[..., int] | None = None) -> FlaskClient:
        """An owner in a house of their own, which may end."""
        house = House(self.store)
        owner = self.member("owner", house=house)
        if end:
            self.bring_to_a_halt(house, end)
        return self.entered(owner[0], house, owner[1])


def staff_act(staff: Somebody) -> Act:
    """Of whoever runs the installation, in the person's own house."""
    return somebody(staff.id, actor="setup/test", origin="setup", at=MOMENT)
