"""The fields that a house adds to its client files."""

from uuid import UUID

from psycopg import Connection

from clients.client_field import ClientField
from kernel.store import Store, listed


def client_fields(store: Store, organisation_id: UUID, *, is_all: bool = False) -> list[ClientField]:
    """Those filled in now, by rank and label; `is_all` adds the retired ones, last."""
    with store.reading(organisation_id) as db:
        return fields_in(db, is_all=is_all)


def fields_in(db: Connection, *, is_all: bool = False) -> list[ClientField]:
    fields = [field for field in listed(db, ClientField) if is_all or field.is_active]
    return sorted(fields, key=lambda field: (not field.is_active, field.rank, field.label.casefold(), field.id))
