"""The whole PostgreSQL server killed under load: what was acknowledged is there, what was not is found by its key."""

import os
import threading
import time
from uuid import uuid4

import pytest

from carnet.postgres import EmbeddedPostgres
from kernel.store import Store
from tests.api.program import SETTINGS, Program
from tests.faults.killing import kill_server, killed_at
from tests.faults.test_kills import APP, LATE, call, call_in_child, hour, wanted
from tests.story import NOW, House
from web import visit
from web.app import create_app

KILLS, POINTS = (200, 200) if os.environ.get("CARNET_FULL") == "1" else (10, 12)
WRITERS = 4
SECONDS_BETWEEN = 0.6


class Writer:
    """Books hour after hour of one person, each under a key of its own, until it is heard that it stands."""

    def __init__(self, program: Program, number: int, resource_id: str):
        self.program, self.number, self.resource_id = program, number, resource_id
        self.acknowledged: list[str] = []
        self.statuses: list[int] = []
        self.browser = program.app.test_client()

    def run(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            number = len(self.acknowledged)
            answer = self.book(number)
            self.statuses.append(answer.status_code)
            if answer.status_code == 201:
                self.acknowledged.append(answer.json["id"])
            else:
                time.sleep(0.05)

    def book(self, number: int):
        service = wanted(self.program.house) | {"resource_ids": [self.resource_id]}
        return self.browser.post(
            "/api/v1/appointments",
            json={"starts_at": hour(number), "services": [service]},
            headers={
                "Authorization": f"Bearer {self.program.secret}",
                "Idempotency-Key": f"w{self.number}-{number}",
            },
        )


def test_a_server_killed_under_load_loses_nothing_that_was_acknowledged(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(visit, "now", lambda: NOW)
    store = Store(server.url, size=WRITERS + 1)
    program = Program(House(store), create_app(store, SETTINGS))
    people = [program.house.add_practitioner(uuid4(), f"Personne {n}") for n in range(WRITERS)]
    writers = [Writer(program, n, str(id)) for n, id in enumerate(people)]
    stopping = threading.Event()
    threads = [threading.Thread(target=writer.run, args=(stopping,)) for writer in writers]
    for thread in threads:
        thread.start()
    for _ in range(KILLS):
        time.sleep(SECONDS_BETWEEN)
        kill_server(server)
        server.start()
    time.sleep(SECONDS_BETWEEN)
    stopping.set()
    for thread in threads:
        thread.join()
    check(store, program, writers)
    store.close()


def test_a_server_killed_at_any_step_of_a_booking_is_answered_with_503_and_found_by_the_key(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(visit, "now", lambda: NOW)
    store = Store(server.url, size=2)
    LATE.store = store
    program = Program(House(store), APP)
    _, told, steps = killed_at(10**9, call_in_child(program, "count", hour(0), server.url))
    assert told[0] == 201
    answers: set[int] = set()
    for number in range(1, POINTS + 1):
        fatal = 1 + number * steps // (POINTS + 1)
        asked = call_in_child(program, f"k{number}", hour(number), server.url)
        _, told, _ = killed_at(fatal, asked, lambda: kill_server(server))
        assert told[0] in (201, 503), told
        answers.add(told[0])
        server.start()
        LATE.store = store
        again = call_until_up(program, f"k{number}", hour(number))
        assert again == told or told[0] == 503
    assert answers == {201, 503}
    assert program.house.rows("SELECT count(*), count(DISTINCT stream_id) FROM claims") == [(POINTS + 1, POINTS + 1)]
    store.close()


def call_until_up(program: Program, key: str, starts_at: str) -> tuple[int, bytes]:
    """The connections of before the kill are found to be dead one by one."""
    for _ in range(50):
        answer = call(program, key, starts_at)
        if answer[0] != 503:
            return answer
        time.sleep(0.1)
    return answer


def check(store: Store, program: Program, writers: list[Writer]) -> None:
    acknowledged = [id for writer in writers for id in writer.acknowledged]
    stored = [str(id) for (id,) in program.house.rows("SELECT stream_id FROM events WHERE name = 'AppointmentBooked'")]
    assert len(stored) == len(set(stored))
    # The last call of a writer may have been kept without its knowing; asked again, it says so.
    for writer in writers:
        writer.acknowledged.append(writer.book(len(writer.acknowledged)).json["id"])
    assert set(acknowledged) <= set(stored)
    known = {id for writer in writers for id in writer.acknowledged}
    assert set(stored) <= known
    statuses = {status for writer in writers for status in writer.statuses}
    assert statuses <= {201, 503}, statuses
    assert 503 in statuses
    assert len(acknowledged) > KILLS * WRITERS
    assert program.house.rows("SELECT count(*) FROM claims") == [(len(known),)]
