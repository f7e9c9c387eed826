"""The sentences of letters, from catalogues of their own."""

import re
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from kernel.texts import clean

FOLDER = Path(__file__).parent / "translations"
LANGUAGES = ("fr", "en")
MOMENTS = {"fr": "d MMMM y 'à' HH:mm (VVV)", "en": "d MMMM y 'at' HH:mm (VVV)"}
LONGEST = 80
# A name is a name: nothing in it becomes a link in the reader's box.
ADDRESS = re.compile(r"(?:https?|ftp)://|www\.", re.IGNORECASE)
WOULD_LINK = re.compile(r"(?<=[^\s.])([.@/])(?=[^\W\d_])")
WORD_JOINER = "\u2060"
SPECIAL = re.compile(r'[()<>\[\]:;@\\,."=?]')


def language_of(wanted: str) -> str:
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


@cache
def catalogue(language: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES/letters.po").open("rb") as source:
        return read_po(source)


def sentence(language: str, key: str, facts: dict[str, str]) -> str:
    """Empty when this letter has no such sentence."""
    message = catalogue(language).get(key)
    return str(message.string) % facts if message else ""


def moment(at: datetime, language: str, zone: ZoneInfo) -> str:
    """A date and a time on the clocks of that zone, which is named."""
    return format_datetime(at, MOMENTS[language], tzinfo=zone, locale=language)


def name_in(words: str) -> str:
    """Words from people, as part of a sentence: on one line, not long, and no link."""
    return WOULD_LINK.sub(rf"\1{WORD_JOINER}", ADDRESS.sub("", one_line(words)))


def addressed(words: str) -> str:
    """A name before an address, without what would have to be quoted there: folding a long line loses the quotes."""
    return one_line(SPECIAL.sub(" ", words))


def one_line(words: str) -> str:
    """Nor an encoded word, of which the library's own decoding would make lines again."""
    line = " ".join(clean(words).split()).replace("=?", "= ?")
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
