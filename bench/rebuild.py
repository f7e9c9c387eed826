"""Views built anew from a million events, against COPY of the rows they end in, into a table with the same indexes."""

import statistics
import time
from collections.abc import Callable

import psycopg

from bench.measure import milliseconds, report
from carnet.wiring import READERS, register
from kernel.check import check
from kernel.reader import Reader
from kernel.rebuild import rebuild
from kernel.store import Store

ROUNDS = 3
NAMES = ("agenda", "visits", "history")


def run(store: Store, url: str) -> None:
    register(store)
    for reader in READERS:
        if reader.name in NAMES:
            measure(store, url, reader)


def measure(store: Store, url: str, reader: Reader) -> None:
    read = rebuild(reader, store)
    pairs = [(timed(lambda: rebuild(reader, store)), copied(url, reader)) for _ in range(ROUNDS)]
    seconds, limit = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    start = time.perf_counter()
    checked = check(reader, store)
    rows = sum(one.rows for one in checked)
    report(
        f"rebuild {reader.name}",
        n=ROUNDS,
        events=read,
        rows=rows,
        seconds=seconds,
        events_per_s=read / seconds,
        copy_seconds=limit,
        copy_rows_per_s=rows / limit,
        ratio=(read / seconds) / (rows / limit),
        ratio_of_time=limit / seconds,
        check_seconds=time.perf_counter() - start,
        is_same=not any(one.difference for one in checked),
    )


def timed(act: Callable[[], object]) -> float:
    return milliseconds(act) / 1000


def copied(url: str, reader: Reader) -> float:
    """Seconds that COPY takes for the rows of the view, read beforehand, with its indexes in place."""
    return sum(copied_table(url, table) for table in reader.tables)


def copied_table(url: str, table: str) -> float:
    with psycopg.connect(url, autocommit=True) as db:
        with db.cursor().copy(f"COPY {table} TO STDOUT") as copy:
            rows = b"".join(copy)
        db.execute(f"CREATE TABLE copied (LIKE {table} INCLUDING ALL)")
        try:
            return timed(lambda: copy_in(db, rows))
        finally:
            db.execute("DROP TABLE copied")


def copy_in(db: psycopg.Connection, rows: bytes) -> None:
    with db.cursor().copy("COPY copied FROM STDIN") as copy:
        copy.write(rows)
