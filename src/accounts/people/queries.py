"""Who is at the door, who is signed in where, and which organisations somebody belongs to."""

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg.rows import class_row

from accounts.member import Member
from accounts.organisation import Organisation
from accounts.people.person import Person
from accounts.people.sessions import CODE_WITHIN, IDLE, LONGEST, known_device
from accounts.people.words import spelling_of
from accounts.token_secrets import hash_of, parts_of
from kernel.store import Store

PERSON_OF = "SELECT organisation_id FROM logins WHERE email = %s"
# Everything that each request needs to know, in one go.
VISITOR = """
SELECT s.secret_hash, s.seen_at, s.organisation_id, s.id, coalesce(p.name, ''), coalesce(p.email, ''), p.language,
    s.opened_at, s.confirmed_at, coalesce(f.is_on, false), s.house_id, s.member_id, s.behalf, s.seeing_as,
    s.support_access_id, s.device_id
FROM sessions s JOIN people p ON p.organisation_id = s.organisation_id AND p.is_current
LEFT JOIN second_factors f ON f.organisation_id = s.organisation_id
WHERE s.id = %(id)s AND s.ended_at IS NULL AND s.waits_for_code = %(waits)s
    AND s.seen_at > %(idle)s AND s.opened_at > %(oldest)s"""
SEEN = "UPDATE sessions SET seen_at = %s, address = %s WHERE id = %s"
NOTED_EVERY = timedelta(minutes=1)
MEMBERSHIPS = """
SELECT m.organisation_id, m.id, s.state, o.state FROM members m
JOIN states s ON (s.organisation_id, s.kind, s.stream_id) = (m.organisation_id, 'Member', m.id)
JOIN states o ON (o.organisation_id, o.kind, o.stream_id) = (m.organisation_id, 'Organisation', m.organisation_id)
WHERE m.person_id = %s AND m.is_current"""
CARD = """
SELECT p.name, p.email, p.language, s.state, c.set_at FROM people p
JOIN states s ON (s.organisation_id, s.kind, s.stream_id) = (p.organisation_id, 'Person', p.organisation_id)
LEFT JOIN credentials c ON c.organisation_id = p.organisation_id WHERE p.is_current"""
SESSIONS = """
SELECT s.id, s.browser, s.address, s.method, s.opened_at, s.seen_at, s.device_id FROM sessions s
WHERE s.ended_at IS NULL AND NOT s.waits_for_code AND s.seen_at > %s AND s.opened_at > %s ORDER BY s.seen_at DESC"""
WHERE_FROM = "SELECT id, browser, address FROM sessions WHERE id = ANY(%s)"
PASSKEYS = """
SELECT k.id, k.credential_id, coalesce(t.words, '') AS name, k.added_at, k.last_used_at FROM passkeys k
LEFT JOIN texts t ON (t.organisation_id, t.id) = (k.organisation_id, k.name_id) ORDER BY k.added_at, k.id"""


class Visitor(Struct, frozen=True, kw_only=True):
    """A person who is signed in: who, since when, and as whom in which organisation."""

    person_id: UUID
    session_id: UUID
    name: str
    email: str
    language: str
    opened_at: datetime
    confirmed_at: datetime | None
    has_second_factor: bool
    organisation_id: UUID | None
    member_id: UUID | None
    behalf: str
    seeing_as: UUID | None
    support_access_id: UUID | None = None
    device_id: UUID | None = None


class Membership(NamedTuple):
    """An organisation that somebody belongs to, and as what."""

    organisation_id: UUID
    member_id: UUID
    organisation_name: str
    role: str


class PersonCard(Struct, frozen=True, kw_only=True):
    """A person as their own account page shows them."""

    id: UUID
    name: str
    email: str
    language: str
    is_email_confirmed: bool
    has_password: bool
    password_set_at: datetime | None
    has_second_factor: bool
    codes_left: int
    has_passkeys: bool


class SessionCard(Struct, frozen=True, kw_only=True):
    id: UUID
    browser: str
    address: str
    method: str
    opened_at: datetime
    seen_at: datetime
    device_id: UUID | None


class PasskeyCard(Struct, frozen=True, kw_only=True):
    id: UUID
    credential_id: bytes
    name: str
    added_at: datetime
    last_used_at: datetime | None


def person_of(store: Store, email: str) -> UUID | None:
    """Who signs in under this address, if anybody does."""
    with store.database.at_the_door() as db:
        row = db.execute(PERSON_OF, (spelling_of(email),), prepare=True).fetchone()
    return row[0] if row else None


def visitor(store: Store, secret: str, now: datetime, address: str = "") -> Visitor | None:
    """Who is signed in under this secret; None when the session is unknown, ended, or past its time."""
    return session_of(store, secret, now, idle=IDLE, address=address)


def waiting(store: Store, secret: str, now: datetime) -> Visitor | None:
    """Who has still to give a code, before the session of this secret opens."""
    return session_of(store, secret, now, idle=CODE_WITHIN, waits=True)


def session_of(
    store: Store, secret: str, now: datetime, *, idle: timedelta, waits: bool = False, address: str = ""
) -> Visitor | None:
    claimed = parts_of(secret)
    if claimed is None:
        return None
    facts = {"id": claimed[1], "waits": waits, "idle": now - idle, "oldest": now - LONGEST}
    with store.reading(claimed[0]) as db:
        row = db.execute(VISITOR, facts, prepare=True).fetchone()
        if row is None or not hmac.compare_digest(bytes(row[0]), hash_of(secret)):
            return None
        if now - row[1] > NOTED_EVERY:
            db.execute(SEEN, (now, address, claimed[1]))
    return Visitor(**dict(zip(Visitor.__struct_fields__, row[2:], strict=True)))


def is_device_of(store: Store, person_id: UUID, secret: str) -> UUID | None:
    """The person's browser that has this secret, when it is one."""
    with store.reading(person_id) as db:
        return known_device(db, secret, person_id)


def memberships(store: Store, person_id: UUID) -> list[Membership]:
    """The organisations of this person by name."""
    with store.database.at_the_door() as db:
        rows = db.execute(MEMBERSHIPS, (person_id,), prepare=True).fetchall()
    return sorted((membership(*row) for row in rows), key=lambda one: (one.organisation_name, one.organisation_id))


def membership(organisation_id: UUID, member_id: UUID, member_state: str, house_state: str) -> Membership:
    member = msgspec.json.decode(member_state, type=Member)
    house = msgspec.json.decode(house_state, type=Organisation)
    return Membership(organisation_id, member_id, house.name, member.role)


def person_card(store: Store, person_id: UUID) -> PersonCard | None:
    with store.reading(person_id) as db:
        row = db.execute(CARD).fetchone()
    if row is None:
        return None
    person = msgspec.json.decode(row[3], type=Person)
    return PersonCard(
        id=person_id,
        name=row[0] or "",
        email=row[1] or "",
        language=row[2],
        is_email_confirmed=person.is_email_confirmed,
        has_password=person.has_password,
        password_set_at=row[4],
        has_second_factor=person.has_second_factor,
        codes_left=person.codes_left,
        has_passkeys=bool(person.passkey_ids),
    )


def sessions(store: Store, person_id: UUID, now: datetime) -> list[SessionCard]:
    """Where the person is signed in, the latest first."""
    return rows(store, person_id, SessionCard, SESSIONS, (now - IDLE, now - LONGEST))


def where_from(store: Store, person_id: UUID, ids: Iterable[UUID]) -> dict[UUID, str]:
    """With which browser and from where these sessions were opened, as far as that is still kept."""
    with store.reading(person_id) as db:
        found = db.execute(WHERE_FROM, (list(ids),)).fetchall()
    return {id: ", ".join(filter(None, (browser, address))) for id, browser, address in found}


def passkeys(store: Store, person_id: UUID) -> list[PasskeyCard]:
    return rows(store, person_id, PasskeyCard, PASSKEYS)


def rows(store: Store, person_id: UUID, kind: type, query: str, values: tuple = ()) -> list:
    with store.reading(person_id) as db, db.cursor(row_factory=class_row(kind)) as cursor:
        return cursor.execute(query, values).fetchall()
