"""The bell: whoever queues jobs rings it, so that workers look at once. Redis carries it, and may be lost or full."""

import threading
import time

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
    """Nobody relies on it: what is due is found without it, a little later."""

    def __init__(self, url: str | None):
        self.server = opened(url) if url else None
        self.silent_until = 0.0

    def ring(self) -> None:
        if self.server is None or time.monotonic() < self.silent_until:
            return
        try:
            self.server.publish(CHANNEL, "")
        except redis.RedisError:
            self.silent_until = time.monotonic() + SILENCE

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
        if self.server:
            self.server.close()
