"""Cells as they are kept: words as far as any field holds, numbers as they are, for they may be dates."""

from datetime import date, datetime, time
from typing import Any

from clients.words import clean
from importing.limits import cut

LARGEST_NUMBER = 2**53


def words_of(value: Any) -> str:
    """A cell as words: whole numbers without a fraction, dates as the day."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime):
        value = f"{value:%d/%m/%Y}"
    return clean(str("" if value is None else value))


def plain(cell: Any) -> Any:
    """A cell as JSON can keep it."""
    return cell if is_number(cell) else cut(worded(cell))


def is_number(cell: Any) -> bool:
    """Whether every reader of JSON has this number; those without end or beyond are words."""
    return isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) < LARGEST_NUMBER


def worded(cell: Any) -> str:
    if isinstance(cell, date | time) and not isinstance(cell, datetime):
        return cell.isoformat()
    return words_of(cell)
