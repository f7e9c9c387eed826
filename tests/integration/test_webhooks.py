"""What happens reaches the programs that asked for it: all of it, in order, once per position, also after a silence."""

import hashlib
import hmac
import json
import socket
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID, uuid4

import pytest

from booking.commands import cancel_appointment, mark_arrived, move_appointment
from carnet.wiring import JOBS, READERS
from kernel.jobs import NotYet, Worker
from tests.story import House, at
from webhooks import delivering
from webhooks.addresses import AddressNotAllowed, WebhookUrlNotValid, is_public, resolve
from webhooks.commands import (
    change_secret,
    change_subscription,
    end_old_secret,
    end_subscription,
    replay_deliveries,
    subscribe,
)
from webhooks.queries import deliveries, secret, subscription
from webhooks.sending import Answer, post
from webhooks.subscription import EventNameUnknown, WebhookOver

DUE = """
SELECT key FROM jobs WHERE organisation_id = %s AND done_at IS NULL AND due_at <= now() + %s * interval '1h'
AND name IN ('deliver_webhooks', 'replay_webhook')"""


class Receiver:
    """Another program's door: it keeps what it was sent, and may be away."""

    def __init__(self) -> None:
        self.answer: Callable[[], int] = lambda: 204
        self.letters: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.answer()
                if 200 <= status < 300:
                    receiver.letters.append((dict(self.headers), body))
                self.send_response(status)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing: pytest shows what failed."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def names(self) -> list[str]:
        return [json.loads(body)["name"] for _, body in self.letters]

    def positions(self) -> list[int]:
        return [json.loads(body)["position"] for _, body in self.letters]

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    opened = Receiver()
    monkeypatch.setenv("CARNET_WEBHOOK_ORIGINS", opened.origin)
    yield opened
    opened.close()


@pytest.fixture
def subscribed(house: House, receiver: Receiver) -> UUID:
    id = uuid4()
    subscribe(house.store, id, f"{receiver.origin}/hooks?from=carnet", by=house.by())
    return id


@pytest.fixture(autouse=True)
def no_job_is_left(house: House) -> Iterator[None]:
    """Other tests count what is due in the same database."""
    yield
    with house.store.database.everywhere() as db:
        db.execute("DELETE FROM jobs WHERE organisation_id = %s", (house.id,))


def send(house: House, *, hours_later: float = 0) -> None:
    """The readers read on, then the worker does what is due for this house."""
    house.read_on()
    worker = Worker(house.store, JOBS)
    with house.store.database.everywhere() as db:
        keys = [key for (key,) in db.execute(DUE, (house.id, hours_later))]
    for key in keys:
        worker.do(str(house.id), key)


def test_every_change_arrives_in_the_order_of_the_log(house: House, receiver: Receiver, subscribed: UUID):
    id = house.book(at(10))
    move_appointment(house.store, id, at(14), by=house.by())
    mark_arrived(house.store, id, by=house.by())
    send(house)
    assert receiver.names() == ["AppointmentBooked", "AppointmentMoved", "ClientArrived"]
    assert receiver.positions() == sorted(receiver.positions())
    fact = json.loads(receiver.letters[1][1])
    assert (fact["stream_id"], fact["version"], fact["zone"]) == (str(id), 2, "UTC")
    assert fact["facts"]["wall_at"] == "2026-11-24T14:00"


def test_a_receiver_in_ten_lines_sees_every_change_once_also_when_it_was_down(
    house: House, receiver: Receiver, subscribed: UUID
):
    receiver.answer = lambda: 503
    ids = [house.book(at(hour)) for hour in (9, 10, 11)]
    for _ in range(4):
        send(house, hours_later=2)
    assert receiver.letters == []
    cancel_appointment(house.store, ids[0], by=house.by())
    receiver.answer = lambda: 200
    send(house, hours_later=2)
    send(house, hours_later=2)
    assert receiver.names() == ["AppointmentBooked"] * 3 + ["AppointmentCancelled"]
    assert len(set(receiver.positions())) == 4
    assert [one.tries for one in deliveries(house.store, house.id, subscribed)] == [1, 1, 1, 5]


def test_nothing_overtakes_what_was_not_accepted(house: House, receiver: Receiver, subscribed: UUID):
    answers = iter([200, 500, 200, 200])
    receiver.answer = lambda: next(answers)
    for hour in (9, 10, 11):
        house.book(at(hour))
    send(house)
    assert len(receiver.letters) == 1
    send(house, hours_later=2)
    assert receiver.positions() == sorted(receiver.positions())
    assert len(receiver.letters) == 3


def test_only_the_named_events_are_sent_and_only_those_after_the_subscription(house: House, receiver: Receiver):
    id = house.book(at(10))
    subscribe(house.store, uuid4(), receiver.origin, names=["AppointmentCancelled"], by=house.by())
    move_appointment(house.store, id, at(11), by=house.by())
    cancel_appointment(house.store, id, by=house.by())
    send(house)
    assert receiver.names() == ["AppointmentCancelled"]


def test_another_house_hears_nothing(house: House, receiver: Receiver, subscribed: UUID):
    other = House(house.store)
    other.book(at(10))
    send(other)
    send(house)
    assert receiver.letters == []


def test_the_signature_tells_that_it_is_ours_whole_and_fresh(house: House, receiver: Receiver, subscribed: UUID):
    house.book(at(10))
    send(house)
    headers, body = receiver.letters[0]
    key = b64decode(secret(house.store, house.id, subscribed).removeprefix("whsec_"))
    signed = f"{headers['Webhook-Id']}.{headers['Webhook-Timestamp']}.".encode() + body
    expected = b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["Webhook-Signature"] == f"v1,{expected}"
    assert abs(int(headers["Webhook-Timestamp"]) - datetime.now(UTC).timestamp()) < 60
    assert headers["Webhook-Id"] == f"{subscribed}/{json.loads(body)['position']}"


def test_both_secrets_sign_while_the_receiver_changes_over(house: House, receiver: Receiver, subscribed: UUID):
    old = secret(house.store, house.id, subscribed)
    change_secret(house.store, subscribed, by=house.by(at=datetime.now(UTC)))
    new = secret(house.store, house.id, subscribed)
    house.book(at(10))
    send(house)
    headers, body = receiver.letters[-1]
    given = headers["Webhook-Signature"].split(" ")
    signed = f"{headers['Webhook-Id']}.{headers['Webhook-Timestamp']}.".encode() + body
    for one in (new, old):
        key = b64decode(one.removeprefix("whsec_"))
        assert f"v1,{b64encode(hmac.digest(key, signed, 'sha256')).decode()}" in given


def test_two_secrets_sign_at_most_and_the_old_one_can_be_ended_at_once(
    house: House, receiver: Receiver, subscribed: UUID
):
    known = [secret(house.store, house.id, subscribed)]
    for _ in range(3):
        change_secret(house.store, subscribed, by=house.by(at=datetime.now(UTC)))
        known.append(secret(house.store, house.id, subscribed))
    assert signers(house, receiver, known) == known[2:]
    assert subscription(house.store, house.id, subscribed).old_secret_until
    end_old_secret(house.store, subscribed, by=house.by())
    assert signers(house, receiver, known) == known[3:]
    assert not subscription(house.store, house.id, subscribed).old_secret_until
    assert end_old_secret(house.store, subscribed, by=house.by()) == 0


def test_an_old_secret_signs_no_longer_than_a_day_whatever_the_clock_said(
    house: House, receiver: Receiver, subscribed: UUID
):
    known = [secret(house.store, house.id, subscribed)]
    change_secret(house.store, subscribed, by=house.by())
    known.append(secret(house.store, house.id, subscribed))
    house.rows("UPDATE webhook_secrets SET good_until = now() + interval '1 year' WHERE good_until > now() RETURNING 1")
    assert signers(house, receiver, known) == known[1:]


def signers(house: House, receiver: Receiver, known: list[str]) -> list[str]:
    """Those of the secrets that signed the latest delivery; nothing else did."""
    house.book(at(9, days=7 * len(receiver.letters)))
    send(house)
    headers, body = receiver.letters[-1]
    signed = f"{headers['Webhook-Id']}.{headers['Webhook-Timestamp']}.".encode() + body
    given = headers["Webhook-Signature"].split(" ")
    ours = [one for one in known if f"v1,{made(one, signed)}" in given]
    assert len(ours) == len(given)
    return ours


def made(one: str, signed: bytes) -> str:
    return b64encode(hmac.digest(b64decode(one.removeprefix("whsec_")), signed, "sha256")).decode()


def test_a_receiver_that_is_gone_is_stopped_and_its_owners_are_told(house: House, receiver: Receiver, subscribed: UUID):
    receiver.answer = lambda: 410
    for hour in (9, 10, 11):
        house.book(at(hour))
    send(house)
    card = subscription(house.store, house.id, subscribed)
    assert (card.stopped, card.is_paused) == ("gone", True)
    asked: list[int] = []
    receiver.answer = lambda: asked.append(1) or 200
    house.book(at(14))
    send(house, hours_later=2)
    assert asked == []
    # The one that was tried waits still; what happens meanwhile is not kept.
    assert subscription(house.store, house.id, subscribed).waiting == 1
    told = house.rows("SELECT name FROM jobs WHERE key LIKE 'letter/webhook-stopped/%%'")
    assert told == [("write_to_owners",)]


def test_what_was_stopped_is_started_again_by_hand(house: House, receiver: Receiver, subscribed: UUID):
    receiver.answer = lambda: 410
    house.book(at(9))
    send(house)
    receiver.answer = lambda: 200
    change_subscription(house.store, subscribed, is_paused=False, by=house.by())
    house.book(at(10))
    send(house)
    assert receiver.names() == ["AppointmentBooked", "WebhookChanged", "AppointmentBooked"]
    assert subscription(house.store, house.id, subscribed).stopped == ""


def test_an_ended_subscription_leaves_nothing_to_be_sent(house: House, receiver: Receiver, subscribed: UUID):
    house.book(at(9))
    house.read_on()
    end_subscription(house.store, subscribed, by=house.by())
    house.book(at(10))
    house.read_on()
    assert subscription(house.store, house.id, subscribed).waiting == 0


def test_a_delivery_put_off_by_a_clock_that_was_ahead_goes_with_the_next_event(
    house: House, receiver: Receiver, subscribed: UUID
):
    receiver.answer = lambda: 503
    house.book(at(9))
    send(house)
    with house.store.database.everywhere() as db:
        db.execute("UPDATE jobs SET due_at = now() + interval '1 year' WHERE key = %s", (f"deliver/{subscribed}",))
        db.execute("UPDATE webhook_deliveries SET claimed_until = now() + interval '1 year'")
    receiver.answer = lambda: 200
    house.book(at(10))
    send(house)
    assert receiver.names() == ["AppointmentBooked"] * 2


def test_whoever_sent_so_late_that_another_has_it_settles_nothing(house: House, receiver: Receiver, subscribed: UUID):
    house.book(at(9))
    house.read_on()
    late = delivering.claim(house.store, house.id, subscribed)
    with pytest.raises(NotYet):
        delivering.claim(house.store, house.id, subscribed)
    with house.store.database.everywhere() as db:
        db.execute("UPDATE webhook_deliveries SET claimed_until = now() WHERE subscription_id = %s", (subscribed,))
    delivering.claim(house.store, house.id, subscribed)
    with pytest.raises(NotYet):
        delivering.note(house.store, house.id, subscribed, late, Answer(status=200, took_ms=1))
    assert subscription(house.store, house.id, subscribed).waiting == 1


def test_a_replay_sends_everything_after_a_position_once_more(house: House, receiver: Receiver, subscribed: UUID):
    for hour in (9, 10, 11):
        house.book(at(hour))
    send(house)
    seen = receiver.positions()
    replay_deliveries(house.store, subscribed, seen[0], by=house.by())
    for _ in range(3):
        send(house)
    again = receiver.positions()[3:]
    assert [position for position in again if position in seen] == seen[1:]
    assert sorted(set(again)) == sorted(again)


def test_a_replay_reaches_what_came_before_the_subscription(house: House, receiver: Receiver):
    id = house.book(at(10))
    subscription_id = uuid4()
    subscribe(house.store, subscription_id, receiver.origin, names=["AppointmentBooked"], by=house.by())
    replay_deliveries(house.store, subscription_id, 0, by=house.by())
    for _ in range(3):
        send(house)
    assert [json.loads(body)["stream_id"] for _, body in receiver.letters] == [str(id)]


def test_what_happens_during_a_pause_is_sent_after_it(house: House, receiver: Receiver, subscribed: UUID):
    change_subscription(house.store, subscribed, is_paused=True, by=house.by())
    house.book(at(10))
    send(house)
    assert receiver.letters == []
    change_subscription(house.store, subscribed, is_paused=False, by=house.by())
    send(house)
    assert receiver.names() == ["WebhookChanged", "AppointmentBooked", "WebhookChanged"]


def test_a_new_address_is_tried_at_once(house: House, receiver: Receiver, subscribed: UUID):
    receiver.answer = lambda: 500
    house.book(at(10))
    send(house)
    receiver.answer = lambda: 200
    change_subscription(house.store, subscribed, url=f"{receiver.origin}/better", by=house.by())
    send(house)
    assert receiver.names() == ["AppointmentBooked", "WebhookChanged"]


def test_after_its_end_nothing_is_sent(house: House, receiver: Receiver, subscribed: UUID):
    house.book(at(10))
    house.read_on()
    end_subscription(house.store, subscribed, by=house.by())
    send(house)
    assert receiver.letters == []
    with pytest.raises(WebhookOver):
        replay_deliveries(house.store, subscribed, 0, by=house.by())


def test_the_house_sees_how_each_delivery_went(house: House, receiver: Receiver, subscribed: UUID):
    receiver.answer = lambda: 418
    house.book(at(10))
    send(house)
    (line,) = deliveries(house.store, house.id, subscribed)
    assert (line.name, line.tries, line.status, line.delivered_at) == ("AppointmentBooked", 1, 418, None)
    card = subscription(house.store, house.id, subscribed)
    assert (card.waiting, card.failed_at is not None) == (1, True)


def test_a_redirect_is_not_followed(house: House, receiver: Receiver, subscribed: UUID):
    receiver.answer = lambda: 302
    house.book(at(10))
    send(house)
    assert deliveries(house.store, house.id, subscribed)[0].status == 302


def test_two_workers_never_send_one_thing_twice(house: House, receiver: Receiver, subscribed: UUID):
    for hour in (9, 10, 11):
        house.book(at(hour))
    house.read_on()

    def run() -> None:
        with suppress(NotYet):
            delivering.deliver(house.store, house.id, str(subscribed))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    delivering.deliver(house.store, house.id, str(subscribed))
    assert len(receiver.letters) == 3
    assert receiver.positions() == sorted(set(receiver.positions()))


def test_the_outbox_follows_with_the_other_readers():
    assert "webhooks" in {reader.name for reader in READERS}


def test_a_name_that_no_event_has_is_refused(house: House, receiver: Receiver):
    with pytest.raises(EventNameUnknown):
        subscribe(house.store, uuid4(), receiver.origin, names=["AppointmentEaten"], by=house.by())


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "ftp://example.org/hook",
        "https://",
        "https:///hook",
        "https://user:word@example.org/",
        "https://example.org/#part",
        "https://example.org:0/",
        "https://example.org:port/",
        "https://exa mple.org/",
        "https://exemplé.org/",
        "https://example.org/\nX: 1",
        "https://example.org/" + "x" * 2000,
        "javascript:alert(1)",
        "hook",
        "",
    ],
)
def test_what_is_no_public_https_address_is_refused(house: House, url: str):
    with pytest.raises(WebhookUrlNotValid):
        subscribe(house.store, uuid4(), url, by=house.by())


PRIVATE = """
127.0.0.1 127.1.2.3 0.0.0.0 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 192.0.0.1
192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255
:: ::1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 2002:7f00:1::
2002:a00:1:: 2001:0:a00:1::f5ff:fffe fe80::1 fe80::1%lo fc00::1 fd12:3456::1 ff02::1 2001:db8::1 100::1 fec0::1
""".split()  # noqa: SIM905 — a list would be one address a line, for forty lines.
PUBLIC = ["93.184.216.34", "8.8.8.8", "1.1.1.1", "2606:2800:220:1:248:1893:25c8:1946", "2a00:1450:4007:80e::200e"]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_inside_is_never_public(address: str):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_outside_is(address: str):
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "[::ffff:127.0.0.1]"],
)
def test_no_writing_of_our_own_address_is_connected_to(host: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("CARNET_WEBHOOK_ORIGINS")
    with pytest.raises((AddressNotAllowed, OSError)):
        resolve(f"https://{host}:{receiver.server.server_port}/", time.monotonic() + 5)
    answer = post(f"https://{host}:{receiver.server.server_port}/", b"{}", {})
    assert (answer.status, bool(answer.failure)) == (None, True)


def test_a_name_is_looked_up_once_and_that_address_is_the_one_connected_to(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    """A name server that answers differently the second time changes nothing."""
    asked: list[str] = []
    real = socket.getaddrinfo
    answers = [("127.0.0.1", receiver.server.server_port), ("169.254.169.254", 80)]

    def look_up(host: str, *more: object, **facts: object) -> list:
        if host == "127.0.0.1":
            return real(host, *more, **facts)
        asked.append(host)
        return [(2, 1, 6, "", answers[min(len(asked) - 1, 1)])]

    monkeypatch.setenv("CARNET_WEBHOOK_ORIGINS", f"http://hooks.example:{receiver.server.server_port}")
    monkeypatch.setattr("kernel.outside.socket.getaddrinfo", look_up)
    answer = post(f"http://hooks.example:{receiver.server.server_port}/x", b"{}", {})
    assert (answer.status, asked) == (204, ["hooks.example"])
    assert receiver.letters[0][0]["Host"] == f"hooks.example:{receiver.server.server_port}"
