"""Circuit breaker: whether the database answers at all, asked by whoever has waited long, and known to all at once.

A server that stands still keeps none of its own time-outs, and a statement that takes long is no reason to give up.
So whoever waits asks it to take one more connection, which only a server that lives does.
"""

import threading
import time

import psycopg

from kernel.errors import Unavailable

# Seconds: how long one waits for an answer before asking, for the asked one to say something, between two askings.
PATIENCE, SILENCE, PAUSE = 0.5, 1.5, 0.5


class Pulse:
    """Of one server, for all threads of a process."""

    def __init__(self, url: str):
        self.url = url
        self.is_lost = False
        self.heard_at = 0.0
        self.asking: threading.Thread | None = None
        self.one_at_a_time = threading.Lock()

    def must_beat(self) -> None:
        """Raises Unavailable while the server is known to stand still, or to be away."""
        if self.is_lost:
            raise Unavailable("the database does not answer")

    def is_felt(self) -> bool:
        """Asks it; False after a second and a half without a word, and from then on until it answers."""
        if self.is_lost:
            return False
        asked_at = time.monotonic()
        with self.one_at_a_time:
            if self.asking is None or not self.asking.is_alive():
                self.asking = threading.Thread(target=self.ask, name="pulse", daemon=True)
                self.asking.start()
            asking = self.asking
        asking.join(SILENCE)
        if self.heard_at < asked_at:
            self.is_lost = True
        return not self.is_lost

    def ask(self) -> None:
        """Until it answers; then everybody may go on."""
        while not answers(self.url):
            self.is_lost = True
            time.sleep(PAUSE)
        self.heard_at = time.monotonic()
        self.is_lost = False


class Watched(psycopg.Connection):
    """A connection that waits for as long as its server lives, and is closed when it does not."""

    pulse: Pulse | None = None

    def wait(self, gen, interval=PATIENCE / 5, timeout=None):  # noqa: ANN001, ANN201 — the library's own form
        while True:
            try:
                return super().wait(gen, interval, timeout or PATIENCE)
            except psycopg.errors._WaitTimeout:  # noqa: SLF001 — what the library documents that it raises
                if timeout is not None:
                    raise
            if self.pulse and not self.pulse.is_felt():
                self.close()
                raise psycopg.OperationalError("the database does not answer")


def answers(url: str) -> bool:
    """Whether it takes one more connection, or says why not."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError as refused:
        return "FATAL" in str(refused)
    return True
