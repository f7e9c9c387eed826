"""Writing down who took client files out of the house."""

from uuid import UUID

from clients.client_export import ClientExport
from kernel.actors import Act
from kernel.store import Log, command


@command("clients.export")
def note_export(
    log: Log,
    id: UUID,
    *,
    count: int,
    file_format: str,
    is_search: bool = False,
    client_id: UUID | None = None,
    by: Act,
) -> None:
    """`client_id` for all that there is about one client."""
    export = ClientExport(id=id)
    export.note(by, count=count, file_format=file_format, is_search=is_search, client_id=client_id)
    log.keep(export)
