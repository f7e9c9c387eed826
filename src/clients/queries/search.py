"""Finding client files: by any part of a name, by phone in any writing, by e-mail; page by page."""

import re
from uuid import UUID

from psycopg import Connection

from clients.queries.cards import FIELDS, ClientCard, read_cards
from clients.words import name_key, phone_key
from kernel.store import Store

# The files whose words hold what is looked for: read once, and no further than shows that they are many.
MANY = 500
HITS = f"SELECT file_id FROM clients WHERE is_current AND ({{}}) LIMIT {MANY}"
IN_USE = "c.is_current AND c.merged_into IS NULL AND NOT c.is_archived"
# Few are fetched and put in order; of many, the next ones by name are soon met. What a duplicate is called leads to the
# file that it was merged into.
OF_FEW = f"""
SELECT {FIELDS} FROM clients c
WHERE {IN_USE} AND c.id = ANY(%(hits)s) AND (c.name_key, c.id) > (%(key)s, %(id)s)
ORDER BY c.name_key, c.id LIMIT %(limit)s"""
OF_MANY = f"""
SELECT {FIELDS} FROM clients c
WHERE {IN_USE} AND (c.name_key, c.id) > (%(key)s, %(id)s) AND (({{0}}) OR c.id = ANY(ARRAY(
    SELECT file_id FROM clients WHERE is_current AND merged_into IS NOT NULL AND ({{0}}))))
ORDER BY c.name_key, c.id LIMIT %(limit)s"""
# While somebody types: what begins like the words comes first.
CLOSEST = f"""
SELECT {FIELDS} FROM clients c WHERE {IN_USE} AND c.id = ANY(%(hits)s)
ORDER BY ' ' || c.name_key LIKE %(begins)s DESC, c.name_key, c.id LIMIT %(limit)s"""
PAGE = f"""
SELECT {FIELDS} FROM clients c
WHERE c.is_current AND c.merged_into IS NULL AND {{}}
AND (c.name_key, c.id) > (%(key)s, %(id)s) AND c.name_key LIKE %(letter)s
ORDER BY c.name_key, c.id LIMIT %(limit)s"""
KINDS = {
    "": "NOT c.is_archived",
    "archived": "c.is_archived",
    "blocked": "c.id IN (SELECT file_id FROM clients WHERE is_current AND is_blocked)",
}
FIRST = UUID(int=0)


def search(
    store: Store,
    organisation_id: UUID,
    words: str,
    limit: int = 20,
    after: ClientCard | None = None,
    *,
    by_contacts: bool = True,
) -> list[ClientCard]:
    """Files that hold every word in the name, or this e-mail, or this phone; by name. Nothing for no words.

    Whoever does not see contacts does not find by them either, and so learns from no answer whose they are.
    """
    with store.reading(organisation_id) as db:
        return found(db, words, limit, after, by_contacts=by_contacts)


def closest(
    store: Store, organisation_id: UUID, words: str, limit: int = 8, *, by_contacts: bool = True
) -> list[ClientCard]:
    """The few that the words come nearest to, of the first 500 that hold them; found as `search` finds."""
    conditions, values = conditions_for(words, by_contacts=by_contacts)
    if not conditions:
        return []
    begins = name_key(words).partition(" ")[0]
    asked = {"begins": f"% {begins}%", "limit": limit}
    with store.reading(organisation_id) as db:
        return read_cards(db, CLOSEST, asked | {"hits": hits(db, conditions, values)})


def found(
    db: Connection, words: str, limit: int, after: ClientCard | None = None, *, by_contacts: bool = True
) -> list[ClientCard]:
    conditions, values = conditions_for(words, by_contacts=by_contacts)
    if not conditions:
        return []
    asked = place(after) | {"limit": limit}
    few = hits(db, conditions, values)
    if len(few) < MANY:
        return read_cards(db, OF_FEW, asked | {"hits": few})
    return read_cards(db, OF_MANY.format(" OR ".join(conditions)), asked | values)


def hits(db: Connection, conditions: list[str], values: dict[str, str]) -> list[UUID]:
    """The visible files of the first that hold what is looked for."""
    return [id for (id,) in db.execute(HITS.format(" OR ".join(conditions)), values)]


def conditions_for(words: str, *, by_contacts: bool = True) -> tuple[list[str], dict[str, str]]:
    conditions, values = [], {}
    names = name_key(words).split()
    if names:
        conditions.append(" AND ".join(f"name_key LIKE %(name{n})s" for n in range(len(names))))
        values |= {f"name{n}": f"%{name}%" for n, name in enumerate(names)}
    if by_contacts and "@" in words:
        conditions.append("email LIKE %(email)s")
        values["email"] = f"%{words.strip().lower()}%"
    if by_contacts and len(digits := phone_key(words)) >= 3 and not re.search(r"[^\W\d_]", words):
        conditions.append("phone_key LIKE %(phone)s")
        values["phone"] = f"%{digits}%"
    return conditions, values


def page(
    store: Store,
    organisation_id: UUID,
    letter: str = "",
    after: ClientCard | None = None,
    limit: int = 100,
    kind: str = "",
) -> list[ClientCard]:
    """Files by name, those that begin with `letter` if given, after the last one of the page before.

    `kind`: empty for those in use, else archived or blocked.
    """
    values = place(after) | {"letter": f"{name_key(letter)}%", "limit": limit}
    with store.reading(organisation_id) as db:
        return read_cards(db, PAGE.format(KINDS[kind]), values)


def place(after: ClientCard | None) -> dict[str, object]:
    return {"key": after.key if after else "", "id": after.id if after else FIRST}
