"""A member: somebody who works with the organisation's agenda, in a role."""

from typing import ClassVar
from uuid import UUID

from accounts.events import MemberJoined, MemberSignedIn
from accounts.rights import NO_GRANTS, ROLES, Grants
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.errors import Refusal
from kernel.events import Event


class RoleUnknown(Refusal):
    pass


class Member(Aggregate, kw_only=True):
    is_listed: ClassVar[bool] = True

    role: str = "viewer"
    resource_id: UUID | None = None
    grants: Grants = NO_GRANTS
    words_version: int = 0

    def join(self, by: Act, role: str, resource_id: UUID | None) -> None:
        if role not in ROLES:
            raise RoleUnknown(role=role)
        self.trigger(MemberJoined, by, role=role, resource_id=resource_id, words_version=1)

    def sign_in(self, by: Act) -> None:
        self.trigger(MemberSignedIn, by)

    def evolve(self, event: Event) -> None:
        match event:
            case MemberJoined():
                self.role = event.role
                self.resource_id = event.resource_id
                self.words_version = event.words_version
