"""The sentences of letters, from catalogues of their own."""

import re
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from kernel.dates import date_words
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
    return date_words(at.astimezone(zone), MOMENTS[language], language)


def span(starts_at: datetime, ends_at: datetime, language: str, zone: ZoneInfo) -> str:
    """A day with its weekday, from when to when; the clocks are named, for whoever reads it elsewhere."""
    begins, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    shape = "EEEE d MMMM y, HH:mm"
    until = date_words(ends, "HH:mm (VVV)" if begins.date() == ends.date() else f"{shape} (VVV)", language)
    return f"{date_words(begins, shape, language)} – {until}"


def short(at: datetime, language: str, zone: ZoneInfo) -> str:
    """A day and a time for the line that a letter is found by."""
    return date_words(at.astimezone(zone), "EEEE d MMMM, HH:mm", language)


def name_in(words: str, most: int = LONGEST) -> str:
    """Words from people, as part of a sentence: on one line, not long, and no link."""
    return WOULD_LINK.sub(rf"\1{WORD_JOINER}", ADDRESS.sub("", one_line(words, most)))


def addressed(words: str) -> str:
    """A name before an address, without what would have to be quoted there: folding a long line loses the quotes."""
    return one_line(SPECIAL.sub(" ", words))


def one_line(words: str, most: int = LONGEST) -> str:
    """Nor an encoded word, of which the library's own decoding would make lines again."""
    line = " ".join(clean(words).split()).replace("=?", "= ?")
    return line if len(line) <= most else f"{line[: most - 1]}…"
