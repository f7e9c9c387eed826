"""A client's file: which version of the words is current, its notes, its duplicates, and how it stands."""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from msgspec import Struct, field
from msgspec.structs import replace

from clients import events
from clients.events import ClientAdded, ClientChanged
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.errors import NotFound, Refusal
from kernel.events import Event


class FileMerged(Refusal):
    """The file was merged into another one; that one is to be asked."""

    status = 409


class FileNotMerged(Refusal):
    """There is nothing to separate."""

    status = 409


class FileMergedWithItself(Refusal):
    pass


class FileInArchive(Refusal):
    """An archived file takes no duplicate in."""

    status = 409


class ClientNote(Struct, frozen=True, kw_only=True):
    """A note of the team: `note_id` are its words as they are now."""

    entry_id: UUID
    note_id: UUID
    is_pinned: bool
    by: str
    at: datetime
    edited_by: str = ""
    edited_at: datetime | None = None


class Client(Aggregate, kw_only=True):
    """`written` are the fields that each version of the words changed, but for the versions taken back."""

    begins_with: ClassVar[tuple[type[Event], ...]] = (ClientAdded,)

    words_version: int = 0
    written: dict[int, list[str]] = field(default_factory=dict)
    taken_back: set[int] = field(default_factory=set)
    duplicates: dict[UUID, int] = field(default_factory=dict)
    merged_into: UUID | None = None
    is_archived: bool = False
    is_blocked: bool = False
    block_reason_id: UUID | None = None
    blocked_at: datetime | None = None
    notes: dict[UUID, ClientNote] = field(default_factory=dict)

    def add(self, fields: list[str], by: Act) -> None:
        self.trigger(ClientAdded, by, words_version=1, fields=fields)

    def change(self, fields: list[str], by: Act, *, takes_back: Collection[int] = (), restores: int = 0) -> None:
        self.must_be_open()
        if fields or takes_back:
            version = self.words_version + 1
            back = sorted(takes_back)
            self.trigger(ClientChanged, by, words_version=version, fields=fields, takes_back=back, restores=restores)

    def archive(self, by: Act) -> None:
        self.must_be_open()
        if not self.is_archived:
            self.trigger(events.ClientArchived, by)

    def restore(self, by: Act) -> None:
        self.must_be_open()
        if self.is_archived:
            self.trigger(events.ClientRestored, by)

    def block(self, by: Act) -> None:
        self.must_be_open()
        if not self.is_blocked:
            self.trigger(events.ClientBlocked, by)

    def unblock(self, by: Act) -> None:
        """Said as well of a file that is blocked only by what it shares with another."""
        self.trigger(events.ClientUnblocked, by)

    def take_in(self, duplicate_id: UUID, words_version: int, by: Act) -> None:
        self.must_be_open()
        if duplicate_id == self.id:
            raise FileMergedWithItself
        if self.is_archived:
            raise FileInArchive
        self.trigger(events.ClientDuplicateMerged, by, duplicate_id=duplicate_id, words_version=words_version)

    def merge_into(self, id: UUID, by: Act) -> None:
        self.must_be_open()
        self.trigger(events.ClientMerged, by, into_id=id)

    def let_go(self, duplicate_id: UUID, by: Act) -> None:
        self.must_be_open()
        self.trigger(events.ClientDuplicateUnmerged, by, duplicate_id=duplicate_id)

    def unmerge(self, by: Act) -> None:
        self.must_be_merged()
        self.trigger(events.ClientUnmerged, by, from_id=self.merged_into)

    def tell_apart(self, other_id: UUID, by: Act) -> None:
        self.trigger(events.ClientDuplicateDismissed, by, other_id=other_id)

    def add_note(self, entry_id: UUID, note_id: UUID, is_pinned: bool, by: Act) -> None:
        self.must_be_open()
        self.trigger(events.ClientNoteAdded, by, entry_id=entry_id, note_id=note_id, is_pinned=is_pinned)

    def edit_note(self, entry_id: UUID, note_id: UUID, by: Act) -> None:
        self.note(entry_id)
        self.trigger(events.ClientNoteEdited, by, entry_id=entry_id, note_id=note_id)

    def pin_note(self, entry_id: UUID, is_pinned: bool, by: Act) -> None:
        note = self.note(entry_id)
        if note.is_pinned != is_pinned:
            kind = events.ClientNotePinned if is_pinned else events.ClientNoteUnpinned
            self.trigger(kind, by, entry_id=entry_id, note_id=note.note_id)

    def remove_note(self, entry_id: UUID, by: Act) -> None:
        self.trigger(events.ClientNoteRemoved, by, entry_id=entry_id, note_id=self.note(entry_id).note_id)

    def note(self, entry_id: UUID) -> ClientNote:
        if entry_id not in self.notes:
            raise NotFound(kind="ClientNote", id=str(entry_id))
        return self.notes[entry_id]

    def must_be_open(self) -> None:
        if self.merged_into:
            raise FileMerged(into=str(self.merged_into))

    def must_be_merged(self) -> None:
        if not self.merged_into:
            raise FileNotMerged

    def version_of(self, name: str, without: Collection[int] = ()) -> int:
        """The version whose value of this field would stand without those of some versions, and those taken back."""
        skipped = self.taken_back.union(without)
        kept = (version for version in sorted(self.written, reverse=True) if version not in skipped)
        return next((version for version in kept if name in self.written[version]), 1)

    def evolve(self, event: Event) -> None:
        match event:
            case ClientAdded() | ClientChanged():
                self.write(event)
            case events.ClientArchived() | events.ClientRestored():
                self.is_archived = isinstance(event, events.ClientArchived)
            case events.ClientBlocked() | events.ClientUnblocked():
                self.stand(event)
            case _:
                self.evolve_further(event)

    def evolve_further(self, event: Event) -> None:
        match event:
            case events.ClientMerged() | events.ClientUnmerged():
                self.merged_into = event.into_id if isinstance(event, events.ClientMerged) else None
            case events.ClientDuplicateMerged():
                self.duplicates[event.duplicate_id] = event.words_version
            case events.ClientDuplicateUnmerged():
                self.duplicates.pop(event.duplicate_id, None)
            case events.ClientDuplicateDismissed():
                pass
            case _:
                self.keep_note(event)

    def write(self, event: ClientAdded | ClientChanged) -> None:
        self.words_version = event.words_version
        self.written[event.words_version] = event.fields
        if isinstance(event, ClientChanged) and event.takes_back:
            self.taken_back.update(event.takes_back, [event.words_version])

    def stand(self, event: Event) -> None:
        self.is_blocked = isinstance(event, events.ClientBlocked)
        self.block_reason_id = event.reason_id if self.is_blocked else None
        self.blocked_at = event.at if self.is_blocked else None

    def keep_note(self, event: Event) -> None:
        known = self.notes.get(event.entry_id)
        match event:
            case events.ClientNoteAdded():
                self.notes[event.entry_id] = new_note(event)
            case events.ClientNoteEdited():
                edited = {"note_id": event.note_id, "edited_by": event.by, "edited_at": event.at}
                self.notes[event.entry_id] = replace(known, **edited)
            case events.ClientNotePinned() | events.ClientNoteUnpinned():
                is_pinned = isinstance(event, events.ClientNotePinned)
                self.notes[event.entry_id] = replace(known, is_pinned=is_pinned)
            case events.ClientNoteRemoved():
                del self.notes[event.entry_id]


def new_note(event: events.ClientNoteAdded) -> ClientNote:
    return ClientNote(
        entry_id=event.entry_id, note_id=event.note_id, is_pinned=event.is_pinned, by=event.by, at=event.at
    )
