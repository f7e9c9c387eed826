"""Rows of the first sheet of an Excel file: what was typed, formulas as words."""

import warnings
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.formula import ArrayFormula

from importing.report import FileRefused

BROKEN = (BadZipFile, InvalidFileException, KeyError, ValueError, OSError)


def sheet_rows(source: BytesIO) -> Iterator[tuple[int, list[Any]]]:
    try:
        with warnings.catch_warnings():
            # About styles and extensions that nobody here reads.
            warnings.simplefilter("ignore")
            yield from rows_of(source)
    except BROKEN as broken:
        raise FileRefused("excel_unreadable") from broken


def rows_of(source: BytesIO) -> Iterator[tuple[int, list[Any]]]:
    with closing(load_workbook(source, read_only=True, data_only=False)) as book:
        sheet = book.worksheets[0]
        # Some programs declare a sheet of one cell.
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            yield number, [typed(cell) for cell in cells]


def typed(cell: Any) -> Any:
    return cell.text if isinstance(cell, ArrayFormula) else cell
