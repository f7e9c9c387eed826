"""Who may be the same person: by phone, by e-mail, by name and birth, by name alone."""

from collections.abc import Iterable
from itertools import chain, combinations
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from clients.queries.cards import FIELDS, ClientCard, own_cards, read_cards
from clients.words import ClientWords, clean, email, person_key, phone, phone_key
from kernel.errors import Refusal
from kernel.store import Store

# What two files may share, and how much that says.
WEIGHTS = {"phone": 4, "email": 4, "name": 3, "birth_on": 2}
KEYS = ("phone_key", "email", "person_key")
ALIKE = f"""
SELECT {FIELDS} FROM clients c
WHERE c.is_current AND c.merged_into IS NULL AND NOT c.is_archived AND ({{}}) LIMIT 200"""
# What more files than this have in common is a family's phone or a common name, and says nothing.
MOST_ALIKE = 12
GROUPS = """
SELECT array_agg(id ORDER BY id) FROM clients
WHERE is_current AND merged_into IS NULL AND NOT is_archived AND {key} <> ''
GROUP BY {key} HAVING count(*) BETWEEN 2 AND %s ORDER BY {key} LIMIT %s"""
APART = "SELECT id, other_id FROM distinct_clients WHERE id = ANY(%s)"


class Duplicate(Struct, frozen=True, kw_only=True):
    """A file that may be of the same person; `shared` names what tells so: phone, email, name, birth_on."""

    card: ClientCard
    shared: tuple[str, ...]


class DuplicatePair(Struct, frozen=True, kw_only=True):
    """Two files that may be of one person."""

    one: ClientCard
    other: ClientCard
    shared: tuple[str, ...]


def duplicates(
    store: Store,
    organisation_id: UUID,
    facts: dict[str, Any],
    *,
    country: str = "FR",
    without: UUID | None = None,
    limit: int = 5,
) -> list[Duplicate]:
    """Files that may be of the person whom these facts tell of, the likeliest first.

    `facts` are fields of ClientWords as somebody typed them; what cannot be read is left out. `without` is the file
    that they are for, if there is one, and those who were told apart from it.
    """
    words = readable(facts, country)
    with store.reading(organisation_id) as db:
        found = alike(db, words)
        apart = told_apart(db, [without, *(card.id for card in found)]) if without else set()
    others = (card for card in found if card.id != without and pair_of(card.id, without) not in apart)
    told = [Duplicate(card=card, shared=shared) for card in others if (shared := shared_by(card, words))]
    return sorted(told, key=lambda one: (-weight(one.shared), one.card.key))[:limit]


def readable(facts: dict[str, Any], country: str) -> ClientWords:
    known = {name: clean(facts.get(name)) for name in ("first_name", "last_name", "birth_on") if facts.get(name)}
    for name, read in (("phone", lambda words: phone(words, country)), ("email", email)):
        try:
            known[name] = read(clean(facts.get(name) or ""))
        except Refusal:
            continue
    return ClientWords(**known)


def alike(db: Connection, words: ClientWords) -> list[ClientCard]:
    """Whoever shares one of the keys, which have an index each."""
    keys = dict(zip(KEYS, (phone_key(words.phone), words.email, person_key(words)), strict=True))
    given = {key: value for key, value in keys.items() if value}
    conditions = " OR ".join(f"c.{key} = %({key})s" for key in given)
    return read_cards(db, ALIKE.format(conditions), given) if given else []


def shared_by(one: ClientCard | ClientWords, other: ClientCard | ClientWords) -> tuple[str, ...]:
    """What two files have in common; nothing when it is only the name and they were born on different days."""
    shared = [name for name in ("phone", "email") if getattr(one, name) and getattr(one, name) == getattr(other, name)]
    has_same_name = person_key(one) == person_key(other) != ""
    is_born_apart = one.birth_on and other.birth_on and one.birth_on != other.birth_on
    if has_same_name and (shared or not is_born_apart):
        shared.append("name")
        shared += ["birth_on"] if one.birth_on and one.birth_on == other.birth_on else []
    return tuple(shared)


def weight(shared: tuple[str, ...]) -> int:
    return sum(WEIGHTS[name] for name in shared)


def probable_duplicates(store: Store, organisation_id: UUID, limit: int = 100) -> list[DuplicatePair]:
    """Pairs in the whole house that may be one person and were not told apart, the likeliest first."""
    with store.reading(organisation_id) as db:
        groups = [ids for key in KEYS for (ids,) in db.execute(GROUPS.format(key=key), (MOST_ALIKE, limit))]
        known = own_cards(db, set(chain(*groups)))
        apart = told_apart(db, known)
    pairs = {pair for ids in groups for pair in combinations(ids, 2)} - apart
    told = [likely(known[one], known[other]) for one, other in pairs]
    ranked = sorted((pair for pair in told if pair.shared), key=lambda pair: (-weight(pair.shared), pair.one.key))
    return ranked[:limit]


def likely(one: ClientCard, other: ClientCard) -> DuplicatePair:
    return DuplicatePair(one=one, other=other, shared=shared_by(one, other))


def told_apart(db: Connection, ids: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    return set(db.execute(APART, (list(ids),)).fetchall())


def pair_of(one: UUID, other: UUID | None) -> tuple[UUID, UUID] | None:
    return (min(one, other), max(one, other)) if other else None
