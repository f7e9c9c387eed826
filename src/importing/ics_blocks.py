"""An .ics file cut into its parts, so that one broken entry stays alone; lines unfolded, each part with its line."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from importing.decoding import MARKS, decoded

ESCAPED = re.compile(r"\\([\\;,])")
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
    head = Block(1, "VCALENDAR", [])
    return Calendar(list(cut(unfolded(data), head)), head)


def unfolded(data: bytes) -> Iterator[tuple[int, str]]:
    """Each logical line with its physical number. Unfolded before decoding: a fold may part the bytes of a letter."""
    if data.startswith(tuple(mark for mark, name in MARKS.items() if name != "utf-8-sig")):
        data = decoded(data).text.encode()
    folded: list[tuple[int, bytearray]] = []
    for number, line in enumerate(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"), 1):
        if line[:1] in (b" ", b"\t") and folded:
            folded[-1][1].extend(line[1:])
        else:
            folded.append((number, bytearray(line)))
    text = decoded(b"\n".join(line for _, line in folded)).text.split("\n")
    return zip((number for number, _ in folded), text, strict=True)


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
