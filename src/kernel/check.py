"""Whether a view is what the log says: the log folded a second time, compared with the live tables row by row."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from msgspec import Struct
from psycopg import Connection
from psycopg.sql import SQL, Composed, Identifier

from kernel.reader import Reader
from kernel.replay import replay
from kernel.store import Store

SCRATCH = "CREATE TEMP TABLE {table} (LIKE public.{table} INCLUDING ALL) ON COMMIT DROP"
BARE = "CREATE TEMP TABLE {table} (LIKE public.{table} INCLUDING ALL EXCLUDING INDEXES) ON COMMIT DROP"
POSITION = "SELECT coalesce(max(position), 0) FROM positions WHERE reader = %s"
KEY = """
SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)
WHERE indrelid = %s::regclass AND indisprimary ORDER BY array_position(indkey::int2[], attnum)"""
ROWS = "SELECT t::text FROM {place}.{table} t ORDER BY {key}"
FIRST_DIFFERENCE = """
SELECT to_jsonb(live), to_jsonb(again) FROM public.{table} live FULL JOIN pg_temp.{table} again USING ({key})
WHERE live::text IS DISTINCT FROM again::text ORDER BY {key} LIMIT 1"""


class Difference(Struct, frozen=True):
    """The first row that is not the same. Without a column the row is in one of them only."""

    key: dict[str, Any]
    column: str
    live: Any
    rebuilt: Any


class Checked(Struct, frozen=True):
    """A table at a position: its rows, the SHA-256 of them in the order of their keys, and what is not as it should."""

    table: str
    position: int
    rows: int
    sha256: str
    parked: int
    difference: Difference | None


def check(reader: Reader, store: Store) -> list[Checked]:
    """Compares every table of a reader, at the position where the live one is, while it goes on. Streams that are
    parked are compared up to the event that could not be read."""
    with one_look(reader, store) as db:
        position = db.execute(POSITION, (reader.name,)).fetchone()[0]
        waiting = db.execute("SELECT count(*) FROM parked").fetchone()[0]
        replay(reader, lambda: within(db), position)
        return [compared(db, table, position, waiting) for table in reader.tables]


@contextmanager
def one_look(reader: Reader, store: Store) -> Iterator[Connection]:
    """A transaction that sees one moment of the database, with empty tables that hide the live ones of that name."""
    with store.database.everywhere() as db:
        db.execute("SET LOCAL statement_timeout = 0")
        db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for table in reader.tables:
            # Before the first look: a rebuild must not take the table away between the look and the reading.
            db.execute(sql("LOCK TABLE public.{table} IN ACCESS SHARE MODE", table))
        for table in reader.tables:
            db.execute(sql(BARE if reader.fills_bare else SCRATCH, table))
        db.execute(sql(SCRATCH, "parked"))
        db.execute("INSERT INTO parked SELECT * FROM public.parked WHERE reader = %s", (reader.name,))
        yield db


@contextmanager
def within(db: Connection) -> Iterator[Connection]:
    with db.transaction():
        yield db


def sql(statement: str, table: str, **parts: Any) -> Composed:
    return SQL(statement).format(table=Identifier(table), **parts)


def compared(db: Connection, table: str, position: int, waiting: int) -> Checked:
    key = SQL(", ").join(Identifier(name) for (name,) in db.execute(KEY, (f"public.{table}",)))
    rows, digest = digest_of(db, sql(ROWS, table, place=SQL("public"), key=key))
    _, again = digest_of(db, sql(ROWS, table, place=SQL("pg_temp"), key=key))
    difference = None if digest == again else first_difference(db, table, key)
    return Checked(table, position, rows, digest, waiting, difference)


def digest_of(db: Connection, query: Composed) -> tuple[int, str]:
    digest, count = sha256(), 0
    with db.cursor("rows") as cursor:
        cursor.itersize = 10_000
        for (row,) in cursor.execute(query):
            digest.update(row.encode() + b"\n")
            count += 1
    return count, digest.hexdigest()


def first_difference(db: Connection, table: str, key: Composed) -> Difference:
    live, again = db.execute(sql(FIRST_DIFFERENCE, table, key=key)).fetchone()
    names = [name for (name,) in db.execute(KEY, (f"public.{table}",))]
    found = {name: (live or again)[name] for name in names}
    if not live or not again:
        return Difference(found, "", live, again)
    column = next((name for name in live if live[name] != again[name]), names[0])
    return Difference(found, column, live[column], again[column])
