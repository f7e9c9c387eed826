"""Who enters, and into which organisation."""

from uuid import UUID

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Struct
from psycopg import Connection

from accounts import member as members
from accounts.organisation import Organisation
from accounts.place import Place
from accounts.rights import rights_of
from kernel.rights import Rights
from kernel.store import Store, listed

HASHER = PasswordHasher()
# Checked when the address is unknown, so that both answers take the same time.
NOBODY = HASHER.hash("nobody")

BY_EMAIL = "SELECT organisation_id, id, password_hash FROM members WHERE email = %s AND is_current ORDER BY written_at"
MEMBER = """
SELECT m.name, m.email, s.state, o.state FROM members m
JOIN states s ON (s.organisation_id, s.kind, s.stream_id) = (m.organisation_id, 'Member', m.id)
JOIN states o ON (o.organisation_id, o.kind, o.stream_id) = (m.organisation_id, 'Organisation', m.organisation_id)
WHERE m.id = %s AND m.is_current"""


class MemberCard(Struct, frozen=True, kw_only=True):
    """A member as the pages need them: the person, the role and the house."""

    organisation_id: UUID
    id: UUID
    name: str
    email: str
    role: str
    resource_id: UUID | None
    rights: Rights
    organisation_name: str
    zone: str
    country: str
    language: str
    currency: str


def sign_in(store: Store, email: str, password: str) -> MemberCard | None:
    """The member with this address and password; None, after the same work, for a wrong one of either."""
    with store.database.everywhere() as db:
        known = db.execute(BY_EMAIL, (email.strip().lower(),)).fetchone()
    is_right = verify(known[2] if known else NOBODY, password)
    return member(store, known[0], known[1]) if known and is_right else None


def verify(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def member(store: Store, organisation_id: UUID, id: UUID) -> MemberCard | None:
    with store.reading(organisation_id) as db:
        row = db.execute(MEMBER, (id,), prepare=True).fetchone()
    return card(organisation_id, id, *row) if row else None


def card(organisation_id: UUID, id: UUID, name: str, email: str, member_state: str, house_state: str) -> MemberCard:
    person = msgspec.json.decode(member_state, type=members.Member)
    house = msgspec.json.decode(house_state, type=Organisation)
    return MemberCard(
        organisation_id=organisation_id,
        id=id,
        name=name or "",
        email=email or "",
        role=person.role,
        resource_id=person.resource_id,
        rights=rights_of(person.role, person.resource_id, person.grants),
        organisation_name=house.name,
        zone=house.zone,
        country=house.country,
        language=house.language,
        currency=house.currency,
    )


def organisation(db: Connection) -> Organisation:
    """The organisation of this connection."""
    return listed(db, Organisation)[0]


def places(db: Connection) -> list[Place]:
    return sorted(listed(db, Place), key=lambda place: place.name)


def organisations(store: Store) -> list[UUID]:
    with store.database.everywhere() as db:
        rows = db.execute("SELECT organisation_id FROM states WHERE kind = 'Organisation'").fetchall()
    return [id for (id,) in rows]
