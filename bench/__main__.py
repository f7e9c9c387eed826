"""Runs the benchmarks named, or all, on a PostgreSQL server of their own that ends with them."""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import psycopg

from bench import book, slots
from carnet.postgres import EmbeddedPostgres
from kernel.migrations import migrate
from kernel.store import Store

BENCHES: dict[str, Callable[[Store, str], None]] = {"slots": slots.run, "book": book.run}


@contextmanager
def server() -> Iterator[EmbeddedPostgres]:
    """A server with the settings of the program; every commit is flushed to disk."""
    home = Path(mkdtemp(prefix="carnet-bench-"))
    home.chmod(0o755)
    postgres = EmbeddedPostgres(home)
    try:
        postgres.start()
        yield postgres
    finally:
        postgres.stop()
        shutil.rmtree(home)


def main(names: list[str]) -> None:
    if unknown := set(names) - set(BENCHES):
        raise SystemExit(f"no benchmark is called {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    with server() as postgres:
        for name in names or BENCHES:
            run(BENCHES[name], fresh_database(postgres, name))


def fresh_database(postgres: EmbeddedPostgres, name: str) -> str:
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "bench_{name}"')
    migrate(url := postgres.url_of(f"bench_{name}"))
    return url


def run(bench: Callable[[Store, str], None], url: str) -> None:
    store = Store(url, size=2)
    try:
        bench(store, url)
    finally:
        store.close()


if __name__ == "__main__":
    main(sys.argv[1:])
