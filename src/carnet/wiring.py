"""The switchboard: every reader, every policy, every job, and the processes that run them."""

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click
import structlog

from accounts.acting import declared
from accounts.policies import JOBS as PEOPLE_JOBS
from accounts.policies import people
from booking.policies import JOBS as BOOKING_JOBS
from booking.policies import endings
from carnet.restoring import hold_restored
from carnet.retention import KEPT
from importing.policies import JOBS as IMPORT_JOBS
from importing.policies import imports
from kernel.bell import Bell
from kernel.check import Checked
from kernel.check import check as check_view
from kernel.errors import Unavailable
from kernel.jobs import Worker
from kernel.lanes import Lane, complete
from kernel.parked import release as release_streams
from kernel.reader import Reader
from kernel.rebuild import rebuild as rebuild_view
from kernel.retention import Sweeper
from kernel.settings import read_settings
from kernel.store import Store
from kernel.tail import has_news
from notifications.messages.policies import JOBS as MESSAGE_JOBS
from notifications.messages.policies import telling
from notifications.policies import JOBS as LETTER_JOBS
from notifications.policies import letters
from projections.absences import absences
from projections.agenda import agenda
from projections.history import history
from projections.messages import messages
from projections.series import occurrences, series
from projections.visits import visits
from webhooks.policies import JOBS as WEBHOOK_JOBS
from webhooks.policies import webhooks

VIEWS: tuple[Reader, ...] = (agenda, absences, history, visits, series, occurrences, messages)
READERS = (*VIEWS, endings, imports, webhooks, people, letters, telling)
JOBS = declared({**BOOKING_JOBS, **IMPORT_JOBS, **WEBHOOK_JOBS, **PEOPLE_JOBS, **LETTER_JOBS, **MESSAGE_JOBS})
# What may wait for somebody outside has hands of its own; nobody's letter to sign in waits for anything but letters.
LANES = complete(
    (
        Lane("letters", ("send_letter",), hands=4, share=2, is_outward=True),
        Lane("messages", ("send_message",), hands=4, share=2, is_outward=True),
        Lane("planning", ("plan_messages", "tell_approvers", "write_to_owners", "copy_to_teams"), hands=3, share=2),
        Lane("endings", ("end_request", "end_hold", "forget_rows"), hands=2, share=1),
        Lane("readings", ("read_rows", "look_through_rows"), hands=2, share=1),
        Lane("imports", ("bring_in_rows", "undo_rows"), hands=2, share=1),
        Lane("webhooks", ("deliver_webhooks",), hands=8, share=3, again="slow-webhooks", is_outward=True),
        Lane("slow-webhooks", (), hands=4, share=2, is_outward=True),
        Lane("others", ("replay_webhook",), hands=2, share=1),
    ),
    JOBS,
)
# Seconds: how long one question waits for something to happen (less than whoever waits gives a silent server), the
# pause when nobody read on, and that of a reader that failed.
LONGEST_QUIET, TICK, AGAIN = 0.4, 0.02, 0.5

log = structlog.get_logger()
said: dict[str, str] = {}
failed: dict[str, float] = {}


def run_readers() -> None:
    """Follows the log with every reader until told to stop; a fault in one never holds up the others."""
    stopping = stop_on_signals()
    settings = read_settings(os.environ)
    store, bell = Store(settings.database_url, size=2), Bell(settings.redis_url)
    register(store)
    while not stopping.is_set():
        if follow_all(store, LONGEST_QUIET):
            bell.ring()
        else:
            stopping.wait(TICK)
    bell.close()
    store.close()


def follow_all(store: Store, longest: float = 0.0) -> bool:
    """Whether anybody read on. In a quiet log it waits for something to happen, `longest` seconds at most.

    A reader that failed is tried again in a while.
    """
    well = [reader for reader in READERS if not is_failing(reader)]
    try:
        if not well or not has_news(store, [reader.name for reader in well], longest):
            return False
    except Unavailable:
        return False
    return any([follow(reader, store) for reader in well])


def is_failing(reader: Reader) -> bool:
    return time.monotonic() < failed.get(reader.name, 0.0) + AGAIN


def follow(reader: Reader, store: Store) -> int:
    try:
        passed = reader.follow(store)
        said.pop(reader.name, None)
        return passed
    except Unavailable:
        return 0
    except Exception as fault:
        failed[reader.name] = time.monotonic()
        say_once(reader, fault)
        return 0


def say_once(reader: Reader, fault: Exception) -> None:
    """The same fault, met fifty times a second, is one line in the log; the lag says how long it lasts."""
    if said.get(reader.name) != repr(fault):
        said[reader.name] = repr(fault)
        log.exception("reader failed", reader=reader.name)


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
    # A job is in one transaction at a time; so nobody waits for a connection that another lane has.
    store = Store(settings.database_url, size=sum(lane.hands for lane in LANES) + 3)
    hold_restored(settings.home, store)
    worker, stopping = Worker(store, JOBS, settings.redis_url, LANES), stop_on_signals()
    sweeper = Sweeper(store, KEPT, lambda: worker.is_working)
    threading.Thread(target=sweeper.run, args=(stopping,), name="sweeper", daemon=True).start()
    worker.run(stopping)
    store.close()


@contextmanager
def opened() -> Iterator[Store]:
    store = Store(read_settings(os.environ).database_url, size=3)
    try:
        yield store
    finally:
        store.close()


def rebuild(name: str) -> int:
    """Builds one view anew beside the live one and puts it in its place; returns the events read."""
    with opened() as store:
        return rebuild_view(named([name], views())[0], store)


def check(names: Sequence[str]) -> Iterator[Checked]:
    """Compares these views, or all, with a second folding of the log."""
    with opened() as store:
        for reader in named(names, views()):
            yield from check_view(reader, store)


def release(names: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Reads parked streams of these readers, or of all, again: the name, how many go on, how many stay parked."""
    with opened() as store:
        for reader in named(names, READERS):
            yield reader.name, *release_streams(reader, store)


def views() -> list[Reader]:
    return [reader for reader in READERS if reader.tables]


def named(names: Sequence[str], readers: Sequence[Reader]) -> list[Reader]:
    known = {reader.name: reader for reader in readers}
    if unknown := [name for name in names if name not in known]:
        raise click.ClickException(f"nothing is called {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[name] for name in names or known]


def stop_on_signals() -> threading.Event:
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return stopping
