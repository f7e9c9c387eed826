"""What an import brings about: its rows are brought in, undone when asked, and forgotten after a day."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from msgspec.structs import replace

from accounts.acting import acts_for
from importing.bringing import bring_all
from importing.commands import forget_import
from importing.events import ImportPrepared, ImportStarted, ImportUndoRequested
from importing.undoing import undo_all
from kernel.actors import Act
from kernel.jobs import Job
from kernel.reader import Policy
from kernel.store import Store

A_DAY = timedelta(days=1)

imports = Policy("imports")


@imports.on(ImportPrepared)
def forget_after_a_day(event: ImportPrepared) -> Iterator[Job]:
    id = str(event.originator_id)
    yield Job("forget_rows", f"forget_rows/{id}", {"id": id}, event.at + A_DAY)


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


JOBS = {"bring_in_rows": bring_in_rows, "undo_rows": undo_rows, "forget_rows": forget_rows}
