"""Rows of the first sheet of an Excel file: what was typed, formulas as words."""

import warnings
from collections.abc import Iterator
from contextlib import closing
from datetime import date, time, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.worksheet.formula import ArrayFormula

from importing.limits import (
    LARGEST_UNPACKED,
    MOST_CELLS,
    MOST_LINES,
    MOST_PARTS,
    MOST_WRITTEN_ROWS,
    at_most,
    must_not_be_too_large,
    too_many,
)
from importing.report import FileRefused

PLAIN = (str, int, float, date, time, timedelta)


def sheet_rows(source: BytesIO) -> Iterator[tuple[int, list[Any]]]:
    """Each row with its number, as wide as what is in it. Raises FileRefused, and what parsers raise."""
    must_not_burst(source)
    with warnings.catch_warnings(), closing(load_workbook(source, read_only=True, data_only=False)) as book:
        # About styles and extensions that nobody here reads.
        warnings.simplefilter("ignore")
        sheet = book.worksheets[0]
        # Some programs declare a sheet of one cell.
        sheet.reset_dimensions()
        # Its own way fills every row up to the last column that any cell names.
        sheet._get_row = Filling()
        yield from enumerate(at_most(sheet.iter_rows(values_only=True), MOST_LINES), 1)


def must_not_burst(source: BytesIO) -> None:
    """A small file may unfold into a huge one."""
    with ZipFile(source) as packed:
        parts = packed.infolist()
    if len(parts) > MOST_PARTS:
        raise FileRefused("file_too_heavy")
    must_not_be_too_large(sum(part.file_size for part in parts), LARGEST_UNPACKED)
    source.seek(0)


class Filling:
    """Makes rows of the cells that are written down; the rows between them cost nothing and are not counted."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, written: list[dict[str, Any]], *_: Any, **__: Any) -> list[Any]:
        self.count += 1
        if self.count > MOST_WRITTEN_ROWS:
            raise too_many()
        filled = {cell["column"]: typed(cell["value"]) for cell in written if cell["value"] not in (None, "")}
        width = max(filled, default=0)
        if width > MOST_CELLS:
            raise FileRefused("too_many_columns", most=str(MOST_CELLS))
        return [filled.get(column) for column in range(1, width + 1)]


def typed(value: Any) -> Any:
    """Formulas that fill several cells are words too; what else a cell may be has none."""
    if isinstance(value, ArrayFormula):
        return value.text
    return value if isinstance(value, PLAIN) else None
