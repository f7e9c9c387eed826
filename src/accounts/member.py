"""A member: a person who works with the organisation's agenda, in a role and with grants of their own."""

from typing import ClassVar
from uuid import UUID

from msgspec.structs import asdict

from accounts.events import (
    MemberGiftsEnded,
    MemberGrantsChanged,
    MemberJoined,
    MemberLeft,
    MemberRoleChanged,
    MemberSignedIn,
)
from accounts.rights import GRANTABLE, NO_GRANTS, ROLES, Grants, gained_beyond, rights_of
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.errors import Refusal
from kernel.events import Event
from kernel.rights import Forbidden, Rights

# Only those who hold it say who holds everything.
OWNERS = "owners.write"


class RoleUnknown(Refusal):
    pass


class GrantUnknown(Refusal):
    """Only some rights can be given to a member, or taken away."""


class MemberGone(Refusal):
    """They belong to the house no longer."""

    status = 409


class Member(Aggregate, kw_only=True):
    is_listed: ClassVar[bool] = True

    role: str = "viewer"
    person_id: UUID | None = None
    resource_id: UUID | None = None
    grants: Grants = NO_GRANTS
    words_version: int = 0
    has_left: bool = False

    def join(self, by: Act, role: str, person_id: UUID | None, resource_id: UUID | None) -> None:
        must_be_a_role(role)
        facts = {"role": role, "person_id": person_id, "resource_id": resource_id}
        self.trigger(MemberJoined, by, **facts, words_version=1)

    def sign_in(self, by: Act) -> None:
        self.must_belong()
        self.trigger(MemberSignedIn, by)

    def change_role(self, role: str, resource_id: UUID | None, by: Act) -> None:
        must_be_a_role(role)
        self.must_be_under(by, role)
        self.must_gain_no_more(by, role, resource_id, self.grants)
        if (role, resource_id) != (self.role, self.resource_id):
            self.trigger(MemberRoleChanged, by, role=role, resource_id=resource_id)

    def change_grants(self, grants: Grants, by: Act) -> None:
        """Refuses to give what whoever gives does not hold."""
        self.must_be_under(by)
        if unknown := {*grants.given, *grants.taken} - {*GRANTABLE}:
            raise GrantUnknown(rights=sorted(unknown))
        self.must_gain_no_more(by, self.role, self.resource_id, grants)
        if grants != self.grants:
            self.trigger(MemberGrantsChanged, by, **{name: list(some) for name, some in asdict(grants).items()})

    def leave(self, why: str, by: Act) -> None:
        self.must_belong()
        self.trigger(MemberLeft, by, why=why)

    def rights(self) -> Rights:
        """What they may do now. Without the resources at the places of their grants, which only the agenda knows: so
        whoever is held to some places reaches nothing but their own column here."""
        return Rights() if self.has_left else rights_of(self.role, self.resource_id, self.grants)

    def take_along(self, by: Act, **ended: int) -> None:
        """`ended` are the counts of MemberGiftsEnded."""
        if any(ended.values()):
            self.trigger(MemberGiftsEnded, by, **ended)

    def must_belong(self) -> None:
        if self.has_left:
            raise MemberGone

    def must_be_under(self, by: Act, role: str = "") -> None:
        """Who is an owner, and who becomes one, is for owners to say."""
        self.must_belong()
        if "owner" in (self.role, role) and not by.may.may(OWNERS):
            raise Forbidden(right=OWNERS)

    def must_gain_no_more(self, by: Act, role: str, resource_id: UUID | None, grants: Grants) -> None:
        """Nobody gives what they do not hold, nor more of it; whoever is limited to some columns changes no places."""
        old = rights_of(self.role, self.resource_id, self.grants)
        beyond = gained_beyond(rights_of(role, resource_id, grants), old, by.may)
        if grants.places != self.grants.places and by.may.over("agenda.see") is not None:
            beyond.append("agenda.see")
        if beyond:
            raise Forbidden(right=beyond[0])

    def evolve(self, event: Event) -> None:
        match event:
            case MemberJoined():
                self.role, self.person_id, self.resource_id = event.role, event.person_id, event.resource_id
                self.words_version = event.words_version
            case MemberRoleChanged():
                self.role, self.resource_id = event.role, event.resource_id
            case MemberGrantsChanged():
                self.grants = Grants(**{name: tuple(getattr(event, name)) for name in Grants.__struct_fields__})
            case MemberLeft():
                self.has_left = True
            case MemberGiftsEnded():
                pass


def must_be_a_role(role: str) -> None:
    if role not in ROLES:
        raise RoleUnknown(role=role)
