"""Which programs may enter: the token that a request carries, and the list that the house sees."""

import hmac
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection

from accounts.givers import rights_behind, rights_now
from accounts.member import Member
from accounts.organisation import Organisation
from accounts.rights import rights_of_scopes, standing_still
from accounts.token import ApiToken
from accounts.token_secrets import hash_of, parts_of
from kernel.rights import Rights
from kernel.store import Store, listed
from kernel.texts import words_of

KNOWN = """
SELECT t.secret_hash, t.last_used_at, s.state, o.state, m.state FROM api_tokens t
JOIN states s ON (s.organisation_id, s.kind, s.stream_id) = (t.organisation_id, 'ApiToken', t.id)
JOIN states o ON (o.organisation_id, o.kind, o.stream_id) = (t.organisation_id, 'Organisation', t.organisation_id)
LEFT JOIN states m ON m.organisation_id = t.organisation_id AND m.kind = 'Member'
    AND m.stream_id = substring(s.state::json ->> 'maker' FROM '^staff/([0-9a-f-]{36})$')::uuid
WHERE t.id = %s"""
# Written at most once in this time, so that reading stays reading.
NOTED_EVERY = timedelta(minutes=1)


class Program(Struct, frozen=True, kw_only=True):
    """A program that is let in: what its token allows as long as whoever issued it may do as much, and the house that
    it speaks for."""

    organisation_id: UUID
    id: UUID
    scopes: frozenset[str]
    rights: Rights
    per_minute: int
    networks: list[str]
    zone: str
    country: str
    language: str
    currency: str
    role: str = "program"


class TokenCard(Struct, frozen=True, kw_only=True):
    """A token as the house sees it, without its secret; `lost` are scopes that whoever issued it may not give now."""

    id: UUID
    name: str
    scopes: list[str]
    lost: list[str]
    per_minute: int
    expires_at: datetime | None
    is_revoked: bool
    last_used_at: datetime | None


def program(store: Store, secret: str, now: datetime) -> Program | None:
    """Whom this token lets in; None for one that is unknown, revoked or past its time."""
    claimed = parts_of(secret)
    if claimed is None:
        return None
    organisation_id, id = claimed
    with store.reading(organisation_id) as db:
        row = db.execute(KNOWN, (id,), prepare=True).fetchone()
        if row is None or not hmac.compare_digest(bytes(row[0]), hash_of(secret)):
            return None
        token = msgspec.json.decode(row[2], type=ApiToken)
        if not token.is_good(now):
            return None
        note_use(db, id, row[1], now)
    maker = msgspec.json.decode(row[4], type=Member) if row[4] else None
    house = msgspec.json.decode(row[3], type=Organisation)
    return program_of(organisation_id, token, rights_behind(token.maker, maker), house, now)


def note_use(db: Connection, id: UUID, last_used_at: datetime | None, now: datetime) -> None:
    if last_used_at is None or now - last_used_at > NOTED_EVERY:
        db.execute("UPDATE api_tokens SET last_used_at = %s WHERE id = %s", (now, id))


def program_of(
    organisation_id: UUID, token: ApiToken, maker: Rights, house: Organisation, now: datetime
) -> Program | None:
    """None when nothing is left of it."""
    scopes = token.scopes_of(maker)
    if not scopes:
        return None
    rights = rights_of_scopes(scopes)
    return Program(
        organisation_id=organisation_id,
        id=token.id,
        scopes=frozenset(scopes),
        rights=rights if house.standing(now) == "open" else standing_still(rights),
        per_minute=token.per_minute,
        networks=house.networks_for("program"),
        zone=house.zone,
        country=house.country,
        language=house.language,
        currency=house.currency,
    )


def tokens(store: Store, organisation_id: UUID) -> list[TokenCard]:
    """The tokens of the house by name, those that still let in first."""
    with store.reading(organisation_id) as db:
        known = listed(db, ApiToken)
        names = words_of(db, (token.name_id for token in known))
        used = dict(db.execute("SELECT id, last_used_at FROM api_tokens").fetchall())
        makers = {token.id: rights_now(db, token.maker) for token in known}
    cards = [token_card(one, names.get(one.name_id, ""), used.get(one.id), makers[one.id]) for one in known]
    return sorted(cards, key=lambda card: (card.is_revoked, card.name))


def token_card(token: ApiToken, name: str, last_used_at: datetime | None, maker: Rights) -> TokenCard:
    held = token.scopes_of(maker)
    return TokenCard(
        id=token.id,
        name=name,
        scopes=held,
        lost=[scope for scope in token.scopes if scope not in held],
        per_minute=token.per_minute,
        expires_at=token.expires_at,
        is_revoked=token.is_revoked,
        last_used_at=last_used_at,
    )
