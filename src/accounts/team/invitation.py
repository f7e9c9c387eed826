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


class InvitationNotValid(Refusal):
    """It ends in the future, and lets in from one to a thousand people."""


class InvitationOver(Refusal):
    """It was used as often as it may be, was taken back, or its time is over; `why` says which."""

    status = 410


class Invitation(Aggregate, kw_only=True):
    is_listed: ClassVar[bool] = True

    role: str = ""
    resource_id: UUID | None = None
    uses: int | None = 1
    used: int = 0
    expires_at: datetime | None = None
    email_id: UUID | None = None
    is_revoked: bool = False

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
        must_be_theirs_to_give(role, resource_id, by)
        if expires_at <= by.at or (uses is not None and not 1 <= uses <= MOST_USES):
            raise InvitationNotValid
        facts = {"role": role, "resource_id": resource_id, "uses": uses, "expires_at": expires_at, "email_id": email_id}
        self.trigger(InvitationMade, by, **facts)

    def use(self, member_id: UUID, by: Act) -> None:
        if why := self.over(by.at):
            raise InvitationOver(why=why)
        self.trigger(InvitationUsed, by, member_id=member_id)

    def revoke(self, by: Act) -> None:
        if not self.is_revoked:
            self.trigger(InvitationRevoked, by)

    def over(self, now: datetime) -> str:
        """Why nobody joins by it any more: revoked, used or expired; empty while it is good."""
        if self.is_revoked:
            return "revoked"
        if self.uses is not None and self.used >= self.uses:
            return "used"
        return "expired" if now >= self.expires_at else ""

    def evolve(self, event: Event) -> None:
        match event:
            case InvitationMade():
                self.role, self.resource_id, self.uses = event.role, event.resource_id, event.uses
                self.expires_at, self.email_id = event.expires_at, event.email_id
            case InvitationUsed():
                self.used += 1
            case InvitationRevoked():
                self.is_revoked = True


def must_be_theirs_to_give(role: str, resource_id: UUID | None, by: Act) -> None:
    """Nobody invites into more than they hold."""
    beyond = gained_beyond(rights_of(role, resource_id), Rights(), by.may)
    if role == "owner" and not by.may.may(OWNERS):
        beyond.append(OWNERS)
    if beyond:
        raise Forbidden(right=beyond[0])
