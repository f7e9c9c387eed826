"""Everything that happened with one client: with the file, with what was merged into it, with the appointments."""

from collections.abc import Collection
from uuid import UUID

from kernel.store import Store
from projections.history import LINES, HistoryLine, lines_from

# What was written to the client stands with the appointments.
FILES = """
SELECT id FROM clients
WHERE file_id = (SELECT file_id FROM clients WHERE id = %s AND is_current) AND is_current"""
OF_FILES = f"""{LINES} WHERE h.stream_id = ANY(%(files)s)
OR (h.client_id = ANY(%(files)s) AND h.name NOT LIKE 'Message%%'
    AND (%(only)s::uuid[] IS NULL OR h.stream_id = ANY(%(only)s)))
ORDER BY h.position DESC LIMIT %(limit)s"""


def of_client(
    store: Store, organisation_id: UUID, id: UUID, limit: int = 100, only: Collection[UUID] | None = None
) -> list[HistoryLine]:
    """The latest actions first, with all that was booked or with these appointments `only`."""
    kept = None if only is None else list(only)
    with store.reading(organisation_id) as db:
        ids = [one for (one,) in db.execute(FILES, (id,), prepare=True)]
        return lines_from(db, OF_FILES, {"files": ids, "only": kept, "limit": limit})
