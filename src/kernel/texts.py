"""Words that people write: cleaned when they come, read by the identifiers that events carry."""

import re
import unicodedata
from collections.abc import Iterable
from uuid import UUID

from psycopg import Connection

# Control characters but for tab and line ends, and halves of surrogate pairs: neither belongs in any text of ours.
UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# What is not seen and makes words seem others than they are: whatever turns the direction of what follows it, and
# blanks, hyphens, joiners, letters and marks without width, also those that Unicode has only set aside.
UNSEEN = re.compile(
    r"[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    r"\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff]"
)
# Some that are not seen have their place between the letters of some scripts (Persian, those of India) and the parts of
# an emoji, or choose how the sign before them looks, and nowhere else.
JOINERS, CHOOSERS = "\u034f\u200c\u200d", "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
SIGNS = "\u0590-\u1fff\u2100-\ufffd\U00010000-\U0003ffff"
STRAY_CHOOSER = re.compile(f"(?<![#*0-9©®‼⁉{SIGNS}])[{CHOOSERS}]+|(?<=[{CHOOSERS}])[{CHOOSERS}]+")
STRAY_JOINER = re.compile(f"(?<![{SIGNS}])[{JOINERS}]+|[{JOINERS}]+(?![{SIGNS}])")
# A flag may be spelt out behind a black one; anything else spelt so is hidden.
SPELT = re.compile("(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f)|[\U000e0020-\U000e007f]+")
# Letters by name, and a blank by look.
FILLERS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Controls, formats, halves, blanks, and accents without a letter.
BLANK_KINDS = frozenset(("Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Me"))


def storable(words: str) -> str:
    """Without what no text of ours can hold; for secrets, of which nothing else is taken away."""
    return UNWANTED.sub("", words)


def writable(words: str) -> str:
    """The words without what no text of ours may hold; nothing at all where nothing of them is seen."""
    seen = STRAY_CHOOSER.sub("", SPELT.sub(r"\1", UNSEEN.sub("", storable(words))))
    seen = STRAY_JOINER.sub("", seen)
    return "" if is_blank(seen) else seen


def is_blank(words: str) -> bool:
    return all(letter in FILLERS or unicodedata.category(letter) in BLANK_KINDS for letter in words)


def clean(words: str) -> str:
    """The words as they are kept: composed, without what is not seen, without blanks around them."""
    return unicodedata.normalize("NFC", writable(unicodedata.normalize("NFC", words))).strip()


def words_of(db: Connection, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """The words by identifier, for those that exist; erased ones read as empty."""
    wanted = [id for id in set(ids) if id]
    if not wanted:
        return {}
    rows = db.execute("SELECT id, coalesce(words, '') FROM texts WHERE id = ANY(%s)", (wanted,), prepare=True)
    return dict(rows.fetchall())
