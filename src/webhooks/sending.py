"""One POST to another program: to the address that was checked, no redirects, little patience, little reading."""

import ssl
import time
from functools import cache

import httpx
from msgspec import Struct

from webhooks.addresses import AddressNotAllowed, Target, resolve

SECONDS = 10.0
MOST_READ = 1024 * 1024
USER_AGENT = "Carnet-Webhooks/1"


class Answer(Struct, frozen=True, kw_only=True):
    """How a delivery went: the status if there was one, how long it took in milliseconds, what failed."""

    status: int | None
    took_ms: int
    failure: str = ""

    @property
    def is_accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Sends once. Whatever goes wrong is told in the answer and nothing is raised."""
    began = time.monotonic()
    try:
        status = send(resolve(url), body, headers)
    except AddressNotAllowed:
        return Answer(status=None, took_ms=since(began), failure="address_not_allowed")
    except (httpx.HTTPError, OSError, UnicodeError) as fault:
        return Answer(status=None, took_ms=since(began), failure=type(fault).__name__)
    return Answer(status=status, took_ms=since(began))


def send(target: Target, body: bytes, headers: dict[str, str]) -> int:
    """Connects to the address that was resolved; the certificate is checked against the name."""
    host = f"[{target.ip}]" if ":" in target.ip else target.ip
    pinned = target.url._replace(netloc=f"{host}:{target.port}").geturl()
    sent = {"Host": target.url.netloc, "Content-Type": "application/json", "User-Agent": USER_AGENT} | headers
    with (
        httpx.Client(verify=trusted(), timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
        client.stream(
            "POST", pinned, content=body, headers=sent, extensions={"sni_hostname": target.url.hostname}
        ) as answer,
    ):
        read_a_little(answer, time.monotonic() + SECONDS)
        return answer.status_code


@cache
def trusted() -> ssl.SSLContext:
    """The authorities that certificates are checked against; reading them costs more than a delivery."""
    return httpx.create_ssl_context(trust_env=False)


def read_a_little(answer: httpx.Response, until: float) -> None:
    """What the receiver says is not kept; one that drips or pours is cut off."""
    read = 0
    for part in answer.iter_raw():
        read += len(part)
        if read > MOST_READ or time.monotonic() > until:
            break


def since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
