"""Words that people write: cleaned when they come, read by the identifiers that events carry."""

import re
import unicodedata
from collections.abc import Iterable
from uuid import UUID

from psycopg import Connection

# Control characters but for tab and line ends, and halves of surrogate pairs: neither belongs in any text of ours.
UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def writable(words: str) -> str:
    """The words without what no text of ours may hold."""
    return UNWANTED.sub("", words)


def clean(words: str) -> str:
    """The words as they are kept: composed, without control characters, without blanks around them."""
    return writable(unicodedata.normalize("NFC", words)).strip()


def words_of(db: Connection, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """The words by identifier, for those that exist; erased ones read as empty."""
    wanted = [id for id in set(ids) if id]
    if not wanted:
        return {}
    rows = db.execute("SELECT id, coalesce(words, '') FROM texts WHERE id = ANY(%s)", (wanted,), prepare=True)
    return dict(rows.fetchall())
