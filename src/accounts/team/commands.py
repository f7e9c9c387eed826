"""What can be asked of the team: who joins, in which role, with which grants, and who leaves."""

from datetime import datetime
from uuid import UUID

from accounts.givers import member_behind, rights_now
from accounts.member import Member
from accounts.organisation import Organisation
from accounts.rights import Grants
from accounts.team.ending import take_along
from accounts.team.invitation import Invitation
from kernel.actors import Act
from kernel.errors import Refusal
from kernel.rights import Forbidden
from kernel.store import Log, command

KNOWN = "SELECT 1 FROM members WHERE person_id = %s AND is_current"
ENTER = "INSERT INTO members (id, version, person_id, name, email, written_at) VALUES (%s, 1, %s, %s, %s, %s)"
# Whoever has left is known by name in the history, and signs in here no more.
LEAVE = "UPDATE members SET person_id = NULL WHERE id = %s AND is_current"


class MemberAlready(Refusal):
    """This person belongs to the house already."""

    status = 409


class LastOwner(Refusal):
    """A house keeps one owner at least, who can give it to somebody else."""


@command("team.write", is_exclusive=True)
def add_member(
    log: Log, id: UUID, *, person_id: UUID, name: str, email: str, role: str, resource_id: UUID | None = None, by: Act
) -> None:
    """Makes a person a member; `name` and `email` are theirs, copied for the team to see."""
    take_in(log, Member(id=id), person_id, name, email, role, resource_id, by)


def take_in(
    log: Log, member: Member, person_id: UUID, name: str, email: str, role: str, resource_id: UUID | None, by: Act
) -> None:
    if log.connection.execute(KNOWN, (person_id,)).fetchone():
        raise MemberAlready
    if organisation := log.find(Organisation, by.organisation_id):
        organisation.must_have_room(members=1 + sum(not one.has_left for one in log.list(Member)))
    member.join(by, role, person_id, resource_id)
    log.connection.execute(ENTER, (member.id, person_id, name, email.lower(), by.at))
    log.keep(member)


@command("team.write", is_exclusive=True)
def change_member_role(log: Log, id: UUID, *, role: str, resource_id: UUID | None = None, by: Act) -> None:
    """`resource_id` is the column of the agenda that is the member's own."""
    member = log.get(Member, id)
    was_owner = member.role == "owner"
    member.change_role(role, resource_id, by)
    if was_owner and role != "owner":
        must_leave_an_owner(log, id)
    take_along(log, member, by)


@command("team.write", is_exclusive=True)
def change_member_grants(log: Log, id: UUID, grants: Grants, *, by: Act) -> None:
    member = log.get(Member, id)
    member.change_grants(grants, by)
    take_along(log, member, by)


@command("team.write", is_exclusive=True)
def remove_member(log: Log, id: UUID, *, by: Act) -> None:
    member = log.get(Member, id)
    member.must_be_under(by)
    let_go(log, member, "removed", by)


@command("desk.enter", is_exclusive=True)
def leave_team(log: Log, id: UUID, *, by: Act) -> None:
    """Of one's own will: whoever sends somebody else away needs the right to."""
    if member_behind(by.actor) != id:
        raise Forbidden(right="team.write")
    let_go(log, log.get(Member, id), "left", by)


def let_go(log: Log, member: Member, why: str, by: Act) -> None:
    must_leave_an_owner(log, member.id)
    member.leave(why, by)
    log.connection.execute(LEAVE, (member.id,))
    take_along(log, member, by)


def must_leave_an_owner(log: Log, id: UUID) -> None:
    owners = {one.id for one in log.list(Member) if one.role == "owner" and not one.has_left}
    if owners == {id}:
        raise LastOwner


@command("team.write", is_exclusive=True)
def make_invitation(
    log: Log,
    id: UUID,
    *,
    role: str,
    expires_at: datetime,
    uses: int | None = 1,
    resource_id: UUID | None = None,
    email: str = "",
    by: Act,
) -> None:
    """`email` is where it is sent, if it is; its link is sealed from the identifier and never stored."""
    invitation = Invitation(id=id)
    email_id = log.write(email, kind="email", about=id)
    invitation.make(by, role=role, resource_id=resource_id, uses=uses, expires_at=expires_at, email_id=email_id)
    log.keep(invitation)


@command("team.write", is_exclusive=True)
def revoke_invitation(log: Log, id: UUID, *, by: Act) -> None:
    invitation = log.get(Invitation, id)
    invitation.revoke(by)
    log.keep(invitation)


@command("team.join", is_exclusive=True)
def accept_invitation(
    log: Log,
    id: UUID,
    member_id: UUID,
    *,
    person_id: UUID,
    name: str,
    email: str,
    resource_id: UUID | None = None,
    by: Act,
) -> None:
    """Adds whoever follows the link to the team at once. `resource_id` is a column for somebody for whom the
    invitation names none."""
    invitation = log.get(Invitation, id)
    invitation.use(member_id, rights_now(log.connection, invitation.maker), by)
    log.keep(invitation)
    column_id = invitation.resource_id or resource_id
    take_in(log, Member(id=member_id), person_id, name, email, invitation.role, column_id, by)
