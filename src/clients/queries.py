"""Finding client files: by any part of a name, by phone in any writing, by e-mail."""

import re
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import class_row

from clients.words import name_key, phone_key, shown_phone
from kernel.store import Store

FIELDS = """id, version, title, first_name, last_name, phone, email, birth_on, address, postcode, town, remarks,
number, written_at"""
ONE = f"SELECT {FIELDS} FROM clients WHERE id = ANY(%s) AND is_current"
SEARCH = f"""
SELECT {FIELDS} FROM clients WHERE is_current AND ({{}})
ORDER BY name_key, id LIMIT %(limit)s"""
PAGE = f"""
SELECT {FIELDS} FROM clients
WHERE is_current AND (name_key, id) > (%(key)s, %(id)s) AND name_key LIKE %(letter)s
ORDER BY name_key, id LIMIT %(limit)s"""
FIRST = UUID(int=0)


class ClientCard(Struct, frozen=True, kw_only=True):
    """A client's file as written in its current version, or in the version asked for."""

    id: UUID
    version: int
    title: str
    first_name: str
    last_name: str
    phone: str
    email: str
    birth_on: date | None
    address: str
    postcode: str
    town: str
    remarks: str
    number: str
    written_at: datetime

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def key(self) -> str:
        return name_key(f"{self.last_name} {self.first_name}")

    def phone_in(self, country: str) -> str:
        return shown_phone(self.phone, country) if self.phone else ""


def client(store: Store, organisation_id: UUID, id: UUID) -> ClientCard | None:
    with store.reading(organisation_id) as db:
        return cards(db, [id]).get(id)


def cards(db: Connection, ids: list[UUID]) -> dict[UUID, ClientCard]:
    with db.cursor(row_factory=class_row(ClientCard)) as cursor:
        return {card.id: card for card in cursor.execute(ONE, (ids,))}


def search(store: Store, organisation_id: UUID, words: str, limit: int = 20) -> list[ClientCard]:
    """Files that hold every word in the name, or this e-mail, or this phone; by name. Nothing for no words."""
    with store.reading(organisation_id) as db:
        return found(db, words, limit)


def found(db: Connection, words: str, limit: int) -> list[ClientCard]:
    conditions, values = conditions_for(words)
    if not conditions:
        return []
    with db.cursor(row_factory=class_row(ClientCard)) as cursor:
        return cursor.execute(SEARCH.format(" OR ".join(conditions)), values | {"limit": limit}).fetchall()


def conditions_for(words: str) -> tuple[list[str], dict[str, str]]:
    conditions, values = [], {}
    names = name_key(words).split()
    if names:
        conditions.append(" AND ".join(f"name_key LIKE %(name{n})s" for n in range(len(names))))
        values |= {f"name{n}": f"%{name}%" for n, name in enumerate(names)}
    if "@" in words:
        conditions.append("email LIKE %(email)s")
        values["email"] = f"%{words.strip().lower()}%"
    if len(digits := phone_key(words)) >= 3 and not re.search(r"[^\W\d_]", words):
        conditions.append("phone_key LIKE %(phone)s")
        values["phone"] = f"%{digits}%"
    return conditions, values


def page(
    store: Store, organisation_id: UUID, letter: str = "", after: ClientCard | None = None, limit: int = 100
) -> list[ClientCard]:
    """Files by name, those that begin with `letter` if given, after the last one of the page before."""
    values = {"key": after.key if after else "", "id": after.id if after else FIRST}
    values |= {"letter": f"{name_key(letter)}%", "limit": limit}
    with store.reading(organisation_id) as db, db.cursor(row_factory=class_row(ClientCard)) as cursor:
        return cursor.execute(PAGE, values).fetchall()
