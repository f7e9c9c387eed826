"""A PostgreSQL that takes everything and answers nothing: everybody is told within five seconds, and goes on after."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from carnet.postgres import EmbeddedPostgres, first_number
from kernel.errors import Unavailable
from kernel.store import Store
from tests.api.program import Program
from tests.faults.test_kills import call, hour
from tests.late import SETTINGS
from tests.story import NOW, House, eventually
from web import visit
from web.app import create_app

ASKING, SECONDS = 12, 5.0


@pytest.fixture
def store(server: EmbeddedPostgres) -> Iterator[Store]:
    opened = Store(server.url, size=4)
    yield opened
    opened.close()


@contextmanager
def standing_still(server: EmbeddedPostgres) -> Iterator[None]:
    pid = first_number(server.cluster / "postmaster.pid")
    pids = [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    for each in pids:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in pids:
            os.kill(each, signal.SIGCONT)


def timed(app: Flask, path: str) -> tuple[int, float]:
    begun = time.monotonic()
    status = app.test_client().get(path).status_code
    return status, time.monotonic() - begun


def test_everybody_is_told_within_five_seconds_and_goes_on_after(
    server: EmbeddedPostgres, store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(visit, "now", lambda: NOW)
    program = Program(House(store), create_app(store, SETTINGS))
    assert call(program, "before", hour(0))[0] == 201
    with ThreadPoolExecutor(2 * ASKING) as pool:
        with standing_still(server):
            begun = time.monotonic()
            bookings = [pool.submit(call, program, f"key {n}", hour(n + 1)) for n in range(ASKING)]
            pages = [pool.submit(timed, program.app, "/health") for _ in range(ASKING)]
            assert {asked.result(2 * SECONDS)[0] for asked in bookings + pages} == {503}
            assert time.monotonic() - begun < SECONDS
            status, took = timed(program.app, "/health")
            assert (status, took < 0.3) == (503, True)
        assert eventually(lambda: timed(program.app, "/health")[0] == 200, seconds=SECONDS)
        again = [call(program, f"key {n}", hour(n + 1))[0] for n in range(ASKING)]
    assert set(again) == {201}
    booked = program.house.rows("SELECT count(*), count(DISTINCT stream_id) FROM claims")
    assert booked == [(ASKING + 1, ASKING + 1)]


def test_who_waits_long_for_a_server_that_lives_is_answered(store: Store):
    with store.database.everywhere() as db:
        assert db.execute("SELECT pg_sleep(2.5)").rowcount == 1
    assert not store.database.pulse.is_lost


def test_a_server_that_went_away_is_told_of_at_once_until_it_is_back(server: EmbeddedPostgres, store: Store):
    server.stop()
    with pytest.raises(Unavailable):
        store.read_by_all()
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        store.read_by_all()
    assert time.monotonic() - begun < SECONDS
    server.start()
    assert eventually(lambda: can_read(store), seconds=SECONDS)


def can_read(store: Store) -> bool:
    try:
        return store.read_by_all() >= 0
    except Unavailable:
        return False
