"""Whatever people call themselves, a letter has the headers that we gave it and goes to the one it is for."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from notifications.channels import smtp
from notifications.letter import Addressee, Letter
from notifications.outcomes import NotDeliverable
from notifications.writing import parcel
from tests.postbox import Postbox, open_postbox

SETTINGS = SimpleNamespace(mail_from="Carnet <carnet@agenda.exemple.fr>", public_url="https://agenda.exemple.fr")
MOMENT = datetime(2026, 11, 22, 8, 42, tzinfo=UTC)
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]
HEADERS += ["Content-Language"]
BREAKS = ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x00", "=0D=0A", "%0d%0a", "\\r\\n"]
PIECES = [*BREAKS, "Bcc: b@exemple.org", "To: b@exemple.org", "<b@exemple.org>", ", b@exemple.org", ".", "\r\n.\r\n"]
PIECES += [
    "=?utf-8?q?=0D=0ABcc:_b=40exemple.org?=",
    '"',
    "\\",
    ";",
    "(",
    ")",
    "@",
    ":",
    "é",
    "日本",
    "\u202e",
    "\ufeff",
]
names = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=8).map("".join)


def letter(name: str, house: str, email: str = "sonia@exemple.fr") -> Letter:
    to = Addressee(name=name, email=email, language="fr")
    return Letter(name="invitation", to=to, told={"invited_by": name}, link="https://x.fr/", until=MOMENT, house=house)


def must_be_ours(message: EmailMessage) -> None:
    assert sorted(message.keys()) == sorted(HEADERS)
    assert [one.addr_spec for one in message["To"].addresses] == ["sonia@exemple.fr"]
    assert str(message["From"]) == SETTINGS.mail_from
    assert message["To"].defects == message["Subject"].defects == ()
    assert not any(mark in message["Subject"] for mark in "\r\n\x00")
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


@given(name=names, house=names)
@example(name="\r\nBcc: b@exemple.org\r\n\r\nhello", house="\n.\r\nMAIL FROM:<b@exemple.org>")
@example(name=2 * "=?utf-8?q?=0D=0ABcc:_b=40exemple.org?=", house="")
@settings(max_examples=300, deadline=None)
def test_no_name_makes_a_header_or_a_recipient(name: str, house: str):
    sent = parcel(letter(name, house), "key", MOMENT, SETTINGS)
    assert sent.recipient == "sonia@exemple.fr"
    must_be_ours(message_from_bytes(sent.content, policy=default))


@given(email=st.one_of(names, st.lists(st.sampled_from(["sonia@exemple.fr", *PIECES]), max_size=4).map("".join)))
@example(email="sonia@exemple.fr>\r\nRCPT TO:<b@exemple.org")
@example(email="sonia@exemple.fr, b@exemple.org")
@settings(max_examples=300, deadline=None)
def test_an_address_is_one_address_or_none(email: str):
    try:
        sent = parcel(letter("Sonia", "Les Tilleuls", email), "key", MOMENT, SETTINGS)
    except NotDeliverable:
        return
    message = message_from_bytes(sent.content, policy=default)
    assert [one.addr_spec for one in message["To"].addresses] == [sent.recipient]
    assert sorted(message.keys()) == sorted(HEADERS)
    assert sent.recipient.isascii()
    assert sent.recipient.isprintable()
    assert not set(" <>,") & set(sent.recipient.rpartition('"')[2])


@pytest.fixture(scope="module")
def box() -> Iterator[tuple[Postbox, str]]:
    with open_postbox() as opened:
        yield opened


@given(name=names, house=names)
@example(name="a", house="\r\n.\r\nMAIL FROM:<b@exemple.org>\r\nRCPT TO:<b@exemple.org>\r\nDATA\r\n")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_on_the_wire_one_letter_arrives_for_one_person(box: tuple[Postbox, str], name: str, house: str):
    postbox, url = box
    postbox.envelopes.clear()
    smtp.send(parcel(letter(name, house), "key", MOMENT, SETTINGS), lambda: None, url)
    (envelope,) = postbox.envelopes
    assert envelope.rcpt_tos == ["sonia@exemple.fr"]
    assert envelope.mail_from == "carnet@agenda.exemple.fr"
    must_be_ours(postbox.latest())
