"""A table as it was read from any file."""

from collections.abc import Iterable
from typing import Any, NamedTuple


class Row(NamedTuple):
    """A row with the line where it begins."""

    number: int
    cells: list[Any]
    has_open_quote: bool = False

    @property
    def is_empty(self) -> bool:
        return not any(str(cell).strip() for cell in self.cells if cell is not None)


class Table(NamedTuple):
    """`headings` are whole once every row was read: cards name their fields as they go."""

    written_as: str
    headings: list[str]
    rows: Iterable[Row]
