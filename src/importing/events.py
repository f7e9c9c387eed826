"""What happens to a file that is brought in; its name and its rows wait in tables that can be erased."""

from kernel.events import Event


class ImportReceived(Event, frozen=True, kw_only=True):
    """A file of so many bytes was uploaded; nobody has read it yet. `kind` is what its rows are: clients."""

    kind: str
    size: int


class ImportRejected(Event, frozen=True, kw_only=True):
    """The file as a whole cannot be brought in. `code` is the key of its sentence, `facts` what the sentence says."""

    code: str
    facts: dict[str, str] = {}


class ImportPrepared(Event, frozen=True, kw_only=True):
    """A file of so many rows was read; nothing of it is brought in yet. `kind` as in ImportReceived."""

    kind: str
    rows: int


class ImportColumnsChosen(Event, frozen=True, kw_only=True):
    """Somebody said where the columns go; which of them goes where stands with the rows."""


class ImportStarted(Event, frozen=True, kw_only=True):
    """Somebody confirmed it. Every event that it causes carries the identifier of the import as its command.

    `updates` says that files already known take over what the rows say; `attended` that whoever started it brings the
    rows in, so that nobody else is needed for it.
    """

    updates: bool = False
    attended: bool = False


class ImportCompleted(Event, frozen=True, kw_only=True):
    imported: int
    changed: int
    joined: int
    refused: int


class ImportUndoRequested(Event, frozen=True, kw_only=True):
    pass


class ImportUndone(Event, frozen=True, kw_only=True):
    """`archived` files that it had made, `taken_back` changes of others; `left` as they are now."""

    archived: int
    taken_back: int
    left: int
