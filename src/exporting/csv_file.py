"""Clients as CSV: UTF-8 with its mark, so that spreadsheets know, and not one live formula."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from clients.queries import ClientCard
from exporting.columns import Columns
from importing.quoting import harmless

MARK = "\ufeff"


def csv_bytes(columns: Columns, cards: Iterable[ClientCard], separator: str) -> Iterator[bytes]:
    """Every cell in quotation marks: another separator than ours then cuts none of them in two."""
    line = Lines(separator)
    yield (MARK + line.of(columns.headings)).encode()
    for card in cards:
        yield line.of(columns.cells(card)).encode()


class Lines:
    """Writes lines with one separator, each cell harmless."""

    def __init__(self, separator: str):
        self.out = StringIO()
        self.writer = csv.writer(self.out, delimiter=separator, quoting=csv.QUOTE_ALL)

    def of(self, cells: list[str]) -> str:
        self.writer.writerow(map(harmless, cells))
        line = self.out.getvalue()
        self.out.seek(0)
        self.out.truncate()
        return line
