"""PostgreSQL killed: pauses at the door stand, and what was spent stays spent."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pyotp
import pytest

from accounts.people import second_factor, throttle
from accounts.people.second_factor import CodeWrong
from accounts.people.throttle import Gate, TriedTooOften
from carnet.postgres import EmbeddedPostgres
from kernel.store import Store
from tests.faults.killing import kill_server
from tests.people import Somebody
from tests.story import NOW

ADDRESS, EMAIL = "203.0.113.7", "sonia@exemple.fr"
KEY = "a secret of the tests, long enough to be one"
# What may be forgotten, and why.
FORGETTABLE = {"rate_windows": "requests of one minute, which a crash forgives"}


@pytest.fixture
def store(server: EmbeddedPostgres) -> Iterator[Store]:
    opened = Store(server.url, size=2)
    yield opened
    opened.close()


def crash(server: EmbeddedPostgres) -> Store:
    """Kills the server and starts it again; the store of whoever comes after."""
    kill_server(server)
    server.start()
    return Store(server.url, size=2)


def is_looked_at(store: Store, gates: list[Gate]) -> bool:
    try:
        throttle.must_not_hurry(store, gates, NOW)
    except TriedTooOften:
        return False
    return True


def test_a_crash_shortens_no_pause_and_gives_back_nothing_spent(server: EmbeddedPostgres, store: Store):
    gates = throttle.gates(EMAIL, ADDRESS)
    assert not all(is_looked_at(store, gates) for _ in range(10))
    assert throttle.spend(store, "an answer", NOW + timedelta(hours=1))
    after = crash(server)
    assert not is_looked_at(after, gates)
    assert not throttle.spend(after, "an answer", NOW + timedelta(hours=1))
    after.close()


def test_a_code_stays_used_after_a_crash(server: EmbeddedPostgres, store: Store):
    sonia = Somebody(store, NOW)
    secret = second_factor.fresh()
    clock = pyotp.TOTP(secret)
    second_factor.prepare_second_factor(store, secret, key=KEY, by=sonia.by())
    facts = {"codes": second_factor.fresh_codes(), "key": KEY}
    second_factor.turn_on_second_factor(store, clock.at(NOW - timedelta(seconds=30)), **facts, by=sonia.by())
    second_factor.give_code(store, clock.at(NOW), key=KEY, by=sonia.by())
    after = crash(server)
    for code in (clock.at(NOW), clock.at(NOW - timedelta(seconds=30))):
        with pytest.raises(CodeWrong):
            second_factor.give_code(after, code, key=KEY, by=sonia.by())
    after.close()


def test_only_what_may_be_forgotten_is_unlogged(store: Store):
    with store.reading(uuid4()) as db:
        query = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relpersistence = 'u'"
        unlogged = {name for (name,) in db.execute(query)}
    assert unlogged == set(FORGETTABLE)
