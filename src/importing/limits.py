"""How much of a file is read, and how much a reader of files may use; asked before memory or time is spent."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from importing.report import FileRefused

T = TypeVar("T")

MB = 1024**2
LARGEST, LARGEST_UNPACKED, MOST_PARTS = 20 * MB, 100 * MB, 2_000
MOST_ROWS, MOST_CELLS = 20_000, 200
# Lines of text, also empty ones, and rows that an Excel file writes down, also those without a cell.
MOST_LINES, MOST_WRITTEN_ROWS = 1_048_576, 100_000
# A cell longer than any field of ours is a line that is refused, not a file that cannot be read.
LONGEST_CELL, LONGEST_PROPERTY, LONGEST_ENTRY, LONGEST_LINE = 32_767, 100_000, 200_000, 8 * MB
# Letters of all cells together: a packed file may say one word a million times.
MOST_LETTERS = 40 * MB
# Entries of a calendar, the dates that one of them may bring, and all that they bring together.
MOST_ENTRIES, MOST_OCCURRENCES, MOST_ALTOGETHER = 20_000, 10_000, 50_000


def must_not_be_too_large(size: int, most: int = LARGEST) -> None:
    if size > most:
        raise FileRefused("file_too_large", megabytes=str(most // MB))


def at_most(things: Iterable[T], most: int) -> Iterator[T]:
    """The things; FileRefused with the first that is one too many."""
    for number, thing in enumerate(things):
        if number == most:
            raise too_many()
        yield thing


def too_many() -> FileRefused:
    return FileRefused("too_many_rows", most=str(MOST_ROWS))


def cut(words: str) -> str:
    """The words, or the beginning of what is too long for any field; what is cut stays too long."""
    return words if len(words) <= LONGEST_CELL else f"{words[: LONGEST_CELL - 1]}…"
