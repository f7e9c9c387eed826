"""The switchboard: every reader, every policy, every job, and the processes that run them."""

import os
import signal
import threading
from collections.abc import Callable

import click
import structlog

from booking.policies import JOBS as BOOKING_JOBS
from booking.policies import endings
from kernel.errors import Unavailable
from kernel.jobs import Worker
from kernel.reader import Reader
from kernel.settings import read_settings
from kernel.store import Store
from projections.absences import absences
from projections.agenda import agenda
from projections.history import history
from projections.series import occurrences, series
from projections.visits import visits

READERS: tuple[Reader, ...] = (agenda, absences, history, visits, series, occurrences, endings)
JOBS: dict[str, Callable[..., None]] = {**BOOKING_JOBS}
TICK = 0.02

log = structlog.get_logger()


def run_readers() -> None:
    """Follows the log with every reader until told to stop; a fault in one never holds up the others."""
    stopping = stop_on_signals()
    store = Store(read_settings(os.environ).database_url, size=2)
    register(store)
    while not stopping.is_set():
        if not any([follow(reader, store) for reader in READERS]):
            stopping.wait(TICK)
    store.close()


def follow(reader: Reader, store: Store) -> int:
    try:
        return reader.follow(store)
    except Unavailable:
        return 0
    except Exception:
        log.exception("reader failed", reader=reader.name)
        return 0


def register(store: Store) -> None:
    """Makes every reader known, so that whoever waits for a position waits for all of them."""
    with store.database.everywhere() as db:
        for reader in READERS:
            db.execute("INSERT INTO positions (reader) VALUES (%s) ON CONFLICT DO NOTHING", (reader.name,))


def catch_up(store: Store) -> None:
    """Reads on until every reader has seen the whole log; for set-up and tests."""
    while any([reader.follow(store) for reader in READERS]):
        pass


def run_worker() -> None:
    settings = read_settings(os.environ)
    store = Store(settings.database_url, size=6)
    Worker(store, JOBS, settings.redis_url).run(stop_on_signals())
    store.close()


def rebuild(name: str) -> None:
    """Empties one view and reads the whole log into it again."""
    known = {reader.name: reader for reader in READERS if reader.tables}
    if name not in known:
        raise click.ClickException(f"no view is called {name!r}; there are {', '.join(known)}")
    store = Store(read_settings(os.environ).database_url, size=2)
    click.echo(f"{name}: {known[name].rebuild(store)} events read")
    store.close()


def stop_on_signals() -> threading.Event:
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return stopping
