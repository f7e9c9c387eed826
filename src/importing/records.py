"""Records of a CSV file, also where quotation marks were left open."""

import csv
from collections.abc import Iterator
from typing import NamedTuple

from importing.limits import LARGEST, LONGEST_LINE, cut
from importing.quoting import unquoted
from importing.table import Row

# Letters that may be read for nothing before records have to be short.
IN_VAIN = LARGEST
csv.field_size_limit(LONGEST_LINE)


class Reach(NamedTuple):
    """How far a record may go on: a quotation mark that nobody closed must not swallow the rest of the file."""

    lines: int
    letters: int


LONG, SHORT = Reach(5000, LONGEST_LINE), Reach(20, 16_000)


class Ahead:
    """The lines from one on, as far as a record may reach; knows how many letters it gave out."""

    def __init__(self, lines: list[str], begin: int, reach: Reach):
        self.lines, self.begin, self.reach = lines, begin, reach
        self.letters = 0

    def __iter__(self) -> Iterator[str]:
        for number in range(self.begin, min(self.begin + self.reach.lines, len(self.lines))):
            self.letters += len(self.lines[number])
            if number > self.begin and self.letters > self.reach.letters:
                return
            yield self.lines[number]


def records(lines: list[str], separator: str) -> Iterator[Row]:
    """Each with the line where it begins. A line that leaves a mark open is one by itself, without regard to marks."""
    number, in_vain = 0, 0
    while number < len(lines):
        ahead = Ahead(lines, number, LONG if in_vain < IN_VAIN else SHORT)
        reader = csv.reader(ahead, delimiter=separator, strict=True)
        try:
            cells, used, has_open_quote = next(reader), reader.line_num, False
        except csv.Error:
            cells, used, has_open_quote = without_quotes(lines[number], separator), 1, True
            in_vain += ahead.letters
        yield Row(number + 1, [cut(unquoted(cell)) for cell in cells], has_open_quote)
        number += used


def without_quotes(line: str, separator: str) -> list[str]:
    return [cell.strip('"') for cell in next(csv.reader([line], delimiter=separator, quoting=csv.QUOTE_NONE), [])]
