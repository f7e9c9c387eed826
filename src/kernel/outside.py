"""What talks to the outside holds nothing of ours meanwhile, no transaction, lock or connection, and ends in time."""

import functools
import socket
import threading
import time
from collections.abc import Callable
from queue import Empty, Queue
from typing import ParamSpec, TypeVar

from kernel.database import is_within_transaction

Params = ParamSpec("Params")
Answered = TypeVar("Answered")


# Set while this installation sends nothing, as a restored copy does until it is released.
sending_held = threading.Event()


class HeldWhileOutside(Exception):
    """Somebody outside was to be waited for inside a transaction."""


class SendingHeld(Exception):
    """Nothing is sent: this is a copy that nobody has released."""


def goes_outside(talk: Callable[Params, Answered]) -> Callable[Params, Answered]:
    """Marks what waits for others; it begins neither within a transaction of this thread nor while sending is held."""

    @functools.wraps(talk)
    def alone(*args: Params.args, **facts: Params.kwargs) -> Answered:
        if is_within_transaction():
            raise HeldWhileOutside(talk.__qualname__)
        if sending_held.is_set():
            raise SendingHeld(talk.__qualname__)
        return talk(*args, **facts)

    alone.goes_outside = True
    return alone


def left(until: float) -> float:
    """Seconds until a moment of the monotonic clock; raises TimeoutError when there are none."""
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


def addresses_of(host: str, port: int, until: float) -> list[str]:
    """What a name resolves to. The system's resolver has a patience of its own, so that a thread waits for it which
    nobody else waits for; raises OSError or UnicodeError."""
    found: Queue[list[str] | Exception] = Queue(1)

    def ask() -> None:
        try:
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.put(list(dict.fromkeys(str(entry[4][0]) for entry in entries)))
        except (OSError, UnicodeError) as fault:
            found.put(fault)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = found.get(timeout=left(until))
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise answer
    return answer
