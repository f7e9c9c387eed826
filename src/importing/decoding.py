"""The text of a file, whatever program wrote it."""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from itertools import islice
from typing import NamedTuple

from importing.limits import LONGEST_LINE, MOST_LINES, at_most
from importing.report import FileRefused

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# The first of the least strange wins. charset-normalizer takes French from Windows for cp1250, and a short list of
# names for Cyrillic, so the choice is made by what no name looks like.
ONE_BYTE = ("cp1252", "mac_roman", "cp1251")
STRANGE = re.compile(
    r"[a-zà-öø-ÿ][A-ZÀ-ÖØ-ÞŒŠŽ]"  # a capital after a small letter
    r"|[À-ÿŒœ]{3}"  # more accents in a row than any word has
    r"|[A-Za-z][А-я]|[А-я][A-Za-z]"  # two alphabets in one word
    r"|[^\W\d_][‘“”…\"]+[^\W\d_]"  # a quotation mark within a word
    r"|[\ufffd\x80-\x9f„†‡•™ˆ˜¨´¸¬∆◊√≈∫∂∑∏π‰¶§ƒ]"
)
# Lines that are not plain ASCII alone tell encodings apart; so many are enough.
A_LINE = re.compile(rb"[^\r\n]+")
TELLING, TELLING_BYTES = 10_000, 1024**2
NAMES = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman", "cp1251": "Windows-1251"}


class Decoded(NamedTuple):
    text: str
    encoding: str


class Lines(NamedTuple):
    lines: list[str]
    encoding: str


def decoded(data: bytes) -> Decoded:
    """A mark at the beginning, else strict UTF-8, else the likeliest of what desktop programs write."""
    encoding = encoding_of(data)
    return Decoded(composed(data.decode(encoding, errors="replace")), name_of(encoding))


def decoded_lines(data: bytes) -> Lines:
    """The same line by line. Raises FileRefused for more of them, or longer ones, than any file has."""
    encoding = encoding_of(data)
    text = TextIOWrapper(BytesIO(data), encoding, errors="replace", newline=None)
    return Lines(list(at_most(map(composed, lines_of(text)), MOST_LINES)), name_of(encoding))


def lines_of(text: TextIOWrapper) -> Iterator[str]:
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise FileRefused("line_too_long")
        yield line


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\0", ""))


def name_of(encoding: str) -> str:
    return NAMES.get(encoding, encoding.removesuffix("-sig").upper())


def encoding_of(data: bytes) -> str:
    return next((MARKS[mark] for mark in MARKS if data.startswith(mark)), None) or unmarked(data)


def unmarked(data: bytes) -> str:
    if b"\0" in data[:200]:
        return "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        telling = b"\n".join(islice((line[0] for line in A_LINE.finditer(data) if not line[0].isascii()), TELLING))
        return min(ONE_BYTE, key=lambda encoding: strangeness(telling[:TELLING_BYTES], encoding))
    return "utf-8"


def strangeness(data: bytes, encoding: str) -> int:
    return sum(1 for _ in STRANGE.finditer(data.decode(encoding, errors="replace")))
