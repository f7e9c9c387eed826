"""What the tests of readers share: what tables hold, and what somebody with every right does to the log."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from carnet.wiring import READERS
from kernel.check import check
from kernel.reader import Reader
from kernel.roles import LOGIN
from kernel.store import Store

VIEWS = [reader for reader in READERS if reader.tables]
TABLES = [table for reader in READERS for table in reader.tables]
JOBS = "SELECT organisation_id, key, name, facts, due_at FROM jobs"
PUT = "INSERT INTO events (organisation_id, stream_id, version, name, state) VALUES (%s, %s, %s, %s, %s)"


@contextmanager
def superuser(store: Store) -> Iterator[Connection]:
    known = store.database.pool.conninfo
    # The login of the program has no right to what is done here; the server's own user has every.
    owner = make_conninfo(known, user="postgres") if conninfo_to_dict(known).get("user") == LOGIN else known
    with psycopg.connect(owner, autocommit=True) as db:
        yield db


def put(store: Store, organisation_id: UUID, stream_id: UUID, version: int, name: str, state: str) -> None:
    with superuser(store) as db:
        db.execute(PUT, (organisation_id, stream_id, version, name, state))


def digest(store: Store) -> str:
    """The SHA-256 of every row that any reader keeps, jobs included."""
    found = sha256()
    with superuser(store) as db:
        for query in [*(f"SELECT * FROM {table}" for table in TABLES), JOBS]:
            for (row,) in db.execute(f"SELECT t::text FROM ({query}) t ORDER BY 1"):
                found.update(row.encode())
    return found.hexdigest()


def forget(store: Store) -> None:
    """As before the first event was read."""
    with superuser(store) as db:
        db.execute(f"TRUNCATE {', '.join([*TABLES, 'jobs', 'parked'])}")
        db.execute("UPDATE positions SET position = 0")


def parked(store: Store) -> list[tuple[Any, ...]]:
    with superuser(store) as db:
        return db.execute("SELECT reader, stream_id, version, name, failure FROM parked ORDER BY 1, 2").fetchall()


def differences(store: Store) -> list[tuple[str, Any]]:
    return [(one.table, one.difference) for view in VIEWS for one in check(view, store) if one.difference]


def position(store: Store, reader: Reader) -> int:
    with superuser(store) as db:
        return db.execute("SELECT position FROM positions WHERE reader = %s", (reader.name,)).fetchone()[0]


def killed_at(statement: int, url: str, act: Callable[[Store], Any]) -> bool:
    """Whether a process that does this was killed -9 as it sent its n-th statement; False when it had ended before."""
    child = os.fork()
    if child == 0:
        do_until(statement, url, act)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def do_until(statement: int, url: str, act: Callable[[Store], Any]) -> None:
    """In the child: never returns."""
    left, execute = [statement], psycopg.Connection.execute

    def count_down(*args: Any, **options: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Connection, "execute", count_down)
        act(Store(url, size=3))
    os._exit(0)
