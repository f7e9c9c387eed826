"""Reading the words that events speak of; erased ones read as empty."""

from collections.abc import Iterable
from uuid import UUID

from psycopg import Connection


def words_of(db: Connection, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """The words by identifier, for those that exist."""
    wanted = [id for id in set(ids) if id]
    if not wanted:
        return {}
    rows = db.execute("SELECT id, coalesce(words, '') FROM texts WHERE id = ANY(%s)", (wanted,), prepare=True)
    return dict(rows.fetchall())
