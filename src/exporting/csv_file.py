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
    yield (MARK + line_of(columns.headings, separator)).encode()
    for card in cards:
        yield line_of(columns.cells(card), separator).encode()


def line_of(cells: list[str], separator: str) -> str:
    out = StringIO()
    csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL).writerow(map(harmless, cells))
    return out.getvalue()
