"""The whole program as people start it: killed without warning, it comes back with everything it acknowledged."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen
from uuid import UUID, uuid4

import psycopg
import pytest

from accounts.rights import SETUP
from agenda.queries import services
from agenda.wanted import Wanted
from booking.commands import book_appointment
from carnet import demo
from carnet.postgres import EmbeddedPostgres
from kernel.actors import Act
from kernel.errors import Refusal, Unavailable
from kernel.store import Store

ACKNOWLEDGED = 60


class Program:
    """`carnet serve` in a home of its own."""

    def __init__(self, home: Path):
        self.home, self.port = home, free_port()
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        environment = {
            name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PYTEST_CURRENT_TEST")
        }
        environment |= {"CARNET_HOME": str(self.home), "PORT": str(self.port), "CARNET_WEB_WORKERS": "1"}
        command = [sys.executable, "-m", "carnet", "serve"]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if "ready" in line:
                return
        raise AssertionError(f"it did not start: exit code {self.process.wait()}")

    def kill_everything(self) -> None:
        """kill -9 of the supervisor, its children and the database server, in any order."""
        for pid in [*family(self.process.pid), *servers(self.home)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)
        self.process.stdout.close()

    @property
    def database_url(self) -> str:
        return EmbeddedPostgres(self.home).url


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(descendant for child in children for descendant in family(int(child)))]


def servers(home: Path) -> list[int]:
    cluster = EmbeddedPostgres(home).cluster
    return [int(path.name) for path in Path("/proc").glob("[0-9]*") if works_in(path, cluster)]


def works_in(process: Path, folder: Path) -> bool:
    with suppress(OSError):
        return (process / "cwd").resolve() == folder
    return False


@pytest.fixture
def program(new_home: Path) -> Iterator[Program]:
    started = Program(new_home)
    started.start()
    yield started
    started.stop()


def book_until_dead(url: str) -> Iterator[UUID]:
    """Books one appointment after the other; yields each when it is acknowledged."""
    at = datetime(2027, 3, 1, 8, tzinfo=UTC)
    by = Act(organisation_id=demo.HOUSE, actor="staff/test", origin="desk", may=SETUP)
    with closing(Store(url, size=1)) as store:
        service = services(store, demo.HOUSE)[0]
        while True:
            at += timedelta(minutes=15)
            with suppress(Refusal):
                id = uuid4()
                book_appointment(store, id, None, at, [Wanted(service.id)], by=by)
                yield id


def test_killed_without_warning_it_comes_back_with_every_acknowledged_booking(program: Program):
    acknowledged: list[UUID] = []
    with pytest.raises((Unavailable, psycopg.Error)):
        book_and_kill(program, acknowledged)
    program.start()
    with closing(Store(program.database_url, size=1)) as store:
        with store.reading(demo.HOUSE) as db:
            stored = db.execute("SELECT count(*) FROM events WHERE stream_id = ANY(%s)", (acknowledged,)).fetchone()[0]
        assert stored == len(acknowledged) >= ACKNOWLEDGED
        assert eventually_shown(store, acknowledged)
    with urlopen(f"http://127.0.0.1:{program.port}/sign-in", timeout=10) as page:
        assert page.status == 200


def book_and_kill(program: Program, acknowledged: list[UUID]) -> None:
    for id in book_until_dead(program.database_url):
        acknowledged.append(id)
        if len(acknowledged) == ACKNOWLEDGED:
            program.kill_everything()


def eventually_shown(store: Store, ids: list[UUID]) -> bool:
    """The readers that came back have drawn them all."""
    until = time.monotonic() + 10
    query = "SELECT count(DISTINCT appointment_id) FROM view_agenda WHERE appointment_id = ANY(%s)"
    while time.monotonic() < until:
        with store.reading(demo.HOUSE) as db:
            if db.execute(query, (ids,)).fetchone()[0] == len(ids):
                return True
        time.sleep(0.05)
    return False
