"""An invitation: whoever has its link may join the team, in the role it says, while it is good."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from accounts.events import InvitationMade, InvitationRevoked, InvitationUsed
from accounts.member import OWNERS, must_be_a_role
from accounts.rights import gained_beyond, rights_of
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.errors import Refusal
from kernel.events import Event
from kernel.rights import Forbidden, Rights

MOST_USES = 1000
TEAM = "team.write"


class InvitationNotValid(Refusal):
    """It ends in the future, and lets in from one to a thousand people."""


class InvitationOver(Refusal):
    """It was used as often as it may be, was taken back, or its time is over; `why` says which."""

    status = 410


class Invitation(Aggregate, kw_only=True):
    """`maker` is who made it, as role/identifier: it lets nobody in whom they could not let in now."""

    is_listed: ClassVar[bool] = True

    role: str = ""
    resource_id: UUID | None = None
    uses: int | None = 1
    used: int = 0
    expires_at: datetime | None = None
    email_id: UUID | None = None
    is_revoked: bool = False
    maker: str = ""

    def make(
        self,
        by: Act,
        *,
        role: str,
        resource_id: UUID | None,
        uses: int | None,
        expires_at: datetime,
        email_id: UUID | None,
    ) -> None:
        must_be_a_role(role)
        must_be_theirs_to_give(role, resource_id, by.may)
        if expires_at <= by.at or (uses is not None and not 1 <= uses <= MOST_USES):
            raise InvitationNotValid
        facts = {"role": role, "resource_id": resource_id, "uses": uses, "expires_at": expires_at, "email_id": email_id}
        self.trigger(InvitationMade, by, **facts)

    def use(self, member_id: UUID, maker: Rights, by: Act) -> None:
        """`maker` is what whoever made it may do now."""
        if why := self.over(by.at, maker):
            raise InvitationOver(why=why)
        self.trigger(InvitationUsed, by, member_id=member_id)

    def revoke(self, by: Act, why: str = "") -> None:
        if not self.is_revoked:
            self.trigger(InvitationRevoked, by, why=why)

    def over(self, now: datetime, maker: Rights) -> str:
        """Why nobody joins by it any more: revoked, used or expired; empty while it is good. It also counts as revoked
        while whoever made it could not make it."""
        if self.is_revoked or beyond(self.role, self.resource_id, maker):
            return "revoked"
        if self.uses is not None and self.used >= self.uses:
            return "used"
        return "expired" if now >= self.expires_at else ""

    def evolve(self, event: Event) -> None:
        match event:
            case InvitationMade():
                self.role, self.resource_id, self.uses = event.role, event.resource_id, event.uses
                self.expires_at, self.email_id, self.maker = event.expires_at, event.email_id, event.by
            case InvitationUsed():
                self.used += 1
            case InvitationRevoked():
                self.is_revoked = True


def must_be_theirs_to_give(role: str, resource_id: UUID | None, giver: Rights) -> None:
    """Nobody invites into more than they hold."""
    if lacking := beyond(role, resource_id, giver):
        raise Forbidden(right=lacking[0])


def beyond(role: str, resource_id: UUID | None, giver: Rights) -> list[str]:
    """What whoever invites into this role would have to hold, and does not."""
    asked = (TEAM, OWNERS) if role == "owner" else (TEAM,)
    lacking = [right for right in asked if not giver.may(right)]
    return lacking + gained_beyond(rights_of(role, resource_id), Rights(), giver)
