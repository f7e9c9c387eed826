"""Building a view anew beside the live one, and putting it in its place without a gap."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from zlib import crc32

from psycopg import Connection
from psycopg.errors import DeadlockDetected, LockNotAvailable
from psycopg.sql import SQL, Composed, Identifier

from kernel.migrations import guard
from kernel.parked import is_about_an_event
from kernel.reader import Reader
from kernel.replay import LIMIT, replay
from kernel.store import Store
from kernel.tail import horizon

REBUILDS = 7_263_002
# What a view is read with besides its own tables: where this second reader is, and what it has parked.
OWN = ("positions", "parked")
BARE = "CREATE TABLE {room}.{table} (LIKE public.{table} INCLUDING ALL EXCLUDING INDEXES)"
WHOLE = "CREATE TABLE {room}.{table} (LIKE public.{table} INCLUDING ALL)"
# Whoever reads the live tables waits this long at most, and then once more as long as two renames take.
LOCK_TIMEOUT = "250ms"
TRIES = 240
PAUSE = 0.25
INDEXES = """
SELECT c.relname, pg_get_indexdef(i.indexrelid), pg_get_constraintdef(k.oid) FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u')
WHERE i.indrelid = %s::regclass ORDER BY c.relname"""
SHAPE = "SELECT count(*) FROM public.migrations"
POSITION = "UPDATE public.positions SET position = (SELECT position FROM positions WHERE reader = %s) WHERE reader = %s"


class NotRebuilt(Exception):
    """The live view stays as it is; the sentence says why."""


def rebuild(reader: Reader, store: Store, limit: int = LIMIT) -> int:
    """Reads the whole log into new tables while the live ones are followed and looked at; returns the events read.

    What was built when a rebuild was killed is dropped by the next one. Raises NotRebuilt.
    """
    with alone(reader, store):
        return Rebuild(reader, store).run(limit)


@contextmanager
def alone(reader: Reader, store: Store) -> Iterator[None]:
    """A lock that ends with this process, in a transaction that does nothing else."""
    with store.database.pool.connection() as db, db.transaction():
        db.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        key = crc32(reader.name.encode()) - 2**31
        if not db.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", (REBUILDS, key)).fetchone()[0]:
            raise NotRebuilt(f"{reader.name} is being rebuilt already")
        yield


class Rebuild:
    """One rebuild: the reader once more, in a schema of its own that the application cannot enter."""

    def __init__(self, reader: Reader, store: Store):
        self.reader, self.store = reader, store
        self.room = f"rebuild_{reader.name}"

    def run(self, limit: int) -> int:
        self.furnish()
        if not self.reader.fills_bare:
            self.index()
        with self.inside() as db:
            until = horizon(db, 0)
        passed = replay(self.reader, self.inside, until, limit)
        if self.reader.fills_bare:
            self.index()
        self.guard(until)
        return passed + self.catch_up_and_swap()

    @contextmanager
    def inside(self) -> Iterator[Connection]:
        """The transaction of a reader to which the new tables are the tables."""
        with self.store.database.everywhere() as db:
            self.look_inside(db)
            yield db

    @contextmanager
    def as_owner(self) -> Iterator[Connection]:
        with self.store.database.pool.connection() as db, db.transaction():
            db.execute("SET LOCAL statement_timeout = 0")
            self.look_inside(db)
            yield db

    def look_inside(self, db: Connection) -> None:
        db.execute(self.sql("SET LOCAL search_path TO {room}, public"))

    def sql(self, statement: str, table: str = "") -> Composed:
        return SQL(statement).format(room=Identifier(self.room), table=Identifier(table))

    def furnish(self) -> None:
        with self.as_owner() as db:
            self.shape = db.execute(SHAPE).fetchone()
            db.execute(self.sql("DROP SCHEMA IF EXISTS {room} CASCADE"))
            db.execute(self.sql("CREATE SCHEMA {room}"))
            db.execute(self.sql("GRANT USAGE ON SCHEMA {room} TO carnet_reader"))
            for table in self.reader.tables:
                db.execute(self.sql(BARE, table))
            for table in OWN:
                db.execute(self.sql(WHOLE, table))
            db.execute(self.sql("GRANT ALL ON ALL TABLES IN SCHEMA {room} TO carnet_reader"))

    def index(self) -> None:
        """The indexes of the live tables under their own names, as later migrations will look for them."""
        with self.as_owner() as db:
            db.execute("SET LOCAL maintenance_work_mem = '256MB'")
            for table in self.reader.tables:
                for name, definition, constraint in db.execute(INDEXES, (f"public.{table}",)).fetchall():
                    db.execute(self.same_index(table, name, definition, constraint))

    def same_index(self, table: str, name: str, definition: str, constraint: str | None) -> Composed:
        if constraint:
            added = SQL("ADD CONSTRAINT {} {}").format(Identifier(name), SQL(constraint))
            return self.sql("ALTER TABLE {room}.{table} ", table) + added
        before, _, after = definition.partition(f" ON public.{table} ")
        return SQL(before) + self.sql(" ON {room}.{table} ", table) + SQL(after)

    def guard(self, until: int) -> None:
        """The tables are as the live ones are, at this position. Whoever vacuums one meanwhile is waited for."""
        for table in self.reader.tables:
            self.patiently(partial(self.guard_one, table))
        with self.as_owner() as db:
            db.execute("INSERT INTO positions VALUES (%s, %s)", (self.reader.name, until))

    def guard_one(self, table: str) -> None:
        with self.as_owner() as db:
            guard(db, table)
        with self.as_owner() as db:
            db.execute(self.sql("ANALYZE {room}.{table}", table))

    def patiently(self, do: Callable[[], None]) -> None:
        for _ in range(TRIES):
            with suppress(DeadlockDetected, LockNotAvailable):
                return do()
            time.sleep(PAUSE)
        raise NotRebuilt(f"somebody holds the new tables of {self.reader.name}; try again later")

    def catch_up_and_swap(self) -> int:
        passed = 0
        for _ in range(TRIES):
            while step := self.reader.advance(self.inside):
                passed += step
            if self.is_swapped():
                return passed
            time.sleep(PAUSE)
        raise NotRebuilt(f"somebody reads {self.reader.name} without a pause; try again later")

    def is_swapped(self) -> bool:
        """Tries once; False when somebody held a lock too long, or when an event came that has to be parked first."""
        try:
            self.swap()
        except NotRebuilt:
            raise
        except Exception as fault:
            if isinstance(fault.__cause__, LockNotAvailable) or is_about_an_event(fault):
                return False
            raise
        return True

    def swap(self) -> None:
        """The live reader waits; the new tables reach it, and take the place of the old ones."""
        name = self.reader.name
        with self.inside() as db:
            db.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
            db.execute("SELECT 1 FROM public.positions WHERE reader = %s FOR UPDATE", (name,))
            while self.reader.step(db, LIMIT):
                pass
            db.execute(POSITION, (name, name))
            db.execute("DELETE FROM public.parked WHERE reader = %s", (name,))
            db.execute("INSERT INTO public.parked SELECT * FROM parked")
            # From here on as the owner of the tables.
            db.execute("SET LOCAL ROLE NONE")
            self.exchange(db)

    def exchange(self, db: Connection) -> None:
        tables = SQL(", ").join(Identifier("public", table) for table in self.reader.tables)
        db.execute(SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(tables))
        if db.execute(SHAPE).fetchone() != self.shape:
            raise NotRebuilt("the database was migrated meanwhile; start again")
        db.execute(SQL("DROP TABLE {}").format(tables))
        for table in self.reader.tables:
            db.execute(self.sql("ALTER TABLE {room}.{table} SET SCHEMA public", table))
        db.execute(self.sql("DROP SCHEMA {room} CASCADE"))
