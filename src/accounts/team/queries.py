"""The team as the house sees it: its members, and the invitations that are out."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from accounts.givers import rights_now
from accounts.member import Member
from accounts.organisation import Organisation
from accounts.rights import Grants
from accounts.team.invitation import Invitation
from kernel.rights import Rights
from kernel.store import Store, found_in, listed
from kernel.texts import words_of

NAMES = "SELECT id, coalesce(name, ''), coalesce(email, ''), written_at FROM members WHERE is_current"


class TeamMember(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    email: str
    role: str
    resource_id: UUID | None
    grants: Grants
    has_left: bool
    joined_at: datetime
    version: int


class InvitationCard(Struct, frozen=True, kw_only=True):
    """`over` says why nobody joins by it any more; empty while it is good."""

    id: UUID
    role: str
    resource_id: UUID | None
    uses: int | None
    used: int
    expires_at: datetime
    email: str
    over: str
    organisation_name: str


def team(store: Store, organisation_id: UUID) -> list[TeamMember]:
    """Who belongs to the house, by name; then those who have left."""
    with store.reading(organisation_id) as db:
        known = {id: rest for id, *rest in db.execute(NAMES).fetchall()}
        members = [member_of(one, *known[one.id]) for one in listed(db, Member) if one.id in known]
    return sorted(members, key=lambda one: (one.has_left, one.name.casefold()))


def member_of(member: Member, name: str, email: str, joined_at: datetime) -> TeamMember:
    return TeamMember(
        id=member.id,
        name=name,
        email=email,
        role=member.role,
        resource_id=member.resource_id,
        grants=member.grants,
        has_left=member.has_left,
        joined_at=joined_at,
        version=member.version,
    )


def invitations(store: Store, organisation_id: UUID, now: datetime) -> list[InvitationCard]:
    """Those that are still good first, the latest to end on top."""
    with store.reading(organisation_id) as db:
        found = listed(db, Invitation)
        words = words_of(db, (one.email_id for one in found))
        name = listed(db, Organisation)[0].name
        cards = [card_of(one, words, name, now, rights_now(db, one.maker)) for one in found]
    return sorted(cards, key=lambda card: (bool(card.over), -card.expires_at.timestamp()))


def invitation(store: Store, organisation_id: UUID, id: UUID, now: datetime) -> InvitationCard | None:
    with store.reading(organisation_id) as db:
        found = found_in(db, Invitation, id)
        if found is None:
            return None
        maker = rights_now(db, found.maker)
        return card_of(found, words_of(db, [found.email_id]), listed(db, Organisation)[0].name, now, maker)


def card_of(
    found: Invitation, words: dict[UUID, str], organisation_name: str, now: datetime, maker: Rights
) -> InvitationCard:
    return InvitationCard(
        id=found.id,
        role=found.role,
        resource_id=found.resource_id,
        uses=found.uses,
        used=found.used,
        expires_at=found.expires_at,
        email=words.get(found.email_id, "") if found.email_id else "",
        over=found.over(now, maker),
        organisation_name=organisation_name,
    )


def names_of(db: Connection, ids: list[UUID]) -> dict[UUID, str]:
    """Of members, also of those who have left."""
    query = "SELECT id, name FROM members WHERE is_current AND name IS NOT NULL AND id = ANY(%s)"
    return dict(db.execute(query, (ids,)).fetchall())


def name_of_person(store: Store, organisation_id: UUID, person_id: UUID) -> str:
    """As the team knows them; empty for somebody who does not belong to it."""
    with store.reading(organisation_id) as db:
        row = db.execute("SELECT name FROM members WHERE person_id = %s AND is_current", (person_id,)).fetchone()
    return row[0] if row else ""
