"""The order of the log is the truth: no promise stands in it behind a rule that refuses it."""

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from multiprocessing import get_context
from typing import Any
from uuid import uuid4

import pytest

from agenda import commands as agenda
from agenda.service import Performer
from kernel.errors import Refusal
from kernel.events import Event
from kernel.store import Store
from kernel.tail import ROWS, event_of
from tests.api.program import Program
from tests.races.acting import Ground, work
from tests.races.order import Order
from tests.story import DAY, House, at, eventually, office_hours

ACTS = 1_000_000 if os.environ.get("CARNET_FULL") == "1" else 20_000
PROCESSES = 2
OWN = f"{ROWS} WHERE organisation_id = %s ORDER BY position"
WAITING = """
SELECT count(*) FROM pg_locks WHERE NOT granted
AND (database = (SELECT oid FROM pg_database WHERE datname = current_database()) OR locktype = 'transactionid')"""


def log_of(house: House) -> Iterator[Event]:
    with house.store.reading(house.id) as db:
        yield from map(event_of, db.execute(OWN, (house.id,)))


def test_no_promise_stands_behind_a_rule_that_refuses_it(house: House, app_url: str):
    ground = Ground.of(house, Program(house).secret)
    with get_context("spawn").Pool(PROCESSES) as pool:
        shares = [(app_url, ground, f"order/{number}", ACTS // PROCESSES) for number in range(PROCESSES)]
        met = sum(pool.starmap(work, shares), Counter())
    order = Order()
    assert list(order.faults(log_of(house))) == []
    assert order.promises > ACTS / 20, met
    assert met["HTTP 500"] == 0
    assert all(met[each] for each in ("HTTP 201", "TimeNotFree", "OutsideHours", "ResourceAbsent")), met


# One booking that waits, and one change that is made meanwhile


def dated(house: House) -> None:
    agenda.set_day_hours(house.store, house.claire, DAY.date(), [], by=house.by())


def weekly(house: House) -> None:
    agenda.set_hours(house.store, house.claire, office_hours(4), by=house.by())


def closed(house: House) -> None:
    agenda.close_dates(house.store, house.place_id, {DAY.date(): "Fermé"}, by=house.by())


def retired(house: House) -> None:
    agenda.change_resource(house.store, house.claire, is_active=False, by=house.by())


def smaller(house: House) -> None:
    agenda.change_resource(house.store, house.claire, max_per_day=0, by=house.by())


def longer(house: House) -> None:
    agenda.change_service(house.store, house.massage, duration_minutes=240, by=house.by())


def passed_on(house: House) -> None:
    agenda.set_performers(house.store, house.massage, [Performer(house.karim)], by=house.by())


def termed(house: House) -> None:
    agenda.set_booking_terms(house.store, notice_minutes=90, by=house.by())


def away(house: House) -> None:
    agenda.plan_absence(house.store, uuid4(), house.claire, at(8), at(8) + timedelta(hours=10), by=house.by())


CHANGES = [dated, weekly, closed, retired, smaller, longer, passed_on, termed, away]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_booking_that_waits_comes_before_a_change_or_is_refused(change: Callable[[House], None], house: House):
    with house.store.log(house.by()) as log:
        log.lock([house.claire])
        booking = begun(lambda: house.book(at(9)))
        assert eventually(lambda: waiting(house.store) == 1)
        changing = begun(lambda: change(house))
        assert eventually(lambda: waiting(house.store) == 2 or not changing.is_alive())
    booking.join()
    changing.join()
    order = Order()
    assert list(order.faults(log_of(house))) == []
    assert order.promises in (0, 1)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_booking_meets_a_change_made_before(change: Callable[[House], None], house: House):
    change(house)
    with suppress(Refusal):
        house.book(at(9))
    order = Order()
    assert list(order.faults(log_of(house))) == []


def begun(do: Callable[[], Any]) -> threading.Thread:
    def refused_or_done() -> None:
        with suppress(Refusal):
            do()

    thread = threading.Thread(target=refused_or_done)
    thread.start()
    return thread


def waiting(store: Store) -> int:
    with store.database.everywhere() as db:
        return db.execute(WAITING).fetchone()[0]
