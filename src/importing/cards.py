"""The properties of vCards 2.1 to 4.0: of each card those that are asked for, whatever else stands in it."""

import quopri
import re
from collections.abc import Container, Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from importing.limits import LONGEST_PROPERTY

BEGIN, END = "BEGIN:VCARD", "END:VCARD"
# Everything up to the first colon that stands in no quotation marks.
HEAD = re.compile(r'(?:[\w-]+\.)?([\w-]+)((?:;[^":]*(?:"[^"]*"[^":]*)*)?):')
QUOTED, LONGEST_HEAD = "QUOTED-PRINTABLE", 1000
CHARSET = re.compile(r"CHARSET=([\w-]+)", re.IGNORECASE)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
SEMICOLON, COMMA = (re.compile(rf"((?:[^\\{sign}]|\\.)*)(?:{sign}|\\?\Z)", re.DOTALL) for sign in ";,")


class Property(NamedTuple):
    """The value as it is written, with its escapes; `params` in capitals."""

    name: str
    params: str
    value: str

    @property
    def text(self) -> str:
        return ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], self.value)

    def parts(self, count: int) -> list[str]:
        """The parts between semicolons, as words; what a part has several of is put beside each other."""
        found = [part[1] for part in SEMICOLON.finditer(self.value)]
        return [words_in(part) for part in (*found, *[""] * count)][:count]


def words_in(part: str) -> str:
    several = (Property("", "", one[1]).text.strip() for one in COMMA.finditer(part))
    return " ".join(filter(None, several))


class Card(NamedTuple):
    """One card, from its line on; one that is cut off has nothing."""

    number: int
    properties: list[Property]

    def first(self, name: str) -> Property:
        """The one that the card prefers, or the first; one without words where there is none."""
        found = [each for each in self.properties if each.name == name]
        return next((each for each in found if "PREF" in each.params), found[0] if found else Property(name, "", ""))


def cards(lines: Iterable[str], wanted: Container[str]) -> Iterator[Card]:
    """`wanted` are names in capitals: a photo costs no more than the lines it stands on."""
    card: Card | None = None
    for number, line in chain(logical(lines), ((0, BEGIN),)):
        mark = line.strip().upper()
        if mark == BEGIN:
            if card:
                yield Card(card.number, [])
            card = Card(number, [])
        elif mark == END and card:
            yield card
            card = None
        elif card:
            card.properties.extend(found for found in property_of(line) if found.name in wanted)


def logical(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Lines put together again, as far as a property may reach, each with its first line's number."""
    begin, pieces, last, room = 1, [""], "", 0
    for number, written in enumerate(lines, 1):
        line = written.rstrip("\r\n")
        is_soft = last.endswith("=") and QUOTED in pieces[0][:LONGEST_HEAD].upper()
        if not (is_soft or line[:1] in (" ", "\t")):
            yield begin, "".join(pieces)
            begin, pieces, room = number, [""], LONGEST_PROPERTY
        piece = line if is_soft or begin == number else line[1:]
        pieces.append(piece[: max(room, 0)])
        room -= len(piece)
        last = line
    yield begin, "".join(pieces)


def property_of(line: str) -> Iterator[Property]:
    """The one that a line is, if it is any."""
    if head := HEAD.match(line[:LONGEST_HEAD]):
        params, value = head[2].upper(), line[head.end() :]
        yield Property(head[1].upper(), params, unquoted(value, params) if QUOTED in params else value)


def unquoted(value: str, params: str) -> str:
    """Words whose letters were written as =C3=A9, in the encoding that is said."""
    said = CHARSET.search(params)
    try:
        return quopri.decodestring(value.encode()).decode(said[1] if said else "utf-8", errors="replace")
    except LookupError:
        return value
