"""Runs the benchmarks named, or all, on a PostgreSQL server of their own that ends with them."""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import psycopg

from bench import api, book, day, door, export, idle, million, page, rebuild, size, slots, year
from carnet.postgres import EmbeddedPostgres
from kernel.migrations import migrate
from kernel.store import Store

BENCHES: dict[str, Callable[[Store, str], None]] = {
    "slots": slots.run,
    "book": book.run,
    "day": day.run,
    "api": api.run,
    "door": door.run,
    "page": page.run,
    "export": export.run,
    "rebuild": rebuild.run,
    "size": size.run,
    "year": year.run,
}
# These begin with a million events, which are made once.
ON_A_MILLION = {"rebuild", "size"}
# These are run in an empty base, and in one where every reader has read a million events.
ON_BOTH = {"day", "api"}


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
    if unknown := set(names) - {*BENCHES, "idle"}:
        raise SystemExit(f"no benchmark is called {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}, idle")
    if not names or "idle" in names:
        idle.run()
    with server() as postgres:
        for name in [name for name in names or BENCHES if name != "idle"]:
            for url in databases_for(postgres, name):
                run(BENCHES[name], url)


def databases_for(postgres: EmbeddedPostgres, name: str) -> Iterator[str]:
    if name not in ON_A_MILLION:
        yield migrated(postgres, f"bench_{name}")
    if name in ON_A_MILLION | ON_BOTH:
        suffix = "_read" if name in ON_BOTH else ""
        if not exists(postgres, f"bench_million{suffix}"):
            make_million(postgres, is_read=name in ON_BOTH)
        yield fresh(postgres, f"bench_{name}_on_million", f"bench_million{suffix}")


def make_million(postgres: EmbeddedPostgres, *, is_read: bool) -> None:
    if not exists(postgres, "bench_million"):
        million.fill(migrated(postgres, "bench_million"))
    if is_read:
        run(million.read, fresh(postgres, "bench_million_read", "bench_million"))


def exists(postgres: EmbeddedPostgres, name: str) -> bool:
    with psycopg.connect(postgres.url) as connection:
        return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone())


def migrated(postgres: EmbeddedPostgres, name: str) -> str:
    migrate(url := fresh(postgres, name))
    return url


def fresh(postgres: EmbeddedPostgres, name: str, template: str = "template1") -> str:
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return postgres.url_of(name)


def run(bench: Callable[[Store, str], None], url: str) -> None:
    store = Store(url, size=2)
    try:
        bench(store, url)
    finally:
        store.close()


if __name__ == "__main__":
    main(sys.argv[1:])
