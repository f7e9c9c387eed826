"""Letters through a mail server: encrypted, with little patience, and never twice."""

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from notifications.outcomes import NotDeliverable, OutcomeUnknown, TryAgain
from notifications.parcels import Parcel

SECONDS_A_STEP = 10.0
# Less than a job's lease, so that nobody else sends the same letter meanwhile.
SECONDS_IN_ALL = 40.0
ENHANCED = re.compile(rb"\s*([245]\.\d{1,3}\.\d{1,3})\b")


def send(parcel: Parcel, hand_over: Callable[[], None], url: str) -> None:
    try:
        with opened(urlsplit(url), parcel.sender.rpartition("@")[2]) as server:
            introduce(server, parcel)
            hand_over()
            deliver(server, parcel)
    except smtplib.SMTPResponseException as answer:
        raise TryAgain(reason(answer.smtp_code, answer.smtp_error)) from None
    except (smtplib.SMTPException, OSError) as fault:
        raise TryAgain(type(fault).__name__) from None


@contextmanager
def opened(parts: SplitResult, called: str) -> Iterator[smtplib.SMTP]:
    """A connection that is cut when it takes too long in all: time-outs alone let a server drip for ever."""
    server = connection(parts, called)
    timer = threading.Timer(SECONDS_IN_ALL, cut, [server])
    timer.start()
    try:
        server.connect(parts.hostname, parts.port or usual_port(parts.scheme))
        secure(server, parts)
        yield server
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
    finally:
        timer.cancel()
        server.close()


def connection(parts: SplitResult, called: str) -> smtplib.SMTP:
    facts = {"timeout": SECONDS_A_STEP, "local_hostname": called}
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(**facts, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(**facts)
    # The library checks certificates against the name that its constructor would have connected to.
    server._host = parts.hostname
    return server


def usual_port(scheme: str) -> int:
    return smtplib.SMTP_SSL_PORT if scheme == "smtps" else 587


def secure(server: smtplib.SMTP, parts: SplitResult) -> None:
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


def cut(server: smtplib.SMTP) -> None:
    if server.sock is not None:
        with suppress(OSError):
            server.sock.shutdown(socket.SHUT_RDWR)
