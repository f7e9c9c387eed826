"""HTTP server: waitress on a socket that several processes share.

A thread is given to a request only when it has arrived whole, and is free again as soon as the answer is written: who
sends or reads slowly costs a connection, and that for a while. What connections may cost is said here.
"""

import logging
import resource
import signal
import socket
import time
from collections.abc import Callable
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer

HOST = "127.0.0.1"
# Seconds: to send a whole request, between two requests of a connection or two pieces of an answer, to end.
TO_SEND, TO_WAIT, TO_END = 20, 30, 8
MOST_CONNECTIONS = 8000
BACKLOG = 2048
# A form with the largest file that is taken, and its wrapping.
LARGEST_BODY = 32 << 20
# An answer waits on the disk for a slow reader, and not in its thread.
LONGEST_ANSWER = 1 << 30


class Channel(HTTPChannel):
    """A connection that knows since when a request has been arriving on it; empty lines before one are part of it."""

    begun_at = 0.0

    def received(self, data: bytes) -> bool:
        self.begun_at = self.begun_at or time.time()
        is_good = super().received(data)
        if self.requests:
            self.begun_at = 0.0
        return is_good

    def is_late(self, now: float) -> bool:
        """However often a byte of the request comes."""
        return 0.0 < self.begun_at < now - TO_SEND


class Server(TcpWSGIServer):
    """Ends what is late, and on its own end lets requests that are being answered have their answers."""

    channel_class = Channel
    is_ending = False

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        for channel in self.active_channels.values():
            if channel.is_late(now):
                channel.will_close = True

    def serve(self) -> None:
        """Until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.end)
        while not self.is_ending:
            self.turn(1.0)
        self.accepting = False
        until = time.monotonic() + TO_END
        while time.monotonic() < until and any(map(is_busy, list(self.active_channels.values()))):
            self.turn(0.1)
        self.task_dispatcher.shutdown(timeout=0)

    def turn(self, seconds: float) -> None:
        wasyncore.loop(timeout=seconds, map=self._map, use_poll=True, count=1)

    def end(self, *_: object) -> None:
        self.is_ending = True
        self.pull_trigger()


def is_busy(channel: HTTPChannel) -> bool:
    return bool(channel.requests or channel.total_outbufs_len)


def listening(port: int) -> socket.socket:
    """The socket that all processes of the server are handed."""
    shared = socket.socket()
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    shared.bind((HOST, port))
    shared.listen(BACKLOG)
    shared.set_inheritable(True)
    return shared


def server_on(shared: socket.socket, app: Callable[..., Any], threads: int) -> Server:
    limits = Adjustments(
        threads=threads,
        backlog=BACKLOG,
        connection_limit=min(MOST_CONNECTIONS, open_files() - 200),
        cleanup_interval=1,
        channel_timeout=TO_WAIT,
        max_request_body_size=LARGEST_BODY,
        outbuf_high_watermark=LONGEST_ANSWER,
        # Which proxies are believed is our own setting.
        clear_untrusted_proxy_headers=False,
        ident=None,
    )
    logging.getLogger("waitress").setLevel(logging.ERROR)
    info = (shared.family, shared.type, shared.proto, shared.getsockname())
    return Server(app, map={}, _sock=shared, adj=limits, sockinfo=info, bind_socket=False)


def open_files() -> int:
    """As many as this process may have open; it takes what it may."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most if most != resource.RLIM_INFINITY else MOST_CONNECTIONS + 200
