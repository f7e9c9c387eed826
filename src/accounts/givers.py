"""Whoever let others in: invitations, tokens and words to the support hold as far as their maker could give them now.

What a member made counts for no more than the member. Whoever runs the installation (its command line, its set-up and
its jobs) is no member and is bound by nothing here; anybody else gave nothing.
"""

from contextlib import suppress
from uuid import UUID

from psycopg import Connection

from accounts.member import Member
from accounts.rights import SETUP
from kernel.rights import Rights
from kernel.store import found_in

INSTALLATION = ("setup", "policy")


def member_behind(actor: str) -> UUID | None:
    """The member who acted as role/identifier, if it was one."""
    role, _, id = actor.partition("/")
    with suppress(ValueError):
        return UUID(id) if role == "staff" else None
    return None


def rights_now(db: Connection, actor: str) -> Rights:
    """What somebody who acted in the house of this connection may do in it now."""
    id = member_behind(actor)
    return rights_behind(actor, found_in(db, Member, id) if id else None)


def rights_behind(actor: str, member: Member | None) -> Rights:
    """The same, for whoever knows the member already."""
    if actor.partition("/")[0] in INSTALLATION:
        return SETUP
    return member.rights() if member else Rights()
