"""Clients that send or read slowly, or not at all, cost a connection for a while, and stop nobody."""

import http.client
import os
import resource
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest

from carnet import http_server
from carnet.http_server import HOST, Server, listening, server_on
from tests.story import eventually

SILENT, HALF = 1100, 200
HALF_BODY = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n" + b"x" * 500
HALF_HEAD = b"GET /health HTTP/1.1\r\nHost: local"
WHOLE = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
# More than any buffer of the system holds.
LONG = [b"x" * (1 << 20)] * 20


@pytest.fixture
def port(database_url: str, tmp_path: Path) -> Iterator[int]:
    """Two processes of the web server, as they are started."""
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        free = probe.getsockname()[1]
    environ = {"DATABASE_URL": database_url, "PORT": str(free), "CARNET_HOME": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-P", "-m", "carnet", "web"], env=os.environ | environ) as process:
        try:
            assert eventually(lambda: answer(free), seconds=30)
            yield free
        finally:
            process.terminate()
    assert process.returncode == 0


def answer(port: int, seconds: float = 2.0) -> int:
    with suppress(OSError), urllib.request.urlopen(f"http://{HOST}:{port}/health", timeout=seconds) as said:
        return said.status
    return 0


def test_crowds_that_send_nothing_or_half_stop_nobody(port: int, many_files: None):
    with ExitStack() as open_ones:
        for sent, count in ((b"", SILENT), (HALF_BODY, HALF), (HALF_HEAD, HALF)):
            for _ in range(count):
                connection = open_ones.enter_context(closing(socket.create_connection((HOST, port), 5)))
                connection.sendall(sent)
        assert [answer(port) for _ in range(5)] == [200] * 5


@pytest.fixture
def many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, hard), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


# The same server in this process, with a small program


def program(environ: dict, start_response: Callable) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    answers = {"/long": LONG, "/headers": [environ.get("HTTP_X_FORWARDED_FOR", "").encode()]}
    return answers.get(environ["PATH_INFO"], [b"well"])


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(http_server, "TO_SEND", 1)
    opened = server_on(listening(0), program, threads=2)
    stopping = threading.Event()

    def turn() -> None:
        while not stopping.is_set():
            opened.turn(0.05)

    turning = threading.Thread(target=turn)
    turning.start()
    yield opened
    stopping.set()
    turning.join()
    opened.task_dispatcher.shutdown(timeout=1)
    for channel in list(opened.active_channels.values()):
        channel.close()
    opened.close()


@pytest.mark.parametrize(
    ("begun", "drop"), [(HALF_HEAD, b"x"), (HALF_BODY, b"x"), (b"\r\n", b"\r\n")], ids=["head", "body", "empty lines"]
)
def test_who_drips_is_cut_off_in_time(server: Server, begun: bytes, drop: bytes):
    with closing(socket.create_connection((HOST, server.effective_port))) as connection:
        connection.sendall(begun)
        began = time.monotonic()
        with suppress(OSError):
            while time.monotonic() - began < 6 and not is_over(connection):
                connection.sendall(drop)
        assert time.monotonic() - began < 4


def is_over(connection: socket.socket) -> bool:
    connection.settimeout(0.1)
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False


def test_who_does_not_read_holds_no_thread(server: Server):
    with ExitStack() as open_ones:
        for _ in range(8):
            connection = open_ones.enter_context(closing(socket.create_connection((HOST, server.effective_port))))
            connection.sendall(WHOLE.replace(b"/health", b"/long"))
        began = time.monotonic()
        assert answer(server.effective_port, seconds=5) == 200
        assert time.monotonic() - began < 3


def test_a_header_of_our_proxy_is_not_written_by_others_with_an_underscore(server: Server):
    with closing(http.client.HTTPConnection(HOST, server.effective_port, timeout=5)) as connection:
        connection.request("GET", "/headers", headers={"X_Forwarded_For": "10.0.0.1", "X-Forwarded-For": "192.0.2.7"})
        assert connection.getresponse().read() == b"192.0.2.7"
