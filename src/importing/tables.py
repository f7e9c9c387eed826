"""Rows of a CSV or Excel file, each with the line where it begins."""

from collections.abc import Iterator
from io import BytesIO
from itertools import chain, islice
from typing import Any

from importing.decoding import decoded_lines
from importing.headings import Headings
from importing.kinds import NO_TABLE, OLD_EXCEL, ZIP, is_markup
from importing.limits import MOST_CELLS, MOST_ROWS, at_most, must_not_be_too_large
from importing.records import records
from importing.report import FileRefused
from importing.sheets import sheet_rows
from importing.table import Row, Table

SEPARATORS = ";,\t|"
LINES_BEFORE_HEADING = 20


def table_of(data: bytes, known: Headings) -> Table:
    """The rows under the first line that names the columns needed. Raises FileRefused, and what parsers raise."""
    must_be_readable(data)
    written_as, rows = excel(data) if data.startswith(ZIP) else separated(data, known)
    filled = (row for row in rows if not row.is_empty)
    first = list(islice(filled, LINES_BEFORE_HEADING))
    heading = heading_of(first, known)
    if heading is None:
        raise FileRefused("no_headings", columns=known.needs)
    names = [one_line(cell) for cell in narrow(first[heading]).cells]
    below = map(narrow, chain(first[heading + 1 :], filled))
    return Table(written_as, names, at_most(below, MOST_ROWS))


def must_be_readable(data: bytes) -> None:
    must_not_be_too_large(len(data))
    if data.startswith(OLD_EXCEL):
        raise FileRefused("old_excel")
    if is_markup(data):
        raise FileRefused("markup")
    if data.startswith(NO_TABLE):
        raise FileRefused("no_table")


def narrow(row: Row) -> Row:
    """Empty cells beyond the last column that we read are nothing to anybody; full ones would be lost."""
    if any(map(one_line, row.cells[MOST_CELLS:])):
        raise FileRefused("too_many_columns", most=str(MOST_CELLS))
    return row._replace(cells=cells_read(row))


def excel(data: bytes) -> tuple[str, Iterator[Row]]:
    return "Excel", (Row(number, cells) for number, cells in sheet_rows(BytesIO(data)))


def separated(data: bytes, known: Headings) -> tuple[str, Iterator[Row]]:
    """Read with the separator that makes the most of the headings."""
    lines, encoding = decoded_lines(data)
    first = {separator: list(islice(records(lines, separator), LINES_BEFORE_HEADING)) for separator in SEPARATORS}
    best = max(SEPARATORS, key=lambda separator: max(map(known.count, map(cells_read, first[separator])), default=0))
    return encoding, records(lines, best)


def heading_of(rows: list[Row], known: Headings) -> int | None:
    return next((place for place, row in enumerate(rows) if known.suffice(cells_read(row))), None)


def cells_read(row: Row) -> list[Any]:
    return row.cells[:MOST_CELLS]


def one_line(cell: Any) -> str:
    return " ".join(str(cell).split()) if cell is not None else ""
