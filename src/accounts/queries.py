"""Who enters, and into which organisation."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection

from accounts.member import Member
from accounts.organisation import Organisation
from accounts.place import Place
from accounts.rights import rights_of, rights_of_support, standing_still
from accounts.support.access import SupportAccess
from kernel.rights import Rights
from kernel.store import Store, listed

Receiving = Callable[[Connection, Collection[UUID]], frozenset[UUID]]

MEMBER = """
SELECT m.name, m.email, s.state, o.state FROM members m
JOIN states s ON (s.organisation_id, s.kind, s.stream_id) = (m.organisation_id, 'Member', m.id)
JOIN states o ON (o.organisation_id, o.kind, o.stream_id) = (m.organisation_id, 'Organisation', m.organisation_id)
WHERE m.id = %s AND m.is_current"""


class MemberCard(Struct, frozen=True, kw_only=True):
    """A member as the pages need them: the person, what they may do, and the house as it stands."""

    organisation_id: UUID
    id: UUID
    name: str
    email: str
    role: str
    resource_id: UUID | None
    rights: Rights
    standing: str = "open"
    networks: list[str] = []
    has_left: bool = False
    organisation_name: str
    zone: str
    country: str
    language: str
    currency: str
    accent: str = ""
    client_word: str = "client"
    appointment_word: str = "appointment"


def member(
    store: Store, organisation_id: UUID, id: UUID, now: datetime | None = None, receiving_at: Receiving | None = None
) -> MemberCard | None:
    """`receiving_at` tells which resources receive at some places, for those whose rights end there."""
    with store.reading(organisation_id) as db:
        row = db.execute(MEMBER, (id,), prepare=True).fetchone()
        if row is None:
            return None
        name, email, member_state, house_state = row
        person = msgspec.json.decode(member_state, type=Member)
        at = receiving_at(db, person.grants.places) if receiving_at and person.grants.places else frozenset()
    house = msgspec.json.decode(house_state, type=Organisation)
    return card(person, house, name or "", email or "", at, now or datetime.now(UTC))


def card(person: Member, house: Organisation, name: str, email: str, at: frozenset[UUID], now: datetime) -> MemberCard:
    standing = house.standing(now)
    rights = rights_of(person.role, person.resource_id, person.grants, at)
    return MemberCard(
        organisation_id=house.id,
        id=person.id,
        name=name,
        email=email,
        role=person.role,
        resource_id=person.resource_id,
        rights=rights if standing == "open" else standing_still(rights),
        standing=standing,
        networks=house.networks_for(person.role),
        has_left=person.has_left,
        **house_words(house),
    )


def support_member(access: SupportAccess, house: Organisation, now: datetime) -> MemberCard | None:
    """Somebody of the support in the place of a member; None when their time is over."""
    if not access.is_good(now):
        return None
    return MemberCard(
        organisation_id=house.id,
        id=access.id,
        name="",
        email="",
        role="support",
        resource_id=None,
        rights=rights_of_support(access.may_change),
        **house_words(house),
    )


def house_words(house: Organisation) -> dict[str, str]:
    return {
        "organisation_name": house.name,
        "zone": house.zone,
        "country": house.country,
        "language": house.language,
        "currency": house.currency,
        "accent": house.accent,
        "client_word": house.client_word,
        "appointment_word": house.appointment_word,
    }


def organisation(db: Connection) -> Organisation:
    """The organisation of this connection."""
    return listed(db, Organisation)[0]


def places(db: Connection) -> list[Place]:
    return sorted(listed(db, Place), key=lambda place: place.name)


def organisations(store: Store) -> list[UUID]:
    with store.database.everywhere() as db:
        rows = db.execute("SELECT organisation_id FROM states WHERE kind = 'Organisation'").fetchall()
    return [id for (id,) in rows]
