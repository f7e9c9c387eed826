"""Clients as an Excel file: every cell is typed as words, so that none can be a formula, a number or an error."""

from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from clients.queries import ClientCard
from exporting.columns import Columns

A_PIECE = 64 * 1024


def xlsx_bytes(columns: Columns, cards: Iterable[ClientCard]) -> Iterator[bytes]:
    """Written to the disk row by row, then sent piece by piece."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Clients")
    sheet.append([words(sheet, heading) for heading in columns.headings])
    for card in cards:
        sheet.append([words(sheet, cell) for cell in columns.cells(card)])
    with TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(A_PIECE):
            yield piece


def words(sheet: Any, written: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, written)
    cell.data_type = "s"
    return cell
