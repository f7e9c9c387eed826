"""The bell: whoever queues jobs rings it, so that workers look at once. Redis carries it, and may be lost or full."""

import threading

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

CHANNEL = "carnet:bell"
SECONDS = 1.0
# A Redis that did not answer is left alone for so long.
SILENCE = 5.0


def opened(url: str) -> redis.Redis:
    """Nothing waits for Redis longer than a second, and nothing is asked twice."""
    patience = {"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS}
    return redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0), **patience)


class Bell:
    """Nobody relies on it: what is due is found without it, a little later. Whoever rings waits for nothing."""

    def __init__(self, url: str | None):
        self.server = opened(url) if url else None
        self.asked, self.closed = threading.Event(), threading.Event()
        self.ringing = threading.Thread(target=self.publish, daemon=True)
        if self.server:
            self.ringing.start()

    def ring(self) -> None:
        self.asked.set()

    def publish(self) -> None:
        while self.asked.wait() and not self.closed.is_set():
            self.asked.clear()
            try:
                self.server.publish(CHANNEL, "")
            except redis.RedisError:
                self.closed.wait(SILENCE)

    def listen(self, heard: threading.Event, stopping: threading.Event) -> None:
        """Sets `heard` at each ring until it is told to stop; comes back to a Redis that was away."""
        while self.server is not None and not stopping.is_set():
            try:
                self.follow(heard, stopping)
            except redis.RedisError:
                stopping.wait(SILENCE)

    def follow(self, heard: threading.Event, stopping: threading.Event) -> None:
        with self.server.pubsub(ignore_subscribe_messages=True) as channel:
            channel.subscribe(CHANNEL)
            while not stopping.is_set():
                if channel.get_message(timeout=SECONDS):
                    heard.set()

    def close(self) -> None:
        self.closed.set()
        self.asked.set()
        if self.server:
            self.ringing.join()
            self.server.close()
