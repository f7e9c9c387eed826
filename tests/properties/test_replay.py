"""The same log gives the same tables, in whatever batches and in whatever order of streams it is read."""

from collections.abc import Iterator
from itertools import cycle

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carnet.wiring import READERS
from kernel.migrations import migrate
from kernel.rebuild import rebuild
from kernel.store import Store
from tests.conftest import drop_database, fresh_database
from tests.integration.readers import VIEWS, digest, forget
from tests.integration.test_log import race
from tests.story import House

BATCHES = st.lists(st.integers(1, 120), min_size=1, max_size=6)
FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def told(server_url: str) -> Iterator[tuple[Store, str]]:
    """A store with one log, and the digest of what its readers make of it in one go."""
    migrate(url := fresh_database(server_url, "replay"))
    store = Store(url, size=20)
    race(house := House(store))
    house.read_on()
    yield store, digest(store)
    store.close()
    drop_database(server_url, "replay")


@FEW
@given(batches=BATCHES)
def test_any_split_into_batches_gives_the_same_tables(told: tuple[Store, str], batches: list[int]):
    store, expected = told
    forget(store)
    for reader in READERS:
        sizes = cycle(batches)
        while reader.follow(store, next(sizes)):
            pass
    assert digest(store) == expected


@FEW
@given(limit=st.integers(1, 200))
def test_any_split_of_a_rebuild_gives_the_same_tables(told: tuple[Store, str], limit: int):
    store, expected = told
    for view in VIEWS:
        rebuild(view, store, limit)
    assert digest(store) == expected
