"""Others may be as slow as they like: each sending ends in time, and nobody else waits for it."""

import ast
import importlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import kernel
from kernel.outside import HeldWhileOutside, goes_outside
from kernel.store import Store
from notifications.channels import smtp
from notifications.outcomes import TryAgain
from notifications.parcels import Parcel
from tests.slow import peer
from tests.story import House
from webhooks import sending
from webhooks.sending import post

SOURCES = Path(kernel.__file__).parent.parent
# What one opens connections with, below those that are opened for us by name.
CONNECTS = {"httpcore", "httpx", "requests", "urllib3", "smtplib", "ftplib", "imaplib", "http.client", "urllib.request"}
# Where a connection is, but nobody outside is waited for: our own server's health, and what others are called by.
OURS = {"carnet/commands_serve.py", "webhooks/hurry.py"}
PARCEL = Parcel(name="one", sender="a@exemple.fr", recipient="b@exemple.fr", content=b"Subject: x\r\n\r\nx\r\n")


@pytest.fixture
def in_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests have less patience than the program; that its own is short is said by a test of its own."""
    monkeypatch.setattr(sending, "SECONDS", 1.0)
    monkeypatch.setattr(sending, "SECONDS_TO_LISTEN", 0.3)
    monkeypatch.setattr(smtp, "SECONDS_TO_BEGIN", 1.0)
    monkeypatch.setattr(smtp, "SECONDS_TO_ANSWER", 1.0)


def test_patience_is_ten_seconds_in_all():
    assert (sending.SECONDS, smtp.SECONDS_TO_BEGIN) == (10, 10)


@pytest.mark.usefixtures("in_a_second")
@pytest.mark.parametrize(
    ("kind", "scheme", "status"),
    [
        ("headers", "http", None),
        ("early_answers", "http", None),
        ("silence", "http", None),
        ("handshake", "https", None),
        ("silence", "https", None),
        ("reads_slowly", "http", None),
        ("body", "http", 200),
        ("ten_megabytes", "http", 200),
    ],
)
def test_a_receiver_is_left_in_time(kind: str, scheme: str, status: int | None, monkeypatch: pytest.MonkeyPatch):
    with peer(kind) as other:
        origin = f"{scheme}://127.0.0.1:{other.port}"
        monkeypatch.setenv("CARNET_WEBHOOK_ORIGINS", origin)
        began = time.monotonic()
        answer = post(f"{origin}/hook", b"x" * 20_000_000 if kind == "reads_slowly" else b"{}", {})
        assert time.monotonic() - began < 2
    assert (answer.status, bool(answer.failure)) == (status, status is None)


@pytest.mark.usefixtures("in_a_second")
@pytest.mark.parametrize("kind", ["greeting", "silence", "handshake"])
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_mail_server_is_left_in_time_and_nothing_was_handed_over(kind: str, scheme: str):
    handed: list[bool] = []
    with peer(kind) as other:
        began = time.monotonic()
        with pytest.raises(TryAgain):
            smtp.send(PARCEL, lambda: handed.append(True), f"{scheme}://127.0.0.1:{other.port}")
        assert time.monotonic() - began < 2
    assert handed == []


@pytest.mark.usefixtures("in_a_second")
def test_a_name_that_is_not_found_in_time_is_not_waited_for(monkeypatch: pytest.MonkeyPatch):
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(20) and [])
    monkeypatch.setenv("CARNET_WEBHOOK_ORIGINS", "http://hooks.example")
    began = time.monotonic()
    assert post("http://hooks.example/", b"{}", {}).failure == "TimeoutError"
    with pytest.raises(TryAgain):
        smtp.send(PARCEL, list, "smtp://mail.example:25")
    assert time.monotonic() - began < 3
    over.set()


@goes_outside
def talks() -> str:
    return "said"


def test_whoever_talks_to_the_outside_is_within_no_transaction(store: Store, house: House):
    assert talks() == "said"
    rooms = (store.database.everywhere, store.database.at_the_door, lambda: store.reading(house.id))
    for room in (*rooms, lambda: store.log(house.by())):
        with room(), pytest.raises(HeldWhileOutside):
            talks()
    assert talks() == "said"


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def modules() -> Iterator[Path]:
    for path in SOURCES.rglob("*.py"):
        if CONNECTS & set(imported(path)) and str(path.relative_to(SOURCES)) not in OURS:
            yield path


def test_every_module_that_connects_to_others_is_entered_through_what_holds_nothing():
    """Whoever adds a channel marks the function that others call."""
    found = list(modules())
    assert {path.stem for path in found} >= {"sending", "smtp"}
    for path in found:
        module = importlib.import_module(".".join(path.relative_to(SOURCES).with_suffix("").parts))
        assert any(getattr(value, "goes_outside", False) for value in vars(module).values()), path
