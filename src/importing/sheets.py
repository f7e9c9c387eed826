"""Rows of the first sheet of an Excel file: what was typed, formulas as words."""

import warnings
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.formula import ArrayFormula

from importing.report import FileRefused

LARGEST_UNPACKED = 300 * 1024**2
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
    must_not_burst(source)
    with closing(load_workbook(source, read_only=True, data_only=False)) as book:
        sheet = book.worksheets[0]
        # Some programs declare a sheet of one cell.
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            yield number, [typed(cell) for cell in cells]


def must_not_burst(source: BytesIO) -> None:
    """A small file may unfold into a huge one."""
    with ZipFile(source) as packed:
        if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
            raise FileRefused("file_too_large", megabytes=str(LARGEST_UNPACKED // 1024**2))
    source.seek(0)


def typed(cell: Any) -> Any:
    return cell.text if isinstance(cell, ArrayFormula) else cell
