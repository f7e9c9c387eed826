"""Everything that happened with one client: with the file, with what was merged into it, with the appointments."""

from uuid import UUID

from kernel.store import Store
from projections.history import LINES, HistoryLine, lines_from

FILES = """
SELECT id FROM clients
WHERE file_id = (SELECT file_id FROM clients WHERE id = %s AND is_current) AND is_current"""
OF_FILES = f"{LINES} WHERE h.stream_id = ANY(%s) OR h.client_id = ANY(%s) ORDER BY h.position DESC LIMIT %s"


def of_client(store: Store, organisation_id: UUID, id: UUID, limit: int = 100) -> list[HistoryLine]:
    """The latest actions first."""
    with store.reading(organisation_id) as db:
        ids = [one for (one,) in db.execute(FILES, (id,), prepare=True)]
        return lines_from(db, OF_FILES, (ids, ids, limit))
