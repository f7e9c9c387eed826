"""The history of a file by version: who wrote what, when, with the old and the new words."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import class_row

from clients.events import ClientAdded, ClientChanged
from clients.rows import COLUMNS, value_of
from clients.words import ClientWords
from kernel.events import MAPPER
from kernel.recorder import Recorder
from kernel.store import Store

WORDS = f"""
SELECT version, erased_at, {", ".join(COLUMNS)} FROM clients WHERE id = %s ORDER BY version"""


class Row(ClientWords, frozen=True, kw_only=True):
    version: int
    erased_at: datetime | None


class FieldChange(Struct, frozen=True, kw_only=True):
    """A field by its name (a custom one by identifier) with what stood in it; None for what was erased."""

    field: str
    old: Any
    new: Any


class Version(Struct, frozen=True, kw_only=True):
    """One version of the words, with who wrote it. All that one import wrote shares its `command`.

    `takes_back` are the versions whose changes this one undid, `restores` the one whose words it repeats (0 for none).
    """

    number: int
    at: datetime
    by: str
    behalf: str
    via: str
    command: UUID
    changes: list[FieldChange]
    takes_back: list[int]
    restores: int
    is_erased: bool
    is_current: bool


def versions(store: Store, organisation_id: UUID, id: UUID) -> list[Version]:
    """Every version of the words of this very file, the newest first."""
    with store.reading(organisation_id) as db:
        events = [MAPPER.to_domain_event(stored) for stored in Recorder(db).select_events(id)]
        words = words_by_version(db, id)
    written = [event for event in events if isinstance(event, ClientAdded | ClientChanged)]
    return [version_of(event, words, is_current=event is written[-1]) for event in reversed(written)]


def words_by_version(db: Connection, id: UUID) -> dict[int, Row]:
    with db.cursor(row_factory=class_row(Row)) as cursor:
        return {row.version: row for row in cursor.execute(WORDS, (id,), prepare=True)}


def version_of(event: ClientAdded | ClientChanged, words: dict[int, Row], *, is_current: bool) -> Version:
    is_change = isinstance(event, ClientChanged)
    new = words.get(event.words_version)
    old = words.get(event.words_version - 1) if is_change else Row(version=0, erased_at=None)
    return Version(
        number=event.words_version,
        at=event.at,
        by=event.by,
        behalf=event.behalf,
        via=event.via,
        command=event.command,
        changes=[FieldChange(field=name, old=standing(old, name), new=standing(new, name)) for name in event.fields],
        takes_back=event.takes_back if is_change else [],
        restores=event.restores if is_change else 0,
        is_erased=new is None or new.erased_at is not None,
        is_current=is_current,
    )


def standing(words: Row | None, name: str) -> Any:
    """What stood in the field, empty words for nothing; None when it was erased."""
    if words is None or words.erased_at:
        return None
    found = value_of(words, name)
    return "" if found is None else found
