"""Connections that end at one moment, whatever the other side does: each step gets what is left of the time."""

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from kernel.outside import left


class Hurry(httpcore.NetworkBackend):
    """`until` is a moment of the monotonic clock. Time-outs for each step alone would let a receiver drip for ever."""

    def __init__(self, until: float):
        self.until = until
        self.plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        opened = self.plain.connect_tcp(host, port, left(self.until), local_address, socket_options)
        return HurriedStream(opened, self.until)


class HurriedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, until: float):
        self.stream, self.until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, left(self.until))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """By hand: the library would give each piece that the receiver takes the whole time again."""
        connection = self.stream.get_extra_info("socket")
        while buffer:
            connection.settimeout(left(self.until))
            buffer = buffer[connection.send(buffer) :]

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The handshake as a whole has one time-out."""
        return HurriedStream(self.stream.start_tls(ssl_context, server_hostname, left(self.until)), self.until)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)
