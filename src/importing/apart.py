"""Reading a file apart: in a child process with little memory and little time, whatever the file does to its parser."""

import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from importing.limits import LARGEST, must_not_be_too_large
from importing.parts import Asked, End, No, Part, framed, parts_in
from importing.report import FileRefused
from importing.sentences import say

CHILD = str(Path(__file__).parent / "child.py")
# Seconds of the clock: a busy machine may need several for one of the processor.
PATIENCE = 45.0
# Children of this process at one time; others wait.
PLACES = threading.BoundedSemaphore(2)


class StillReading(Exception):  # noqa: N818 — no fault: who has more time may go on
    """It is not read within the time that was given, and nothing is decided."""

    def __str__(self) -> str:
        return say("file_too_heavy")


def read_apart(asked: Asked, pieces: Iterable[bytes], seconds: float = PATIENCE) -> Iterator[Part]:
    """What the file says, part by part. Raises FileRefused, also for a file that needs more than a child may use;
    StillReading after `seconds` of the clock."""
    if not PLACES.acquire(timeout=seconds):
        raise StillReading
    try:
        with child(seconds) as (process, is_late):
            send(process, asked, pieces)
            yield from whole(process, is_late)
    finally:
        PLACES.release()


@contextmanager
def child(seconds: float) -> Iterator[tuple[subprocess.Popen[bytes], threading.Event]]:
    """A child in a session of its own and without our environment, killed when the time is over or nobody reads on."""
    is_late = threading.Event()
    command = [sys.executable, "-I", CHILD]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, **pipes, env={"LC_ALL": "C.UTF-8"}, start_new_session=True)
    timer = threading.Timer(seconds, lambda: (is_late.set(), process.kill()))
    timer.start()
    try:
        yield process, is_late
    finally:
        timer.cancel()
        process.kill()
        process.stdout.close()
        with suppressed_broken_pipe():
            process.stdin.close()
        process.wait()


@contextmanager
def suppressed_broken_pipe() -> Iterator[None]:
    """A child that died has said so already, or says so by the end of what it sends."""
    try:
        yield
    except BrokenPipeError:
        return


def send(process: subprocess.Popen[bytes], asked: Asked, pieces: Iterable[bytes]) -> None:
    with suppressed_broken_pipe():
        process.stdin.write(framed(asked))
        size = 0
        for piece in pieces:
            must_not_be_too_large(size := size + len(piece), LARGEST)
            process.stdin.write(piece)
        process.stdin.close()


def whole(process: subprocess.Popen[bytes], is_late: threading.Event) -> Iterator[Part]:
    for part in parts_in(process.stdout):
        if isinstance(part, No):
            raise FileRefused(part.reason, **part.facts)
        if isinstance(part, End):
            return
        yield part
    if is_late.is_set():
        raise StillReading
    raise FileRefused("file_too_heavy")
