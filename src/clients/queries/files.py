"""A client's file in full: its card, the notes of the team, why it is blocked, and what was merged into it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from clients.client import Client
from clients.queries.cards import ClientCard, cards, own_cards
from clients.rows import files_in
from kernel.events import MAPPER
from kernel.recorder import Recorder
from kernel.store import Store
from kernel.texts import words_of


class NoteCard(Struct, frozen=True, kw_only=True):
    """A note of the team; `client_id` is the file that it was written on, `words` are empty when erased."""

    entry_id: UUID
    client_id: UUID
    words: str
    is_pinned: bool
    by: str
    at: datetime
    edited_by: str
    edited_at: datetime | None


class ClientFile(Struct, frozen=True, kw_only=True):
    """`duplicates` are the files merged into this one, directly or through others."""

    card: ClientCard
    notes: list[NoteCard]
    duplicates: list[ClientCard]
    block_reason: str
    blocked_at: datetime | None


def client_file(store: Store, organisation_id: UUID, id: UUID) -> ClientFile | None:
    """As its own events tell it: always up to date, whatever the readers have read."""
    with store.reading(organisation_id) as db:
        card = cards(db, [id]).get(id)
        return full(db, card) if card else None


def full(db: Connection, card: ClientCard) -> ClientFile:
    files = [replayed(db, each) for each in files_in(db, card.id)]
    blocked = next((file for file in files if file.is_blocked), None)
    reasons = words_of(db, [blocked.block_reason_id] if blocked else [])
    merged = own_cards(db, [file.id for file in files if file.id != card.id])
    return ClientFile(
        card=card,
        notes=noted(db, files),
        duplicates=sorted(merged.values(), key=lambda one: (one.key, one.id)),
        block_reason=reasons.get(blocked.block_reason_id, "") if blocked else "",
        blocked_at=blocked.blocked_at if blocked else None,
    )


def notes_of(store: Store, organisation_id: UUID, id: UUID) -> list[NoteCard]:
    """The notes on a client, and on what was merged into the file: pinned ones first, then the latest."""
    with store.reading(organisation_id) as db:
        card = cards(db, [id]).get(id)
        return noted(db, [replayed(db, each) for each in files_in(db, card.id)]) if card else []


def noted(db: Connection, files: Iterable[Client]) -> list[NoteCard]:
    files = list(files)
    words = words_of(db, [note.note_id for file in files for note in file.notes.values()])
    notes = [note for file in files for note in notes_in(file, words)]
    return sorted(notes, key=lambda note: (not note.is_pinned, -note.at.timestamp()))


def notes_in(file: Client, words: dict[UUID, str]) -> Iterator[NoteCard]:
    for note in file.notes.values():
        yield NoteCard(
            entry_id=note.entry_id,
            client_id=file.id,
            words=words.get(note.note_id, ""),
            is_pinned=note.is_pinned,
            by=note.by,
            at=note.at,
            edited_by=note.edited_by,
            edited_at=note.edited_at,
        )


def replayed(db: Connection, id: UUID) -> Client:
    return Client.replay(id, map(MAPPER.to_domain_event, Recorder(db).select_events(id)))
