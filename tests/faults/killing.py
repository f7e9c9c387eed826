"""A process of ours that dies by SIGKILL at the nth step of what it does: before or after any message it sends."""

import os
import pickle
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import psycopg_pool

from carnet.postgres import EmbeddedPostgres, first_number


class Steps:
    """Counts the moments before and after each message; at the chosen one the process is killed."""

    def __init__(self, fatal: int, kill: Callable[[], None] | None = None):
        self.taken, self.fatal = 0, fatal
        self.kill = kill or (lambda: os.kill(os.getpid(), signal.SIGKILL))

    def step(self) -> None:
        self.taken += 1
        if self.taken == self.fatal:
            self.kill()

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **facts: Any) -> Any:
            self.step()
            answer = function(*args, **facts)
            self.step()
            return answer

        return counted

    def install(self) -> None:
        """In the child alone: every statement, the commit that follows it, and the hand-over of the connection."""
        psycopg.Connection.execute = self.around(psycopg.Connection.execute)
        psycopg.Cursor.execute = self.around(psycopg.Cursor.execute)
        psycopg.Connection.commit = self.around(psycopg.Connection.commit)
        psycopg_pool.ConnectionPool.getconn = self.around(psycopg_pool.ConnectionPool.getconn)


def killed_at(fatal: int, work: Callable[[], Any], kill: Callable[[], None] | None = None) -> tuple[bool, Any, int]:
    """Runs the work in a child that is killed at this step, or kills something else there.

    Returns whether the child came to its end, what it said by then (None for nothing), and how many steps it took.
    What it says, it says as a web server does: one write, after everything else; the last step is the moment before.
    """
    receive, send = os.pipe()
    if (child := os.fork()) == 0:
        os.close(receive)
        run_in_child(Steps(fatal, kill), work, send)
    os.close(send)
    with os.fdopen(receive, "rb") as told:
        said = told.read()
    _, status = os.waitpid(child, 0)
    is_whole = os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0
    assert is_whole or os.WIFSIGNALED(status), f"the child failed with {status}"
    answer, steps = pickle.loads(said) if said else (None, fatal)
    return is_whole, answer, steps


def run_in_child(steps: Steps, work: Callable[[], Any], send: int) -> None:
    try:
        steps.install()
        steps.step()
        answer = work()
        steps.step()
        os.write(send, pickle.dumps((answer, steps.taken)))
        steps.step()
        os._exit(0)
    except BaseException:  # noqa: BLE001 — a child of a test must never go on as a second test run
        import traceback

        traceback.print_exc()
        os._exit(1)


def kill_server(server: EmbeddedPostgres) -> None:
    """SIGKILL to every process of a PostgreSQL server, its head first."""
    pid = first_number(server.cluster / "postmaster.pid")
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for each in (pid, *map(int, children)):
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
