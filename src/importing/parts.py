"""What a child process says of the file that it reads, part by part, and how parts travel."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

import msgspec
from msgspec import Struct
from msgspec.msgpack import Ext

from importing.cells import is_number
from importing.entries import Entry, Unreadable
from importing.limits import cut
from importing.table import Row

LENGTH = 4
LONGEST = 16 * 1024**2
# Cells of Excel that are neither words nor numbers, by the code under which they travel.
MOMENTS = {1: datetime.fromisoformat, 2: date.fromisoformat, 3: time.fromisoformat}
CODES = {datetime: 1, date: 2, time: 3}
A_LENGTH = 4


class Asked(Struct, frozen=True):
    """What is wanted of the file that follows: its reading by name, the zone of the house, series until when."""

    reading: str
    zone: str = "UTC"
    until: datetime | None = None


class Rows(Struct, frozen=True, tag=True):
    rows: list[Row]


class Head(Struct, frozen=True, tag=True):
    """How the file is written, and the headings of its columns."""

    written_as: str
    headings: list[str]


class Entries(Struct, frozen=True, tag=True):
    entries: list[Entry | Unreadable]


class CalendarHead(Struct, frozen=True, tag=True):
    """What the calendar is called, and the lines of series that last longer than was asked."""

    name: str
    goes_on: list[int]


class No(Struct, frozen=True, tag=True):
    """The file as a whole is refused."""

    reason: str
    facts: dict[str, str]


class End(Struct, frozen=True, tag=True):
    """Nothing is missing."""


Part = Rows | Head | Entries | CalendarHead | No | End


def boxed(cell: Any) -> Any:
    """A cell as it travels."""
    if isinstance(cell, timedelta):
        return Ext(A_LENGTH, str(cell // timedelta(microseconds=1)).encode())
    if code := CODES.get(type(cell)):
        return Ext(code, cell.isoformat().encode())
    return cut(str(cell)) if isinstance(cell, int | str) and not is_number(cell) else cell


def unboxed(code: int, data: memoryview) -> Any:
    written = bytes(data).decode()
    return timedelta(microseconds=int(written)) if code == A_LENGTH else MOMENTS[code](written)


decoder = msgspec.msgpack.Decoder(Part, ext_hook=unboxed)


def framed(part: Struct) -> bytes:
    said = msgspec.msgpack.encode(part)
    return len(said).to_bytes(LENGTH) + said


def parts_in(stream: BinaryIO) -> Iterator[Part]:
    """The parts as they come, until the stream ends."""
    while len(head := stream.read(LENGTH)) == LENGTH:
        size = int.from_bytes(head)
        if size > LONGEST or len(said := stream.read(size)) < size:
            return
        yield decoder.decode(said)
