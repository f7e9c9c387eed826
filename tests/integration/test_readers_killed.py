"""Readers killed at any statement of any batch leave position and rows in step, and the end is always the same."""

import os
import random

import pytest

from agenda.commands import plan_absence
from carnet.wiring import READERS, catch_up
from kernel.store import Store
from tests.integration.readers import differences, digest, forget, killed_at
from tests.integration.test_log import race
from tests.story import House, at

SCHEDULES = 200 if os.environ.get("CARNET_FULL") == "1" else 20
KILLS = 3


@pytest.fixture
def lived(own_house: House) -> House:
    """A house with a past: booked, moved, cancelled, held, and read once without a fault."""
    race(own_house)
    plan_absence(own_house.store, own_house.member_id, own_house.claire, at(16), at(17), by=own_house.by())
    own_house.read_on()
    return own_house


def follow(store: Store, batch: int) -> None:
    while any([reader.follow(store, batch) for reader in READERS]):
        pass


def test_any_schedule_of_batches_and_crashes_ends_in_the_same_bytes(lived: House):
    expected, url, dice, kills = digest(lived.store), lived.store.database.pool.conninfo, random.Random(7), 0
    for _ in range(SCHEDULES):
        forget(lived.store)
        for _ in range(KILLS):
            batch, statement = dice.choice([1, 7, 20, 50, 400]), dice.randrange(1, 150)
            kills += killed_at(statement, url, lambda store, batch=batch: follow(store, batch))
            assert differences(lived.store) == [], "rows and position are not in step"
        catch_up(lived.store)
        assert digest(lived.store) == expected
    assert kills > SCHEDULES, "too few kills to prove anything"
