"""Redis only rings: lost, frozen, full or with another password, it makes nothing later by more than a look."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import redis

import kernel
from kernel.bell import Bell
from kernel.jobs import Job, Worker, queue
from kernel.migrations import migrate
from kernel.store import Store
from tests.story import eventually

pytestmark = pytest.mark.redis

DUE = datetime(2026, 1, 1, tzinfo=UTC)
MANY = 50


class Server:
    """A Redis of the test's own, behind a socket in its folder."""

    def __init__(self, folder: Path):
        self.socket = folder / "redis.sock"
        options = ["--port", "0", "--unixsocket", self.socket, "--save", "", "--dir", folder]
        self.process = subprocess.Popen(["redis-server", *map(str, options)], stdout=subprocess.DEVNULL)
        self.url = f"unix://{self.socket}"
        self.client = redis.Redis.from_url(self.url)
        assert eventually(self.socket.exists)

    def close(self) -> None:
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()
        self.client.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    opened = Server(tmp_path)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def nothing_else_is_due(store: Store) -> Iterator[None]:
    yield
    with store.database.everywhere() as db:
        db.execute("DELETE FROM jobs")


def kill(server: Server) -> None:
    server.process.kill()


def freeze(server: Server) -> None:
    server.process.send_signal(signal.SIGSTOP)


def fill(server: Server) -> None:
    server.client.config_set("maxmemory", "1")


def change_password(server: Server) -> None:
    server.client.config_set("requirepass", "another")
    server.client.client_kill_filter(_type="pubsub", skipme=True)


def forget(server: Server) -> None:
    server.client.flushall()


FAULTS = (kill, freeze, fill, change_password, forget)


def put(store: Store, name: str, count: int = MANY) -> UUID:
    owner = uuid4()
    with store.database.everywhere() as db:
        queue(db, owner, [Job(name, f"{name}/{uuid4()}", {}, DUE) for _ in range(count)])
    return owner


def left(store: Store, owner: UUID) -> list[tuple]:
    """What is not done, or was leased more than once."""
    query = "SELECT key FROM jobs WHERE organisation_id = %s AND (done_at IS NULL OR lease > 1)"
    with store.database.everywhere() as db:
        return db.execute(query, (owner,)).fetchall()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_whatever_becomes_of_redis_work_is_done_at_once_and_once(
    store: Store, server: Server, fault: Callable[[Server], None]
):
    worker, bell, stopping = Worker(store, {"note": lambda *_: None}, server.url), Bell(server.url), threading.Event()
    thread = threading.Thread(target=worker.run, args=[stopping])
    thread.start()
    first = put(store, "note")
    assert eventually(lambda: not left(store, first))
    fault(server)
    began, owner = time.monotonic(), put(store, "note")
    bell.ring()
    assert eventually(lambda: not left(store, owner))
    assert time.monotonic() - began < 4
    assert thread.is_alive()
    stopping.set()
    thread.join()
    bell.close()


def test_a_ring_is_heard_at_once(store: Store, server: Server):
    """The worker would look again in half a minute."""
    worker, bell, stopping = Worker(store, {"note": lambda *_: None}, server.url), Bell(server.url), threading.Event()
    worker.woken.wait = lambda _: threading.Event.wait(worker.woken, 30)
    thread = threading.Thread(target=worker.run, args=[stopping])
    thread.start()
    assert eventually(lambda: server.client.pubsub_numsub("carnet:bell")[0][1] == 1)
    owner = put(store, "note", 1)
    bell.ring()
    assert eventually(lambda: not left(store, owner))
    stopping.set()
    bell.ring()
    thread.join()
    bell.close()


@pytest.mark.parametrize("fault", [kill, change_password], ids=lambda fault: fault.__name__)
def test_a_worker_outlives_its_redis_without_a_word_too_many(
    empty_database_url: str, server: Server, tmp_path: Path, fault: Callable[[Server], None]
):
    """On a database of its own: its worker goes by the clock, and others' stories are of days to come."""
    migrate(empty_database_url)
    store = Store(empty_database_url, size=2)
    settings = {"DATABASE_URL": empty_database_url, "REDIS_URL": server.url, "CARNET_HOME": str(tmp_path)}
    environ = os.environ | settings | {"PYTHONPATH": str(Path(kernel.__file__).parents[1])}
    command = [sys.executable, "-m", "carnet", "worker"]
    with (
        open(tmp_path / "said", "w+") as said,
        subprocess.Popen(command, env=environ, stdout=said, stderr=said) as child,
    ):
        try:
            first = put(store, "copy_to_teams")
            assert eventually(lambda: not left(store, first), seconds=20)
            fault(server)
            second = put(store, "copy_to_teams")
            assert eventually(lambda: not left(store, second))
            assert child.poll() is None
        finally:
            child.terminate()
        assert child.wait(15) == 0
        said.seek(0)
        assert "Traceback" not in said.read()
    store.close()
