"""An .ics file cut into its parts, so that one broken entry stays alone; lines unfolded, each part with its line."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

from importing.decoding import composed, decoded, encoding_of
from importing.limits import LONGEST_PROPERTY, MOST_ENTRIES, MOST_LINES, at_most, must_not_be_too_large

ESCAPED = re.compile(r"\\([\\;,])")
FOLD = re.compile(rb"(?:\r\n|\r|\n)[ \t]")
TOO_LONG = LONGEST_PROPERTY * 4
ENTRY, ZONE = "VEVENT", "VTIMEZONE"
PARTS = frozenset({ENTRY, ZONE, "VTODO", "VJOURNAL", "VFREEBUSY"})


class Block(NamedTuple):
    """One part: where it begins, its unfolded lines, and whether it came to its end."""

    number: int
    kind: str
    lines: list[str]
    is_whole: bool = True

    @property
    def text(self) -> str:
        return "\r\n".join([*self.lines, ""])

    def value(self, name: str) -> str:
        """The first value of a property as it is written; empty without one. For what must be known before parsing."""
        found = (line for line in self.lines if line.upper().startswith((f"{name}:", f"{name};")))
        return next(found, ":").partition(":")[2].strip()

    def text_of(self, name: str) -> str:
        """The same for words, in which a backslash keeps commas from meaning anything."""
        return ESCAPED.sub(r"\1", self.value(name))


class Calendar(NamedTuple):
    """The parts of a file, and the properties that stand outside of them."""

    blocks: list[Block]
    head: Block

    def of_kind(self, kind: str) -> list[Block]:
        return [block for block in self.blocks if block.kind == kind]


def read_calendar(data: bytes) -> Calendar:
    must_not_be_too_large(len(data))
    head = Block(1, "VCALENDAR", [])
    return Calendar(list(at_most(cut(unfolded(data), head), MOST_ENTRIES)), head)


def unfolded(data: bytes) -> Iterator[tuple[int, str]]:
    """Each logical line with its physical number, a little longer than the longest that is read where it goes on.

    Unfolded before decoding: a fold may part the bytes of a letter.
    """
    if encoding_of(data).startswith(("utf-16", "utf-32")):
        data = decoded(data).text.encode()
    encoding = encoding_of(FOLD.sub(b"", data))
    lines = at_most(BytesIO(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")), MOST_LINES)
    for number, line in logical(line.rstrip(b"\n") for line in lines):
        yield number, composed(line.decode(encoding, errors="replace"))


def logical(lines: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    begin, whole = 1, bytearray()
    for number, line in enumerate(lines, 1):
        if number > 1 and line[:1] in (b" ", b"\t"):
            whole += line[1 : max(1, TOO_LONG - len(whole))]
        else:
            if number > 1:
                yield begin, whole
            begin, whole = number, bytearray(line[:TOO_LONG])
    yield begin, whole


def cut(lines: Iterator[tuple[int, str]], head: Block) -> Iterator[Block]:
    """A part that begins before the one before has ended shows that one as broken off."""
    current: Block | None = None
    for number, line in lines:
        name, _, kind = line.strip().upper().partition(":")
        if name == "BEGIN" and kind in PARTS:
            if current:
                yield current._replace(is_whole=False)
            current = Block(number, kind, [])
        (current or head).lines.append(line)
        if current and (name, kind) == ("END", current.kind):
            yield current
            current = None
    if current:
        yield current._replace(is_whole=False)
