"""Giving up on what takes too long in a process that reads one file: what one entry costs is not asked of the rest."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

# Seconds of the processor; the rings go on in case a library takes the first for a fault of its own.
A_RULE, AGAIN = 1.0, 0.05


class TookTooLong(BaseException):
    """Not an Exception, so that nobody on the way mistakes it for a fault of the file."""


@contextmanager
def patience(seconds: float = A_RULE) -> Iterator[None]:
    """Raises TookTooLong in the main thread after so long; without a limit of its own elsewhere."""
    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def ring(*_: object) -> None:
    raise TookTooLong
