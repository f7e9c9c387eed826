"""What a child process can read: clients in any file, or an agenda. Each fault of a file ends as its refusal."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from importing.cells import plain
from importing.kinds import kind_of
from importing.limits import LONGEST_CELL, MOST_LETTERS, must_not_be_too_large
from importing.parts import LENGTH, Asked, CalendarHead, End, Entries, Head, No, Part, Rows, boxed, framed
from importing.report import FileRefused
from importing.table import Table

T = TypeVar("T")
A_FEW, A_FEW_LETTERS = 500, 1_000_000


def answer(asked_on: BinaryIO, said_on: BinaryIO) -> None:
    """Reads what is asked and the file after it, and says what is in it."""
    asked = msgspec.msgpack.decode(asked_on.read(int.from_bytes(asked_on.read(LENGTH))), type=Asked)
    for part in parts(asked_on.read(), asked):
        said_on.write(framed(part))
        said_on.flush()


def parts(data: bytes, asked: Asked) -> Iterator[Part]:
    """Whatever else its parser raises, the file is one that cannot be read."""
    try:
        yield from READINGS[asked.reading](data, asked)
        yield End()
    except FileRefused as refused:
        yield No(refused.reason, refused.facts)
    except MemoryError:
        yield No("file_too_heavy", {})
    except Exception:
        yield No(f"{kind_of(data)}_unreadable", {})


def clients(data: bytes, _: Asked) -> Iterator[Part]:
    """Parsers are imported when their kind of file comes: a child begins sooner."""
    from importing.headings import CLIENTS

    if kind_of(data) == "vcard":
        from importing.vcards import vcard_table

        return table_parts(vcard_table(data), plain)
    from importing.tables import table_of

    return table_parts(table_of(data, CLIENTS), plain)


def agenda(data: bytes, asked: Asked) -> Iterator[Part]:
    if kind_of(data) == "calendar":
        return calendar_parts(data, asked)
    from importing.headings import APPOINTMENTS
    from importing.tables import table_of

    return table_parts(table_of(data, APPOINTMENTS), boxed)


def calendar_parts(data: bytes, asked: Asked) -> Iterator[Part]:
    from importing.ics import Reading
    from importing.ics_blocks import read_calendar
    from importing.ics_zones import zone_of_file

    calendar = read_calendar(data)
    reading = Reading(calendar, zone_of_file(calendar, ZoneInfo(asked.zone)), asked.until)
    yield from map(Entries, few(reading.entries(), lambda entry: entry.letters))
    yield CalendarHead(calendar.head.text_of("X-WR-CALNAME")[:LONGEST_CELL], reading.goes_on)


def table_parts(table: Table, kept_as: Callable[[Any], Any]) -> Iterator[Part]:
    """The rows, a few at a time, then the head, which only then is whole."""
    kept = (row._replace(cells=[kept_as(cell) for cell in row.cells]) for row in table.rows)
    yield from map(Rows, few(kept, lambda row: sum(len(cell) for cell in row.cells if isinstance(cell, str))))
    yield Head(table.written_as, table.headings)


def few(things: Iterable[T], letters_in: Callable[[T], int]) -> Iterator[list[T]]:
    """A few at a time; FileRefused when all together say more than any file does."""
    held: list[T] = []
    letters = total = 0
    for thing in things:
        held.append(thing)
        letters += letters_in(thing)
        must_not_be_too_large(total + letters, MOST_LETTERS)
        if len(held) == A_FEW or letters > A_FEW_LETTERS:
            yield held
            held, letters, total = [], 0, total + letters
    yield held


READINGS: dict[str, Callable[[bytes, Asked], Iterator[Part]]] = {"clients": clients, "agenda": agenda}
