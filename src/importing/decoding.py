"""The text of a file, whatever program wrote it."""

import codecs
import re
import unicodedata
from typing import NamedTuple

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


NAMES = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman", "cp1251": "Windows-1251"}


class Decoded(NamedTuple):
    text: str
    encoding: str


def decoded(data: bytes) -> Decoded:
    """A mark at the beginning, else strict UTF-8, else the likeliest of what desktop programs write."""
    encoding = next((MARKS[mark] for mark in MARKS if data.startswith(mark)), None) or unmarked(data)
    text = data.decode(encoding, errors="replace").replace("\0", "")
    return Decoded(unicodedata.normalize("NFC", text), NAMES.get(encoding, encoding.removesuffix("-sig").upper()))


def unmarked(data: bytes) -> str:
    if b"\0" in data[:200]:
        return "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return min(ONE_BYTE, key=lambda encoding: strangeness(data, encoding))
    return "utf-8"


def strangeness(data: bytes, encoding: str) -> int:
    return len(STRANGE.findall(data.decode(encoding, errors="replace")))
