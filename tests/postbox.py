"""A mail server of the tests' own on this machine, which takes letters, puts them off, refuses or drops them."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

LINK = re.compile(r"https?://\S+")


class Postbox:
    """`answers` are given to the letters that come, one after the other, instead of taking them; then all is taken.
    `drop` hangs up once the letter is there, `drip` takes its time over the answer."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.answers: list[str] = []
        self.answers_to_recipients: list[str] = []

    async def handle_RCPT(self, _: SMTP, __: Session, envelope: Envelope, address: str, *___: Any) -> str:  # noqa: N802
        if self.answers_to_recipients:
            return self.answers_to_recipients.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer == "drop":
            server.transport.abort()
        if answer == "drip":
            await drip(server)
        if answer != "drip" and answer[0] not in "45":
            self.envelopes.append(envelope)
        return "250 OK" if answer == "drip" else answer

    @property
    def letters(self) -> list[EmailMessage]:
        return [message_from_bytes(envelope.original_content, policy=default) for envelope in self.envelopes]

    def latest(self) -> EmailMessage:
        return self.letters[-1]


async def drip(server: SMTP) -> None:
    """A line of the answer every now and then, so that no time-out of a single step is ever over."""
    for _ in range(60):
        if not server.transport.is_closing():
            server.transport.write(b"250-still at it\r\n")
            await asyncio.sleep(0.05)


class Server(Controller):
    """On whichever port is free."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def plain(letter: EmailMessage) -> str:
    return letter.get_body(("plain",)).get_content()


def html(letter: EmailMessage) -> str:
    return letter.get_body(("html",)).get_content()


def link_in(letter: EmailMessage) -> str:
    return LINK.search(plain(letter))[0]


@contextmanager
def open_postbox(**facts: Any) -> Iterator[tuple[Postbox, str]]:
    """The box, and the URL of the server that fills it; `facts` are the server's."""
    box = Postbox()
    server = Server(box, hostname="127.0.0.1", port=0, ready_timeout=10, server_hostname="tests", **facts)
    server.start()
    try:
        yield box, f"smtp://127.0.0.1:{server.port}"
    finally:
        server.stop()
