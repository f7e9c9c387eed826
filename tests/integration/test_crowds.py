"""Whoever brings much work, or work that does not end, makes nobody else wait."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from accounts.people import commands as people
from accounts.people import links
from accounts.people.acts import as_self
from carnet.wiring import JOBS, LANES, READERS
from kernel.clock import now
from kernel.jobs import Job, Worker, queue
from kernel.store import Store
from tests import slow
from tests.postbox import Postbox, open_postbox
from tests.slow import peer
from tests.story import House, at, eventually
from webhooks.commands import subscribe

OURS = "https://agenda.exemple.fr"
KEY = "a secret of the tests, long enough to be one"
HEALTHY = """
UPDATE jobs SET failure = NULL WHERE name = 'deliver_webhooks' 
    AND facts::json ->> 'subscription_id' IN (SELECT s.stream_id::text FROM states s
    JOIN texts t ON t.id::text = s.state::json ->> 'url_id' WHERE t.words = %s)"""


class Street:
    """Two houses and somebody with an account, a mail server, and everything at work: readers, and a worker."""

    def __init__(self, store: Store, box: Postbox):
        self.store, self.box, self.stopping = store, box, threading.Event()
        self.crowd, self.other = House(store), House(store)
        self.worker = Worker(store, JOBS, None, LANES)
        runs = (lambda: self.worker.run(self.stopping, 0.05), self.read)
        self.threads = [threading.Thread(target=run) for run in runs]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def book_for(self, client: UUID) -> None:
        """For next week, half an hour ago: the client is told at once."""
        begins = (now() + timedelta(days=7)).replace(minute=0, second=0, microsecond=0)
        facts = {"override": ("outside_hours",), "by": self.other.by(at=now() - timedelta(minutes=30))}
        self.other.book(begins, client_id=client, reason="à part", **facts)

    def read(self) -> None:
        while not self.stopping.is_set():
            if not any([reader.follow(self.store) for reader in READERS]):
                time.sleep(0.02)

    def somebody(self) -> UUID:
        id = uuid4()
        facts = {"name": "Sonia", "email": f"{id}@exemple.fr", "language": "fr"}
        people.register_person(self.store, **facts, password="un mot de passe calme", by=as_self(id, now()))
        return id

    def in_hand(self, lane: str) -> int:
        """Of the house that brings the crowd."""
        ours = (one for one in self.worker.hands.in_hand() if one.organisation_id == self.crowd.id)
        return sum(one.lane == lane for one in ours)

    def seconds_to_letter(self, person_id: UUID) -> float:
        began = time.monotonic()
        links.ask_for(self.store, person_id, "sign-in", now())
        return took(began, lambda: self.has_letter(f"{person_id}@exemple.fr"))

    def has_letter(self, email: str) -> bool:
        return any(envelope.rcpt_tos == [email] for envelope in self.box.envelopes)


def took(began: float, question: Callable[[], object]) -> float:
    assert eventually(question, seconds=20)
    return time.monotonic() - began


@pytest.fixture
def street(app_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Street]:
    store = Store(app_url, size=60)
    with open_postbox() as (box, url):
        settings = {"HOME": str(tmp_path), "PUBLIC_URL": OURS, "SECRET_KEY": KEY, "SMTP_URL": url}
        for name, value in settings.items():
            monkeypatch.setenv(f"CARNET_{name}", value)
        with store.database.everywhere() as db:
            db.execute("DELETE FROM jobs")
        opened = Street(store, box)
        yield opened
        opened.stopping.set()
        for thread in opened.threads:
            if thread.is_alive():
                thread.join()
    with store.database.everywhere() as db:
        db.execute("DELETE FROM jobs")
    store.close()


@pytest.fixture
def receivers(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, slow.Peer]]:
    """One that drips and two that do not; they end before whoever still waits for them is told to."""
    kinds = {"drips": "headers", "of the other": "answers", "of the crowd": "answers"}
    with ExitStack() as peers:
        opened = {name: peers.enter_context(peer(kind)) for name, kind in kinds.items()}
        monkeypatch.setenv("CARNET_WEBHOOK_ORIGINS", ",".join(origin(each) for each in opened.values()))
        yield opened


def origin(other: slow.Peer) -> str:
    return f"http://127.0.0.1:{other.port}"


@pytest.fixture
def crowded(street: Street, receivers: dict[str, slow.Peer]) -> Iterator[Street]:
    """Fifty subscriptions of one house whose receiver drips, and one each of both houses whose receiver does not."""
    for number in range(50):
        subscribe(street.store, uuid4(), f"{origin(receivers['drips'])}/{number}", by=street.crowd.by())
    subscribe(street.store, uuid4(), origin(receivers["of the crowd"]), by=street.crowd.by())
    subscribe(street.store, uuid4(), origin(receivers["of the other"]), by=street.other.by())
    street.crowd.read_on()
    yield street
    for other in receivers.values():
        other.over.set()


def test_fifty_receivers_that_drip_hold_up_nobody_else(crowded: Street, receivers: dict[str, slow.Peer]):
    street = crowded
    sonia, client = street.somebody(), street.other.client(email=f"{uuid4()}@exemple.fr")
    street.start()
    street.crowd.book(at(10))
    assert eventually(lambda: street.in_hand("webhooks") == 3)
    assert street.seconds_to_letter(sonia) < 5
    before, began = len(street.box.envelopes), time.monotonic()
    street.book_for(client)
    assert took(began, lambda: receivers["of the other"].met) < 5
    assert took(began, lambda: len(street.box.envelopes) > before) < 5
    assert street.in_hand("webhooks") == 3


def test_what_drips_is_out_of_the_way_of_its_own_house_once_it_has_failed(
    crowded: Street, receivers: dict[str, slow.Peer]
):
    street = crowded
    street.crowd.book(at(10))
    street.crowd.read_on()
    with street.store.database.everywhere() as db:
        db.execute("UPDATE jobs SET failure = 'slow', due_at = now() WHERE name = 'deliver_webhooks'")
        db.execute(HEALTHY, (f"{origin(receivers['of the crowd'])}",))
    street.start()
    assert eventually(lambda: street.in_hand("slow-webhooks") == 2)
    assert eventually(lambda: receivers["of the crowd"].met)
    met = receivers["of the crowd"].met
    street.crowd.book(at(14))
    assert eventually(lambda: receivers["of the crowd"].met > met)


def test_a_thousand_and_a_half_of_one_house_make_no_letter_wait(street: Street):
    """Nothing is leased twice or ahead of what is done."""
    sonia, id = street.somebody(), str(street.crowd.book(at(10)))
    street.crowd.read_on()
    plans = [Job("plan_messages", f"plan/{number}", {"id": id}, at(9)) for number in range(1500)]
    with street.store.database.everywhere() as db:
        queue(db, street.crowd.id, plans)
    street.start()
    assert eventually(lambda: street.in_hand("planning") == 2)
    assert street.seconds_to_letter(sonia) < 5
    leased = "SELECT count(leased_until), max(lease), max(tries) FROM jobs WHERE key LIKE 'plan/%%'"
    with street.store.database.everywhere() as db:
        ahead, leases, tries = db.execute(leased).fetchone()
    assert (ahead <= 2, leases, tries) == (True, 1, 1)
