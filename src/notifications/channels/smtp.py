"""Letters through a mail server: encrypted, with little patience, and never twice."""

import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from kernel.outside import addresses_of, goes_outside, left
from notifications.outcomes import NotDeliverable, OutcomeUnknown, TryAgain
from notifications.parcels import Parcel

# Until the letter may have gone, all of it together; what is cut off is tried again.
SECONDS_TO_BEGIN = 10.0
# After that: a letter that may have been taken is not sent again, so that its answer is worth waiting for. Less than
# anybody has a letter in hand.
SECONDS_TO_ANSWER = 30.0
ENHANCED = re.compile(rb"\s*([245]\.\d{1,3}\.\d{1,3})\b")


@goes_outside
def send(parcel: Parcel, hand_over: Callable[[], None], url: str) -> None:
    try:
        with opened(urlsplit(url), parcel.sender.rpartition("@")[2]) as server:
            introduce(server, parcel)
            hand_over()
            server.end_in(SECONDS_TO_ANSWER)
            deliver(server, parcel)
    except smtplib.SMTPResponseException as answer:
        raise TryAgain(reason(answer.smtp_code, answer.smtp_error)) from None
    except (smtplib.SMTPException, OSError, UnicodeError) as fault:
        raise TryAgain(type(fault).__name__) from None


class Connection(smtplib.SMTP):
    """One that is cut when it takes too long in all: time-outs for each step alone let a server drip for ever."""

    def __init__(self, parts: SplitResult, called: str):
        super().__init__(local_hostname=called)
        self.parts = parts
        # The library checks certificates against the name that its constructor would have connected to.
        self._host = parts.hostname
        self.end_in(SECONDS_TO_BEGIN)

    def end_in(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds
        self.timer = threading.Timer(seconds, self.cut, [self.until])
        self.timer.daemon = True
        self.timer.start()

    def cut(self, until: float) -> None:
        """Unless it was given more time since."""
        if self.sock is not None and until == self.until:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """Each address in turn; name, connection and handshake share the time."""
        for address in (addresses := addresses_of(host, port, self.until)):
            try:
                return self.encrypted(socket.create_connection((address, port), left(self.until)))
            except OSError:
                if address == addresses[-1]:
                    raise
        raise OSError("no address")

    def encrypted(self, plain: socket.socket) -> socket.socket:
        plain.settimeout(left(self.until))
        if self.parts.scheme != "smtps":
            return plain
        return ssl.create_default_context().wrap_socket(plain, server_hostname=self._host)

    def close(self) -> None:
        super().close()
        if hasattr(self, "timer"):
            self.timer.cancel()


@contextmanager
def opened(parts: SplitResult, called: str) -> Iterator[Connection]:
    server = Connection(parts, called)
    try:
        server.connect(parts.hostname, parts.port or usual_port(parts.scheme))
        secure(server, parts)
        yield server
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
    finally:
        server.close()


def usual_port(scheme: str) -> int:
    return smtplib.SMTP_SSL_PORT if scheme == "smtps" else 587


def secure(server: Connection, parts: SplitResult) -> None:
    """STARTTLS or nothing, but for a server on this machine."""
    if parts.scheme == "smtp" and not is_this_machine(parts.hostname or ""):
        server.starttls(context=ssl.create_default_context())
    server.ehlo_or_helo_if_needed()
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))


def is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def introduce(server: smtplib.SMTP, parcel: Parcel) -> None:
    """Who sends to whom; nothing has gone yet. That we may not send is the installation's fault and may be mended,
    that nobody is there to receive is not."""
    code, words = server.mail(parcel.sender)
    if code != 250:
        raise TryAgain(reason(code, words))
    code, words = server.rcpt(parcel.recipient)
    if code not in (250, 251):
        raise refused(code, words)


def deliver(server: smtplib.SMTP, parcel: Parcel) -> None:
    """What stops between the last line and the answer leaves us not knowing."""
    try:
        code, words = server.data(parcel.content)
    except smtplib.SMTPDataError as early:
        raise refused(early.smtp_code, early.smtp_error) from None
    except (smtplib.SMTPException, OSError):
        raise OutcomeUnknown("no_answer") from None
    if code != 250:
        raise refused(code, words)


def refused(code: int, words: bytes | str) -> TryAgain | NotDeliverable:
    kind = NotDeliverable if 500 <= code < 600 else TryAgain
    return kind(reason(code, words))


def reason(code: int, words: bytes | str) -> str:
    """Only the codes are kept: what servers say beyond them names the recipient."""
    said = ENHANCED.match(words if isinstance(words, bytes) else words.encode())
    return f"refused {code} {said[1].decode()}" if said else f"refused {code}"
