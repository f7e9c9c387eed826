"""Words that people write: cleaned when they come, read by the identifiers that events carry."""

import re
import unicodedata
from collections.abc import Iterable
from uuid import UUID

from psycopg import Connection

# Control characters but for tab and line ends, and halves of surrogate pairs: neither belongs in any text of ours.
UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# What is not seen and makes words seem others than they are: whatever turns the direction of what follows it, and
# blanks, hyphens, joiners and marks without width.
UNSEEN = re.compile(
    r"[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    r"\U0001d173-\U0001d17a\U000e0001]"
)
# Two that are not seen have their place between the letters of some scripts (Persian, those of India) and the parts of
# an emoji, and nowhere else.
JOINED = "[\u0590-\u1fff\u2100-\ufffd\U00010000-\U0010ffff]"
STRAY_JOINER = re.compile(f"(?<!{JOINED})[\u200c\u200d]|[\u200c\u200d](?!{JOINED})")
# Letters by name, and a blank by look.
FILLERS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Controls, formats, halves, blanks, and accents without a letter.
BLANK_KINDS = frozenset(("Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Me"))


def storable(words: str) -> str:
    """Without what no text of ours can hold; for secrets, of which nothing else is taken away."""
    return UNWANTED.sub("", words)


def writable(words: str) -> str:
    """The words without what no text of ours may hold; nothing at all where nothing of them is seen."""
    seen = STRAY_JOINER.sub("", UNSEEN.sub("", storable(words)))
    return "" if is_blank(seen) else seen


def is_blank(words: str) -> bool:
    return all(letter in FILLERS or unicodedata.category(letter) in BLANK_KINDS for letter in words)


def clean(words: str) -> str:
    """The words as they are kept: composed, without what is not seen, without blanks around them."""
    return unicodedata.normalize("NFC", writable(words)).strip()


def words_of(db: Connection, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """The words by identifier, for those that exist; erased ones read as empty."""
    wanted = [id for id in set(ids) if id]
    if not wanted:
        return {}
    rows = db.execute("SELECT id, coalesce(words, '') FROM texts WHERE id = ANY(%s)", (wanted,), prepare=True)
    return dict(rows.fetchall())
