"""One POST to another program: to the address that was checked, no redirects, ten seconds in all, little reading."""

import ssl
import time
from collections.abc import Iterable
from functools import cache

import httpcore
from msgspec import Struct

from kernel.outside import goes_outside
from webhooks.addresses import AddressNotAllowed, Target, resolve
from webhooks.hurry import Hurry

SECONDS = 10.0
# The status says it all: what a receiver says beyond it is let in for a moment, for those who mind being cut off.
SECONDS_TO_LISTEN = 1.0
MOST_READ = 64 * 1024
USER_AGENT = "Carnet-Webhooks/1"


class Answer(Struct, frozen=True, kw_only=True):
    """How a delivery went: the status if there was one, how long it took in milliseconds, what failed."""

    status: int | None
    took_ms: int
    failure: str = ""

    @property
    def is_accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the receiver says that it will never listen again (Standard Webhooks)."""
        return self.status == 410


@goes_outside
def post(url: str, body: bytes, headers: dict[str, str], until: float | None = None) -> Answer:
    """Sends once, until a moment of the monotonic clock. Whatever goes wrong is told in the answer and not raised."""
    began = time.monotonic()
    until = min(until or began + SECONDS, began + SECONDS)
    try:
        status = send(resolve(url, until), body, headers, until)
    except AddressNotAllowed:
        return Answer(status=None, took_ms=since(began), failure="address_not_allowed")
    except (httpcore.ProtocolError, httpcore.NetworkError, httpcore.TimeoutException, OSError, UnicodeError) as fault:
        return Answer(status=None, took_ms=since(began), failure=type(fault).__name__)
    return Answer(status=status, took_ms=since(began))


def send(target: Target, body: bytes, headers: dict[str, str], until: float) -> int:
    """Connects to the address that was resolved; the certificate is checked against the name."""
    host = f"[{target.ip}]" if ":" in target.ip else target.ip
    pinned = target.url._replace(netloc=f"{host}:{target.port}").geturl()
    sent = {"Host": target.url.netloc, "Content-Type": "application/json", "User-Agent": USER_AGENT} | headers
    named = {"sni_hostname": target.url.hostname}
    with (
        httpcore.ConnectionPool(ssl_context=trusted(), network_backend=Hurry(until)) as pool,
        pool.stream("POST", pinned, content=body, headers=sent, extensions=named) as answer,
    ):
        read_a_little(answer.iter_stream(), min(until, time.monotonic() + SECONDS_TO_LISTEN))
        return answer.status


@cache
def trusted() -> ssl.SSLContext:
    """The authorities that certificates are checked against; reading them costs more than a delivery."""
    return httpcore.default_ssl_context()


def read_a_little(parts: Iterable[bytes], until: float) -> None:
    """What the receiver says is not kept; one that drips or pours is cut off."""
    read = 0
    for part in parts:
        read += len(part)
        if read > MOST_READ or time.monotonic() > until:
            break


def since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
