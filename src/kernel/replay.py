"""Folding the log into a second set of a reader's tables, stream by stream."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

from psycopg import Connection

from kernel import parked
from kernel.parked import Enter, Stream
from kernel.reader import WANTED, Reader
from kernel.tail import ROWS, Row

LIMIT = 20_000
BEFORE_ALL = (UUID(int=0), UUID(int=0))
# Planned for these very values: a list of names that is known can be hashed.
PLANNED = "SET LOCAL plan_cache_mode = force_custom_plan"
BY_STREAM = f"""{ROWS}
WHERE (organisation_id, stream_id) > (%(organisation)s, %(stream)s) AND position <= %(until)s AND {WANTED}
ORDER BY organisation_id, stream_id, version LIMIT %(limit)s"""


def replay(reader: Reader, enter: Enter, until: int, limit: int = LIMIT) -> int:
    """Fills empty tables with what the log says up to a position; returns how many events were read.

    Whole streams at a time, so that each row is written once, as it is in the end, and none is read back. `enter`
    begins a transaction in the room where the tables are; each batch has its own.
    """
    last: Stream | None = BEFORE_ALL
    passed = 0
    with uncollected():
        while last:
            last, count = parked.in_two_tries(enter, partial(fill, reader, last, until, limit))
            passed += count
    return passed


@contextmanager
def uncollected() -> Iterator[None]:
    """Events and rows make no cycles, and looking for some in so many of them takes as long as folding them."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def fill(
    reader: Reader, after: Stream, until: int, limit: int, db: Connection, is_apart: bool
) -> tuple[Stream | None, int]:
    """Takes the streams that come next; returns the last of them, or None when there are no more, and their events."""
    rows, is_end = whole_streams(reader, db, after, until, limit)
    parked.read(reader.name, rows, reader.fill, db, again=reader.apply, is_apart=is_apart)
    return None if is_end else (rows[-1][0], rows[-1][1]), len(rows)


def whole_streams(reader: Reader, db: Connection, after: Stream, until: int, limit: int) -> tuple[list[Row], bool]:
    """The next streams in full, `limit` events or less; more when a single stream is longer."""
    where: dict[str, Any] = {"organisation": after[0], "stream": after[1], "until": until, "limit": limit}
    db.execute(PLANNED)
    rows = db.execute(BY_STREAM, reader.asked() | where).fetchall()
    if len(rows) < limit:
        return rows, True
    whole = before_last_stream(rows)
    return (whole, False) if whole else whole_streams(reader, db, after, until, limit * 2)


def before_last_stream(rows: list[Row]) -> list[Row]:
    """Without the stream at the end, of which more may come."""
    count = len(rows)
    while count and rows[count - 1][:2] == rows[-1][:2]:
        count -= 1
    return rows[:count]
