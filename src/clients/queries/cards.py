"""A client's file as it stands now, found by its identifier or by that of a duplicate merged into it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import class_row, dict_row

from clients.words import name_key, shown_phone
from kernel.store import Store

FIELDS = """c.id, c.revision AS version, c.version AS words_version, c.title, c.first_name, c.last_name, c.phone,
    c.email, c.birth_on, c.address, c.postcode, c.town, c.remarks, c.number, c.custom, c.written_at, c.is_archived,
    c.merged_into, EXISTS (
        SELECT 1 FROM clients b WHERE b.file_id = c.id AND b.is_current AND b.is_blocked) AS is_blocked"""
FOLLOWED = f"""
SELECT o.id AS asked, {FIELDS} FROM clients o JOIN clients c ON c.id = o.file_id AND c.is_current
WHERE o.id = ANY(%s) AND o.is_current"""
OWN = f"SELECT {FIELDS} FROM clients c WHERE c.id = ANY(%s) AND c.is_current"


class ClientCard(Struct, frozen=True, kw_only=True):
    """A client's file in its current version.

    `version` is that of the whole file (what Act.expecting takes), `words_version` the one of its words. `custom`
    holds the values of the house's own fields by identifier. `is_blocked` counts the blocks of what was merged in.
    """

    id: UUID
    version: int
    words_version: int
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
    custom: dict[str, Any]
    written_at: datetime
    is_archived: bool
    merged_into: UUID | None
    is_blocked: bool

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def key(self) -> str:
        return name_key(f"{self.last_name} {self.first_name}")

    def phone_in(self, country: str) -> str:
        return shown_phone(self.phone, country) if self.phone else ""


def client(store: Store, organisation_id: UUID, id: UUID) -> ClientCard | None:
    """The file of this identifier, or the one that it was merged into; `id` of the card tells which."""
    with store.reading(organisation_id) as db:
        return cards(db, [id]).get(id)


def cards(db: Connection, ids: Iterable[UUID]) -> dict[UUID, ClientCard]:
    """The visible files by the identifiers asked for: a duplicate's leads to the file that it was merged into."""
    with db.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(FOLLOWED, (list(ids),), prepare=True).fetchall()
    return {row.pop("asked"): ClientCard(**row) for row in rows}


def own_cards(db: Connection, ids: Iterable[UUID]) -> dict[UUID, ClientCard]:
    """The files of just these identifiers, also those that were merged into another."""
    return {card.id: card for card in read_cards(db, OWN, (list(ids),))}


def read_cards(db: Connection, query: str, values: Any) -> list[ClientCard]:
    with db.cursor(row_factory=class_row(ClientCard)) as cursor:
        return cursor.execute(query, values, prepare=True).fetchall()
