"""Writing down who took client files out of the house."""

from uuid import UUID

from clients.client_export import ClientExport
from kernel.actors import Act
from kernel.store import Log, command


@command("clients.export")
def note_export(log: Log, id: UUID, *, count: int, file_format: str, is_search: bool = False, by: Act) -> None:
    export = ClientExport(id=id)
    export.note(count, file_format, is_search, by)
    log.keep(export)
