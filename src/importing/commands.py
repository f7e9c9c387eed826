"""What can be asked of imports."""

from uuid import UUID

from clients.queries.fields import fields_in
from importing import staging
from importing.client_facts import LEFT_OUT, fields_for
from importing.headings import CLIENTS
from importing.limits import must_not_be_too_large
from importing.report import FileRefused
from importing.run import ImportRun
from kernel.actors import Act
from kernel.errors import Refusal
from kernel.store import Log, command


class ColumnUnknown(Refusal):
    """A column cannot go there."""


@command("clients.import")
def receive_import(log: Log, id: UUID, name: str, data: bytes, *, by: Act) -> None:
    """Keeps an uploaded file of clients: CSV in any encoding, XLSX, vCard. Raises FileRefused for one too large.

    It is read by `read_upload`, at once or in a job; a day later it is gone.
    """
    must_not_be_too_large(len(data))
    staging.receive(log.connection, id, name, data, by.at)
    run = ImportRun(id=id)
    run.receive("clients", len(data), by)
    log.keep(run)


@command("clients.import")
def prepare_import(log: Log, id: UUID, written_as: str, headings: list[str], *, by: Act) -> None:
    """Says that all rows were read; nothing is brought in before `start_import`. Raises FileRefused without rows."""
    rows = staging.totals(log.connection, id).get("", 0)
    if not rows:
        raise FileRefused("no_rows")
    own = {str(field.id): field for field in fields_in(log.connection)}
    staging.put_head(log.connection, id, written_as, headings, fields_for(headings, own))
    run = log.get(ImportRun, id)
    run.prepare(rows, by)
    log.keep(run)


@command("clients.import")
def reject_import(log: Log, id: UUID, code: str, facts: dict[str, str], *, by: Act) -> None:
    """Says why the file cannot be read; nothing of it is kept."""
    run = log.get(ImportRun, id)
    run.reject(code, facts, by)
    staging.drop(log.connection, id)
    log.keep(run)


@command("clients.import")
def choose_import_fields(log: Log, id: UUID, fields: list[str], *, by: Act) -> None:
    """Where each column goes: a field of client files, one of the house's own by identifier, empty for the remarks,
    or - to leave it out."""
    run = log.get(ImportRun, id)
    run.must_be("prepared")
    file = staging.staged(log.connection, id)
    allowed = {*CLIENTS.ranks, "", LEFT_OUT, *(str(field.id) for field in fields_in(log.connection))}
    if len(fields) != len(file.headings) or not allowed.issuperset(fields):
        raise ColumnUnknown
    staging.choose(log.connection, id, fields)
    run.choose_columns(by)
    log.keep(run)


@command("clients.import")
def start_import(log: Log, id: UUID, *, updates: bool = False, attended: bool = False, by: Act) -> None:
    """Confirms it. Unless `attended` by its caller, a job brings the rows in. ImportRun's `updates` as in its event."""
    run = log.get(ImportRun, id)
    run.start(by, updates=updates, attended=attended)
    staging.drop_previews(log.connection, id)
    log.keep(run)


@command("clients.import")
def complete_import(log: Log, id: UUID, *, by: Act) -> None:
    """Once no row waits any more; completing twice is the same as once."""
    run = log.get(ImportRun, id)
    if run.status == "started":
        counts = staging.totals(log.connection, id)
        run.complete(by, **{name: counts.get(name, 0) for name in ("imported", "changed", "joined", "refused")})
        log.keep(run)


@command("clients.import")
def request_import_undo(log: Log, id: UUID, *, by: Act) -> None:
    """A job then undoes it."""
    run = log.get(ImportRun, id)
    run.request_undo(by)
    log.keep(run)


@command("clients.import")
def forget_import(log: Log, id: UUID, *, by: Act) -> None:
    """Drops the rows that still wait. One that a job brings in goes on; one that its caller left ends where it is."""
    run = log.get(ImportRun, id)
    if run.status == "started" and not run.attended:
        return
    staging.forget(log.connection, id)
    complete_import(log, id, by=by)
