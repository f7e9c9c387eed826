"""What the supervisor starts lives as long as the supervisor, and no longer."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from carnet import supervisor
from carnet.postgres import EmbeddedPostgres, first_number, within
from carnet.supervisor import Child, Watch, only_supervisor

SUPERVISE = """
import json, os, sys
from pathlib import Path
from carnet import supervisor
from carnet.postgres import EmbeddedPostgres
supervisor.SECONDS_TO_END = 0.5
services = {"postgres": EmbeddedPostgres(Path(home)) for home in sys.argv[2:]}
supervisor.Supervisor(json.loads(sys.argv[1]), os.environ, services).run()
"""
SERVE_THE_DATABASE_ALONE = """
import sys, types
from pathlib import Path
import carnet
carnet.demo = types.SimpleNamespace(has_organisation=lambda url: True)
from carnet import commands_serve
commands_serve.CHILDREN = ()
commands_serve.Announcement = lambda port: Path(sys.argv[-1]).touch
commands_serve.serve([])
"""
COMMAND_LINE = "from carnet.__main__ import main; main()"


@dataclass
class Run:
    """A supervisor in a process of its own, whose children write their pids in files named after them."""

    folder: Path
    process: subprocess.Popen

    def pid(self, name: str, nth: int = 1) -> int:
        assert within(10, lambda: len(self.pids(name)) >= nth), f"{name} was not started {nth} times"
        return self.pids(name)[nth - 1]

    def pids(self, name: str) -> list[int]:
        file = self.folder / name
        return [int(pid) for pid in file.read_text().split()] if file.exists() else []

    def heard(self) -> str:
        return (self.folder / "heard").read_text()

    def end(self, ending: signal.Signals) -> int:
        self.process.send_signal(ending)
        return self.process.wait(10)


@contextmanager
def python(folder: Path, program: str, *arguments: str, **environ: str) -> Iterator[Run]:
    command = [sys.executable, "-c", program, *arguments]
    with open(folder / "heard", "wb") as heard:
        process = subprocess.Popen(command, stderr=heard, env=os.environ | environ)
    try:
        yield Run(folder, process)
    finally:
        process.kill()
        process.wait()


Supervise = Callable[..., AbstractContextManager[Run]]


@pytest.fixture
def supervise(tmp_path: Path) -> Supervise:
    def start(*homes: Path, **scripts: str) -> AbstractContextManager[Run]:
        commands = {name: ["sh", "-c", f"echo $$ >>{tmp_path / name}; {rest}"] for name, rest in scripts.items()}
        return python(tmp_path, SUPERVISE, json.dumps(commands), *map(str, homes))

    return start


def ended(pid: int) -> bool:
    """A zombie that nobody waits for has ended all the same."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_a_killed_child_is_started_again_and_said_so(supervise):
    with supervise(web="exec sleep 60", worker="exec sleep 60") as run:
        os.kill(run.pid("web"), signal.SIGKILL)
        assert not ended(run.pid("web", 2))
        assert run.heard() == "web was ended by SIGKILL; starting it again in 0.2 s\n"
        assert len(run.pids("worker")) == 1


def test_a_child_that_keeps_ending_is_started_less_and_less_often(supervise):
    with supervise(web="exit 7") as run:
        run.pid("web", 3)
    assert "ended with exit code 7; starting it again in 0.2 s" in run.heard()
    assert "starting it again in 0.4 s" in run.heard()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_all_children_end_with_the_supervisor_even_the_stubborn(supervise, ending):
    stubborn = "trap '' TERM INT; while :; do sleep 0.1; done"
    with supervise(web="exec sleep 60", worker=stubborn) as run:
        pids = [run.pid("web"), run.pid("worker")]
        assert run.end(ending) == 0
        assert [ended(pid) for pid in pids] == [True, True]


def test_a_child_deaf_to_sigterm_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "SECONDS_TO_END", 0.2)
    deaf = Child(["sh", "-c", f"trap '' TERM; touch {tmp_path / 'deaf'}; sleep 60"], os.environ)
    deaf.start()
    assert within(10, (tmp_path / "deaf").exists)
    supervisor.end_all([deaf])
    assert deaf.last_words() == "was ended by SIGKILL"


def test_what_a_child_started_ends_with_it(supervise, tmp_path):
    with supervise(web=f"sleep 60 & echo $! >{tmp_path / 'grandchild'}; wait") as run:
        grandchild = run.pid("grandchild")
        run.end(signal.SIGTERM)
        assert within(5, lambda: ended(grandchild))


def test_a_killed_supervisor_takes_its_children_along(supervise):
    with supervise(web="exec sleep 60", worker="trap '' TERM; while :; do sleep 0.1; done") as run:
        pids = [run.pid("web"), run.pid("worker")]
        run.end(signal.SIGKILL)
        assert within(5, lambda: all(ended(pid) for pid in pids))


def test_a_program_that_cannot_be_started_stops_no_other(supervise, tmp_path):
    commands = {"web": ["/nowhere/web"], "worker": ["sh", "-c", f"echo $$ >{tmp_path / 'worker'}; exec sleep 60"]}
    with python(tmp_path, SUPERVISE, json.dumps(commands)) as run:
        assert not ended(run.pid("worker"))
        assert "web did not start: " in run.heard()


def test_a_killed_database_is_started_again(supervise, home):
    server = EmbeddedPostgres(home)
    with supervise(home, web="exec sleep 60") as run:
        run.pid("web")
        os.kill(first_number(server.cluster / "postmaster.pid"), signal.SIGKILL)
        assert within(10, lambda: "postgres has ended; starting it again" in run.heard())
        assert within(10, server.answers)


class Frail:
    """A kept thing that is always found dead."""

    def is_running(self) -> bool:
        return False

    def start(self) -> None:
        pass

    def last_words(self) -> str:
        return "has ended"


def test_pauses_double_up_to_ten_seconds_and_are_forgotten_after_a_good_life(monkeypatch, capsys):
    now = [1000.0]
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: now[0])
    watch = Watch("frail", Frail())
    for life in [0.0] * 7 + [31.0]:
        watch.start()
        now[0] += life
        watch.look()
    said = [line.split(" in ")[1] for line in capsys.readouterr().err.splitlines()]
    assert said == ["0.2 s", "0.4 s", "0.8 s", "1.6 s", "3.2 s", "6.4 s", "10 s", "0.2 s"]


def test_nothing_is_started_before_its_pause_is_over(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: now[0])
    watch = Watch("frail", Frail())
    watch.start()
    watch.look()
    now[0] += 0.1
    watch.look()
    assert watch.started_at == 1000.0
    now[0] += 0.2
    watch.look()
    assert watch.started_at == now[0]


def test_a_home_has_one_supervisor(new_home):
    with only_supervisor(new_home), python(new_home, COMMAND_LINE, "serve", CARNET_HOME=str(new_home)) as second:
        assert second.process.wait(20) == 3
        assert second.heard() == f"carnet: {new_home} is already served by process {os.getpid()}.\n"


def test_a_wrong_setting_stops_the_program_with_its_name(new_home):
    with python(new_home, COMMAND_LINE, "serve", CARNET_HOME=str(new_home), PORT="eighty") as run:
        assert run.process.wait(20) == 2
        assert run.heard() == "carnet: PORT must be a whole number from 1 to 65535, not 'eighty'.\n"


def test_a_port_in_use_is_a_wrong_setting(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with python(home, COMMAND_LINE, "serve", CARNET_HOME=str(home), PORT=port) as run:
            assert run.process.wait(20) == 2
            assert run.heard().startswith(f"carnet: PORT {port} cannot be used: ")


def test_the_database_ends_with_serve_and_outlives_only_its_killing(home):
    server = EmbeddedPostgres(home)
    with serving(home) as killed:
        postmaster = first_number(server.cluster / "postmaster.pid")
        killed.end(signal.SIGKILL)
        assert server.answers()
    with serving(home) as run:
        assert first_number(server.cluster / "postmaster.pid") == postmaster
        assert run.end(signal.SIGTERM) == 0
    assert not server.is_running()


@contextmanager
def serving(home: Path) -> Iterator[Run]:
    ready = home / "ready"
    ready.unlink(missing_ok=True)
    with python(home, SERVE_THE_DATABASE_ALONE, str(ready), CARNET_HOME=str(home), PORT=free_port()) as run:
        assert within(20, ready.exists), run.heard()
        yield run


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return str(probe.getsockname()[1])
