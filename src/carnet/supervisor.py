"""Keeping processes alive: started together, started again when they die, ended together."""

import ctypes
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import click

SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
SECONDS_TO_EARN_TRUST = 30.0
SECONDS_TO_END = 10.0
TICK = 0.25
LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1


class AlreadyServed(Exception):
    """Another supervisor holds the home."""


class Kept(Protocol):
    """What a supervisor keeps alive; `start` may raise to say that it did not."""

    def is_running(self) -> bool: ...

    def start(self) -> object: ...

    def last_words(self) -> str: ...


@dataclass
class Child:
    """A program of ours; it leads a process group, so that a Ctrl-C reaches the supervisor alone."""

    command: list[str]
    environ: Mapping[str, str]
    pass_fds: Sequence[int] = ()
    process: subprocess.Popen | None = None

    def start(self) -> None:
        parent = os.getpid()
        self.process = subprocess.Popen(
            self.command,
            env=self.environ,
            process_group=0,
            pass_fds=self.pass_fds,
            preexec_fn=lambda: die_with(parent),  # noqa: PLW1509 — the supervisor has one thread.
        )

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def last_words(self) -> str:
        code = self.process.returncode
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"

    def send(self, ending: signal.Signals) -> None:
        # The whole group: what the child started must not outlive it.
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, ending)


@dataclass
class Watch:
    """One kept thing and the patience we have with it."""

    name: str
    kept: Kept
    pause: float = SHORTEST_PAUSE
    started_at: float = 0.0
    due_at: float | None = None

    def start(self) -> None:
        self.due_at, self.started_at = None, time.monotonic()
        try:
            self.kept.start()
        except Exception as error:  # noqa: BLE001 — whatever keeps this one from starting, the others go on.
            self.plan(f"did not start: {error}")

    def look(self) -> None:
        if self.due_at is None and not self.kept.is_running():
            self.plan(self.kept.last_words())
        elif self.due_at is not None and time.monotonic() >= self.due_at:
            self.start()

    def plan(self, what_happened: str) -> None:
        if time.monotonic() - self.started_at > SECONDS_TO_EARN_TRUST:
            self.pause = SHORTEST_PAUSE
        self.due_at = time.monotonic() + self.pause
        click.echo(f"{self.name} {what_happened}; starting it again in {self.pause:g} s", err=True)
        self.pause = min(self.pause * 2, LONGEST_PAUSE)


@dataclass
class Supervisor:
    """`run` returns after SIGINT or SIGTERM, when every child has ended."""

    commands: Mapping[str, list[str]]
    environ: Mapping[str, str]
    services: Mapping[str, Kept] = field(default_factory=dict)
    on_tick: Callable[[], object] = lambda: None
    pass_fds: Sequence[int] = ()
    is_ending: bool = False

    def run(self) -> None:
        self.children = {name: Child(command, self.environ, self.pass_fds) for name, command in self.commands.items()}
        watches = [Watch(name, kept) for name, kept in {**self.services, **self.children}.items()]
        with ended_by(self.end):
            try:
                self.keep(watches)
            finally:
                end_all([child for child in self.children.values() if child.is_running()])

    def keep(self, watches: list[Watch]) -> None:
        for watch in watches:
            watch.start()
        while not self.is_ending:
            for watch in watches:
                watch.look()
            self.on_tick()
            time.sleep(TICK)

    def end(self, *_: object) -> None:
        self.is_ending = True


def end_all(children: list[Child]) -> None:
    for child in children:
        child.send(signal.SIGTERM)
    deadline = time.monotonic() + SECONDS_TO_END
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.0, deadline - time.monotonic()))
        child.send(signal.SIGKILL)
        child.process.wait()


def die_with(parent: int) -> None:
    """Asks the kernel to kill this process when the thread that started it ends, even by SIGKILL."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have died before we asked.
    if os.getppid() != parent:
        os._exit(1)


@contextmanager
def ended_by(end: Callable[..., None]) -> Iterator[None]:
    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def only_supervisor(home: Path) -> Iterator[None]:
    """Raises AlreadyServed, naming the process that holds the home."""
    with open(home / "supervisor.lock", "a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise AlreadyServed(f"{home} is already served by process {file.read()}.") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
