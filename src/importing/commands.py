"""What can be asked of imports."""

from uuid import UUID

from clients.queries.fields import fields_in
from importing import staging
from importing.client_facts import LEFT_OUT, fields_for
from importing.headings import CLIENTS
from importing.run import ImportRun
from importing.tables import table_of
from importing.vcards import is_vcard, vcard_table
from kernel.actors import Act
from kernel.errors import Refusal
from kernel.store import Log, command


class ColumnUnknown(Refusal):
    """A column cannot go there."""


@command("clients.import")
def prepare_import(log: Log, id: UUID, name: str, data: bytes, *, by: Act) -> None:
    """Keeps the rows of an uploaded file of clients: CSV in any encoding, XLSX, vCard. Raises FileRefused.

    Nothing is brought in before `start_import`; a day later the rows are gone.
    """
    table = vcard_table(data) if is_vcard(data) else table_of(data, CLIENTS)
    own = {str(field.id): field for field in fields_in(log.connection)}
    staging.put(log.connection, id, name, table, fields_for(table.headings, own), by.at)
    run = ImportRun(id=id)
    run.prepare("clients", len(table.rows), by)
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


@command("clients.import")
def start_import(log: Log, id: UUID, *, updates: bool = False, attended: bool = False, by: Act) -> None:
    """Confirms it. Unless `attended` by its caller, a job brings the rows in. ImportRun's `updates` as in its event."""
    run = log.get(ImportRun, id)
    run.start(by, updates=updates, attended=attended)
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
