"""Programs that take their time over an answer, on this machine: each kind of slowness that a peer may have."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

OK = b"HTTP/1.1 200 OK\r\n"
DRIP = 0.05


def drip(connection: socket.socket, over: threading.Event, drop: bytes = b"x") -> None:
    """One letter after the other, so that no time-out of a single step is ever over."""
    while not over.wait(DRIP):
        connection.sendall(drop)


def headers(connection: socket.socket, over: threading.Event) -> None:
    connection.recv(65536)
    connection.sendall(OK + b"X: ")
    drip(connection, over)


def body(connection: socket.socket, over: threading.Event) -> None:
    connection.recv(65536)
    connection.sendall(OK + b"Content-Length: 1000000\r\n\r\n")
    drip(connection, over)


def ten_megabytes(connection: socket.socket, over: threading.Event) -> None:
    connection.recv(65536)
    connection.sendall(OK + b"Content-Length: 10000000\r\n\r\n")
    for _ in range(1000):
        connection.sendall(b"x" * 10_000)


def early_answers(connection: socket.socket, over: threading.Event) -> None:
    """Answers that are none yet, one after the other (RFC 9110, 1xx)."""
    drip(connection, over, b"HTTP/1.1 102 Processing\r\n\r\n")


def silence(_: socket.socket, over: threading.Event) -> None:
    over.wait()


def handshake(connection: socket.socket, over: threading.Event) -> None:
    """A record of TLS that takes for ever to arrive."""
    connection.recv(1)
    connection.sendall(b"\x16\x03\x03\x40\x00")
    drip(connection, over)


def reads_slowly(connection: socket.socket, over: threading.Event) -> None:
    while not over.wait(DRIP):
        connection.recv(1)


def answers(connection: socket.socket, over: threading.Event) -> None:
    """One that is not slow at all."""
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")


def greeting(connection: socket.socket, over: threading.Event) -> None:
    """A mail server that is always about to say good day."""
    drip(connection, over, b"220-still at it\r\n")


KINDS = {
    each.__name__: each
    for each in (headers, body, ten_megabytes, early_answers, silence, handshake, reads_slowly, answers, greeting)
}


class Peer:
    """Listens on 127.0.0.1 and answers each connection in a thread of its own; `met` counts them."""

    def __init__(self, answer: Callable[[socket.socket, threading.Event], None]):
        self.answer, self.over, self.met = answer, threading.Event(), 0
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listening.getsockname()[1]
        self.threads = [threading.Thread(target=self.listen)]
        self.threads[0].start()

    def listen(self) -> None:
        while not self.over.is_set():
            connection, _ = self.listening.accept()
            self.met += 1
            self.threads.append(threading.Thread(target=self.serve, args=[connection]))
            self.threads[-1].start()

    def serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(5)
            self.answer(connection, self.over)

    def close(self) -> None:
        self.over.set()
        socket.create_connection(("127.0.0.1", self.port)).close()
        for thread in self.threads:
            thread.join()
        self.listening.close()


@contextmanager
def peer(kind: str) -> Iterator[Peer]:
    opened = Peer(KINDS[kind])
    try:
        yield opened
    finally:
        opened.close()
