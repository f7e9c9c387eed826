"""What ends with a member's power: whatever they had made and could not make now, in the transaction that takes it.

Nothing here is what keeps it from being used: tokens and invitations ask for their maker's rights each time, and a
session is asked at every request what its member may do. It is ended so that it does not come back, and is told.
"""

from collections.abc import Iterator
from uuid import UUID

from accounts.events import MemberGiftsEnded
from accounts.givers import member_behind
from accounts.member import Member
from accounts.rights import SETUP
from accounts.support.access import SupportAccess
from accounts.team.invitation import Invitation
from accounts.token import ApiToken
from kernel.actors import Act
from kernel.events import MAPPER
from kernel.store import Log, Store

ALLOW = "support.allow"
COUNTED = ("invitations", "tokens", "support_accesses")
ENDED_AT = "SELECT state FROM events WHERE stream_id = %s AND position = %s AND name = 'MemberGiftsEnded'"


def take_along(log: Log, member: Member, by: Act) -> None:
    """Ends what this member made and could not make now, notes how much it was, and keeps all of it with the member."""
    why = "maker-left" if member.has_left else "maker-limited"
    over = [list(found(log, member, by)) for found in (invitations, tokens, accesses)]
    for one in (*over[0], *over[1]):
        one.revoke(by, why)
    for one in over[2]:
        one.end(by, why)
    member.take_along(by, **dict(zip(COUNTED, map(len, over), strict=True)))
    log.keep(*over[0], *over[1], *over[2], member)


def invitations(log: Log, member: Member, by: Act) -> Iterator[Invitation]:
    made = (one for one in log.list(Invitation) if member_behind(one.maker) == member.id)
    return (one for one in made if not one.over(by.at, SETUP) and one.over(by.at, member.rights()))


def tokens(log: Log, member: Member, by: Act) -> Iterator[ApiToken]:
    """Those of which nothing is left; others lose single scopes, which is asked at each use."""
    made = (one for one in log.list(ApiToken) if member_behind(one.maker) == member.id)
    return (one for one in made if one.is_good(by.at) and not one.scopes_of(member.rights()))


def accesses(log: Log, member: Member, by: Act) -> Iterator[SupportAccess]:
    """Those that change things on the member's word."""
    allowed = (one for one in log.list(SupportAccess) if member_behind(one.allowed_by) == member.id)
    return (one for one in allowed if one.is_good(by.at) and not member.rights().may(ALLOW))


def ended_with(store: Store, organisation_id: UUID, member_id: UUID, position: int) -> MemberGiftsEnded | None:
    """What a command that left the log at this position ended with the member; None for nothing."""
    with store.reading(organisation_id) as db:
        row = db.execute(ENDED_AT, (member_id, position)).fetchone()
    return MAPPER.decoder(MemberGiftsEnded.__name__).decode(row[0]) if row else None
