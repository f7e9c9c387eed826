"""What an import brings about: its file is read, its rows are brought in, undone when asked, forgotten after a day."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from msgspec.structs import replace

from accounts.acting import acts_for
from importing.bringing import bring_all
from importing.commands import forget_import
from importing.events import ImportColumnsChosen, ImportPrepared, ImportReceived, ImportStarted, ImportUndoRequested
from importing.previews import keep_previews
from importing.report import FileRefused
from importing.undoing import undo_all
from importing.uploads import SMALL, read_upload
from kernel.actors import Act
from kernel.events import Event
from kernel.jobs import Job
from kernel.reader import Policy
from kernel.store import Store

A_MOMENT, A_DAY = timedelta(seconds=2), timedelta(days=1)

imports = Policy("imports")


@imports.on(ImportReceived)
def read_when_received(event: ImportReceived) -> Iterator[Job]:
    """Whoever uploads a small file reads it at once, as a rule."""
    id = str(event.originator_id)
    due_at = event.at + A_MOMENT if event.size <= SMALL else event.at
    yield Job("read_rows", f"read_rows/{id}", {"id": id, "actor": event.by}, due_at)
    yield forget_after_a_day(event)


@imports.on(ImportPrepared)
def look_through_when_read(event: ImportPrepared) -> Iterator[Job]:
    yield look_through(event)
    yield forget_after_a_day(event)


@imports.on(ImportColumnsChosen)
def look_through_again(event: ImportColumnsChosen) -> Iterator[Job]:
    yield look_through(event)


def look_through(event: Event) -> Job:
    id = str(event.originator_id)
    return Job("look_through_rows", f"look_through_rows/{id}/{event.originator_version}", {"id": id}, event.at)


def forget_after_a_day(event: Event) -> Job:
    id = str(event.originator_id)
    return Job("forget_rows", f"forget_rows/{id}", {"id": id}, event.at + A_DAY)


@imports.on(ImportStarted)
def bring_in_when_confirmed(event: ImportStarted) -> Iterator[Job]:
    id = str(event.originator_id)
    if not event.attended:
        yield Job("bring_in_rows", f"bring_in_rows/{id}", {"id": id, "actor": event.by}, event.at)


@imports.on(ImportUndoRequested)
def undo_when_asked(event: ImportUndoRequested) -> Iterator[Job]:
    id = str(event.originator_id)
    yield Job("undo_rows", f"undo_rows/{id}", {"id": id, "actor": event.by}, event.at)


@acts_for("imports")
def read_rows(store: Store, by: Act, id: str, actor: str) -> None:
    """The rows of a file that was received, or the reason why there are none."""
    with suppress(FileRefused):
        read_upload(store, UUID(id), by=replace(by, actor=actor, origin="import"))


@acts_for("imports")
def look_through_rows(store: Store, by: Act, id: str) -> None:
    """What a file would bring, kept for whoever asks."""
    keep_previews(store, UUID(id), by)


@acts_for("imports")
def bring_in_rows(store: Store, by: Act, id: str, actor: str) -> None:
    """In the name of whoever confirmed it; every event carries the import as its command."""
    bring_all(store, UUID(id), replace(by, actor=actor, origin="import", command_id=UUID(id)))


@acts_for("imports")
def undo_rows(store: Store, by: Act, id: str, actor: str) -> None:
    undo_all(store, UUID(id), replace(by, actor=actor, origin="import"))


@acts_for("imports")
def forget_rows(store: Store, by: Act, id: str) -> None:
    """The rows of a file that nobody confirmed."""
    forget_import(store, UUID(id), by=by.once(f"forget_rows/{id}"))


JOBS = {
    "read_rows": read_rows,
    "look_through_rows": look_through_rows,
    "bring_in_rows": bring_in_rows,
    "undo_rows": undo_rows,
    "forget_rows": forget_rows,
}
