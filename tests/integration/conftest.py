"""A store on a database of its own, for tests that do to the log what must not be done."""

from collections.abc import Iterator

import pytest

from kernel.migrations import migrate
from kernel.store import Store
from tests.story import House


@pytest.fixture
def own_store(empty_database_url: str) -> Iterator[Store]:
    migrate(empty_database_url)
    store = Store(empty_database_url, size=12)
    yield store
    store.close()


@pytest.fixture
def own_house(own_store: Store) -> House:
    return House(own_store)
