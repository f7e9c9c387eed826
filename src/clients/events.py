"""What happens to client files and their custom fields; the words stand in `clients`, by version, and in `texts`."""

from uuid import UUID

from msgspec import UNSET, UnsetType

from kernel.events import Event


class ClientAdded(Event, frozen=True, kw_only=True):
    """`fields` are the names of what was filled in, custom fields by their identifiers."""

    words_version: int = 1
    fields: list[str] = []


class ClientChanged(Event, frozen=True, kw_only=True):
    """`fields` are the names of what changed between the version before and this one.

    `takes_back` are the versions whose changes this one undoes; `restores` is the version whose words it repeats.
    """

    words_version: int
    fields: list[str]
    takes_back: list[int] = []
    restores: int = 0


class ClientArchived(Event, frozen=True, kw_only=True):
    pass


class ClientRestored(Event, frozen=True, kw_only=True):
    pass


class ClientBlocked(Event, frozen=True, kw_only=True):
    """From booking online; the house may still book for them."""


class ClientUnblocked(Event, frozen=True, kw_only=True):
    pass


class ClientMerged(Event, frozen=True, kw_only=True):
    """This file is a duplicate: whatever speaks of it is found in the other one."""

    into_id: UUID


class ClientUnmerged(Event, frozen=True, kw_only=True):
    from_id: UUID


class ClientDuplicateMerged(Event, frozen=True, kw_only=True):
    """This file took in its duplicate; `words_version` is the version that took words from it, 0 for none."""

    duplicate_id: UUID
    words_version: int = 0


class ClientDuplicateUnmerged(Event, frozen=True, kw_only=True):
    duplicate_id: UUID


class ClientDuplicateDismissed(Event, frozen=True, kw_only=True):
    """Somebody looked at both files: they are two people."""

    other_id: UUID


class ClientNoteAdded(Event, frozen=True, kw_only=True):
    """`entry_id` is the note for as long as it stands, `note_id` its words in this wording."""

    entry_id: UUID
    note_id: UUID
    is_pinned: bool = False


class ClientNoteEdited(Event, frozen=True, kw_only=True):
    entry_id: UUID
    note_id: UUID


class ClientNotePinned(Event, frozen=True, kw_only=True):
    entry_id: UUID
    note_id: UUID


class ClientNoteUnpinned(Event, frozen=True, kw_only=True):
    entry_id: UUID
    note_id: UUID


class ClientNoteRemoved(Event, frozen=True, kw_only=True):
    entry_id: UUID
    note_id: UUID


class ClientFieldAdded(Event, frozen=True, kw_only=True):
    """A field that the house adds to its client files; `kind` is text, long_text, number, date, yes_no, choice,
    choices, phone or email."""

    label: str
    kind: str
    choices: list[str] = []
    is_required: bool = False
    rank: int = 0


class ClientFieldChanged(Event, frozen=True, kw_only=True):
    label: str | UnsetType = UNSET
    choices: list[str] | UnsetType = UNSET
    is_required: bool | UnsetType = UNSET
    rank: int | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


class ClientsExported(Event, frozen=True, kw_only=True):
    """Somebody took `count` files out of the house, in a file of this form; `is_search` for those of a search,
    `client_id` for all that there is about one client."""

    count: int
    file_format: str
    is_search: bool = False
    client_id: UUID | None = None
