"""Rows of a CSV or Excel file, each with the line where it begins."""

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from importing.decoding import decoded
from importing.headings import Headings
from importing.quoting import unquoted
from importing.report import FileRefused
from importing.sheets import sheet_rows

SEPARATORS = ";,\t|"
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LINES_BEFORE_HEADING = 20
# A quotation mark that nobody closed must not swallow the rest of the file.
LONGEST_RECORD = 5000
# What is none of ours: XML could name what lies elsewhere, and pictures hold no rows.
MARKUP = (b"<?xml", b"<!doc", b"<html", b"<carn")
NO_TABLE = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"\x1f\x8b", b"Rar!")
LARGEST = 20 * 1024**2
# A cell longer than any field is a line that is refused, not a file that cannot be read.
csv.field_size_limit(LARGEST)


class Row(NamedTuple):
    number: int
    cells: list[Any]
    has_open_quote: bool = False

    @property
    def is_empty(self) -> bool:
        return not any(str(cell).strip() for cell in self.cells if cell is not None)


class Table(NamedTuple):
    written_as: str
    headings: list[str]
    rows: list[Row]


def read_table(path: Path, known: Headings) -> Table:
    """The rows under the first line that names the columns needed. Raises FileRefused."""
    return table_of(path.read_bytes(), known)


def table_of(data: bytes, known: Headings) -> Table:
    must_be_readable(data)
    written_as, rows = excel(data) if data.startswith(ZIP) else separated(data, known)
    rows = [row for row in rows if not row.is_empty]
    heading = heading_of(rows, known)
    if heading is None:
        raise FileRefused("no_headings", columns=known.needs)
    names = [one_line(cell) for cell in rows[heading].cells]
    return Table(written_as, names, rows[heading + 1 :])


def must_be_readable(data: bytes) -> None:
    if len(data) > LARGEST:
        raise FileRefused("file_too_large", megabytes=str(LARGEST // 1024**2))
    if data.startswith(OLD_EXCEL):
        raise FileRefused("old_excel")
    if data.lstrip(b"\xef\xbb\xbf \r\n\t")[:5].lower() in MARKUP:
        raise FileRefused("markup")
    if data.startswith(NO_TABLE):
        raise FileRefused("no_table")


def excel(data: bytes) -> tuple[str, list[Row]]:
    return "Excel", [Row(number, cells) for number, cells in sheet_rows(BytesIO(data))]


def separated(data: bytes, known: Headings) -> tuple[str, list[Row]]:
    """Read with the separator that makes the most of the headings."""
    text, encoding = decoded(data)
    lines = lines_of(text)
    first = {separator: list(islice(records(lines, separator), LINES_BEFORE_HEADING)) for separator in SEPARATORS}
    best = max(SEPARATORS, key=lambda separator: max((known.count(row.cells) for row in first[separator]), default=0))
    return encoding, list(records(lines, best))


def lines_of(text: str) -> list[str]:
    return StringIO(text, newline=None).readlines()


def records(lines: list[str], separator: str) -> Iterator[Row]:
    number = 0
    while number < len(lines):
        cells, used, has_open_quote = record(lines[number : number + LONGEST_RECORD], separator)
        yield Row(number + 1, [unquoted(cell) for cell in cells], has_open_quote)
        number += used


def record(lines: list[str], separator: str) -> tuple[list[str], int, bool]:
    """The first record, how many lines it takes, and whether it leaves a quotation mark open."""
    try:
        reader = csv.reader(lines, delimiter=separator, strict=True)
        return next(reader), reader.line_num, False
    except csv.Error:
        plain = next(csv.reader(lines[:1], delimiter=separator, quoting=csv.QUOTE_NONE), [])
        return [cell.strip('"') for cell in plain], 1, True


def heading_of(rows: list[Row], known: Headings) -> int | None:
    return next((place for place, row in enumerate(rows[:LINES_BEFORE_HEADING]) if known.suffice(row.cells)), None)


def one_line(cell: Any) -> str:
    return " ".join(str(cell).split()) if cell is not None else ""
