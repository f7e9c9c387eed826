"""Tries at the door: growing pauses, counted in PostgreSQL alone, and no lock that a stranger could turn."""

import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from accounts.people.throttle import (
    Gate,
    TriedTooOften,
    account,
    forgive,
    gates,
    letter_gates,
    must_not_hurry,
    network,
    spend,
)
from kernel import clock
from kernel.store import Store
from tests.story import NOW


class Burglar:
    """Somebody who tries, and waits no longer than they must."""

    def __init__(self, store: Store, *passed: Gate):
        self.store, self.passed, self.now = store, passed, NOW

    def tries(self, times: int = 1) -> int:
        """How many of these tries, one right after the other, were looked at."""
        return sum(is_looked_at(self.store, self.passed, self.now) for _ in range(times))

    def looked_at_within(self, time: timedelta, every: timedelta) -> int:
        until, count = self.now + time, 0
        while self.now < until:
            count += self.tries()
            self.now += every
        return count


def is_looked_at(store: Store, passed: tuple[Gate, ...], now: datetime) -> bool:
    try:
        must_not_hurry(store, passed, now)
    except TriedTooOften:
        return False
    return True


@pytest.fixture
def email() -> str:
    return f"{uuid4()}@exemple.fr"


@pytest.fixture
def address() -> str:
    """Another place in the network for documents each time."""
    return f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"


def test_five_tries_are_free_then_pauses_grow(store: Store, email: str):
    burglar = Burglar(store, account(email))
    assert burglar.tries(20) == 5
    for pause in (1, 2, 4, 8, 16):
        burglar.now += timedelta(seconds=pause - 0.1)
        assert burglar.tries() == 0
        burglar.now += timedelta(seconds=0.1)
        assert burglar.tries(3) == 1


def test_a_day_of_trying_looks_at_a_hundred_passwords_and_no_more(store: Store, email: str):
    burglar = Burglar(store, account(email))
    assert burglar.looked_at_within(timedelta(days=1), timedelta(minutes=1)) <= 5 + 12 + 96


def test_who_comes_too_early_is_told_when_and_is_not_counted(store: Store, email: str):
    burglar = Burglar(store, account(email))
    burglar.tries(5 + 100)
    with pytest.raises(TriedTooOften) as refused:
        must_not_hurry(store, burglar.passed, burglar.now)
    assert refused.value.facts == {"minutes": 1}
    burglar.now += timedelta(seconds=1)
    assert burglar.tries() == 1


def test_the_longest_pause_is_a_quarter_of_an_hour(store: Store, email: str):
    burglar = Burglar(store, account(email))
    burglar.looked_at_within(timedelta(hours=6), timedelta(minutes=1))
    burglar.now += timedelta(minutes=15)
    assert burglar.tries() == 1
    burglar.now += timedelta(days=1)
    assert burglar.tries(20) == 5


def test_of_many_at_once_no_more_get_through_than_one_after_the_other(store: Store, email: str):
    with ThreadPoolExecutor(16) as pool:
        looked_at = pool.map(lambda _: is_looked_at(store, (account(email),), NOW), range(60))
    assert sum(looked_at) == 5


def test_strangers_do_not_hold_up_a_browser_that_was_signed_in_before(store: Store, email: str, address: str):
    assert Burglar(store, *gates(email, address)).tries(50) == 5
    own = Burglar(store, *gates(email, address, uuid4()))
    assert own.tries(50) == 10


def test_a_right_try_counts_against_nobody(store: Store, email: str, address: str):
    passed = gates(email, address)
    for _ in range(100):
        must_not_hurry(store, passed, NOW)
        forgive(store, passed, NOW)


def test_what_was_counted_long_ago_is_not_kept(store: Store, email: str, address: str):
    must_not_hurry(store, gates(email, address), NOW)
    forgive(store, [], NOW + timedelta(days=2))
    with store.database.at_the_door() as db:
        assert db.execute("SELECT 1 FROM door_tries WHERE key = %s", (account(email).key,)).fetchone() is None


def test_one_address_tries_thirty_accounts(store: Store, address: str):
    looked_at = [is_looked_at(store, tuple(gates(f"{uuid4()}@exemple.fr", address)), NOW) for _ in range(50)]
    assert looked_at == [True] * 30 + [False] * 20


def test_a_try_that_is_refused_at_one_gate_is_counted_at_none(store: Store, email: str, address: str):
    Burglar(store, *gates(email, address)).tries(50)
    neighbours = Burglar(store, gates("", address)[0])
    assert neighbours.tries(50) == 25


def test_a_household_is_one_address(address: str):
    assert network(address) == network(address[:-1] + "ffff")
    assert network("::ffff:192.0.2.7") == network("192.0.2.7") == "192.0.2.7"
    assert network("192.0.2.8") != network("192.0.2.7")
    assert network("") == network("nonsense") == "unknown"


def test_letters_are_few_for_one_box(store: Store, email: str, address: str):
    assert Burglar(store, *letter_gates(email, address)).tries(10) == 3


def test_the_count_is_the_same_for_every_process_and_needs_no_redis(
    store: Store, email: str, database_url: str, monkeypatch: pytest.MonkeyPatch
):
    """No connection but PostgreSQL's is ever opened, so nothing that Redis loses can open the gate."""
    monkeypatch.setattr(socket.socket, "connect", unreachable)
    assert Burglar(store, account(email)).tries(3) == 3
    other = Store(database_url, size=1)
    try:
        assert Burglar(other, account(email)).tries(10) == 2
    finally:
        other.close()


def unreachable(*_: object) -> None:
    raise OSError("no network in this test")


def test_addresses_of_people_are_not_in_the_table_of_counts(store: Store, email: str, address: str):
    must_not_hurry(store, gates(email, address), NOW)
    with store.database.at_the_door() as db:
        keys = " ".join(key for (key,) in db.execute("SELECT key FROM door_tries"))
    assert email not in keys
    assert "exemple" not in keys


def test_what_is_spent_is_spent_once_even_at_once(store: Store):
    words = str(uuid4())
    with ThreadPoolExecutor(8) as pool:
        first = list(pool.map(lambda _: spend(store, words, NOW + timedelta(hours=1)), range(20)))
    assert sum(first) == 1


def test_a_pause_made_by_a_clock_that_was_ahead_is_over(store: Store):
    """Whatever a gate counts ends within the time that it may be remembered for."""
    burglar = Burglar(store, account(f"{uuid4()}@exemple.fr"))
    burglar.now += timedelta(days=365)
    assert burglar.tries(20) < 20
    burglar.now -= timedelta(days=365)
    assert burglar.tries() == 1
    assert burglar.tries(20) < 20


def test_nothing_is_counted_while_our_clock_is_wrong(store: Store, monkeypatch: pytest.MonkeyPatch):
    passed = gates(f"{uuid4()}@exemple.fr", "203.0.113.9")
    monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + timedelta(days=365))
    with pytest.raises(clock.ClockWrong):
        must_not_hurry(store, passed, NOW)
    monkeypatch.undo()
    must_not_hurry(store, passed, NOW)
