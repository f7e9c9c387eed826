"""Readers of a quiet log ask one small question, which waits; what happens is read at once."""

import statistics
import threading
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest

from booking.commands import note_list_export
from carnet import wiring
from carnet.wiring import LONGEST_QUIET, READERS, TICK, catch_up, follow_all
from kernel.reader import Reader
from kernel.store import Store
from tests.story import House, at


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The readers that were asked to read on."""
    asked: list[str] = []

    def watched(reader: Reader, store: Store) -> int:
        asked.append(reader.name)
        return follow(reader, store)

    follow = wiring.follow
    monkeypatch.setattr(wiring, "follow", watched)
    return asked


def test_nobody_reads_a_quiet_log(house: House, followed: list[str]):
    catch_up(house.store)
    assert not follow_all(house.store)
    assert followed == []


def test_everybody_reads_what_happened(house: House, followed: list[str]):
    catch_up(house.store)
    house.book(at(9))
    assert follow_all(house.store)
    assert followed == [reader.name for reader in READERS]
    assert not follow_all(house.store)


def test_a_number_that_came_to_nothing_is_passed(house: House):
    catch_up(house.store)
    with pytest.raises(ZeroDivisionError):
        take_back_a_number(house)
    assert follow_all(house.store)
    assert not follow_all(house.store)


def take_back_a_number(house: House) -> float:
    with house.store.log(house.by()) as log:
        note_list_export(log, uuid4(), count=1, by=house.by())
        return log.position / 0


def test_a_reader_that_fails_is_left_alone_for_a_while(
    house: House, followed: list[str], monkeypatch: pytest.MonkeyPatch
):
    catch_up(house.store)
    monkeypatch.setattr(READERS[0], "follow", broken)
    house.book(at(9))
    for _ in range(20):
        follow_all(house.store)
    assert followed.count(READERS[0].name) == 1
    monkeypatch.undo()
    monkeypatch.setattr(wiring, "failed", {})
    assert follow_all(house.store)


def broken(store: Store) -> int:
    raise RuntimeError("it cannot")


@pytest.fixture
def reading(store: Store) -> Iterator[None]:
    """Somebody follows the log as the program does."""
    stopping = threading.Event()

    def read() -> None:
        while not stopping.is_set():
            follow_all(store, LONGEST_QUIET) or stopping.wait(TICK)

    thread = threading.Thread(target=read)
    thread.start()
    yield
    stopping.set()
    thread.join()


def test_what_happened_is_shown_soon(house: House, reading: None):
    took = []
    for hour in (9, 10, 11, 14, 15, 16, 17):
        id = house.book(at(hour))
        begun = time.monotonic()
        while not house.rows("SELECT 1 FROM view_agenda WHERE appointment_id = %s", id):
            time.sleep(0.001)
        took.append(time.monotonic() - begun)
    # 0.05 on a machine that does nothing else; the tests run beside others.
    assert statistics.median(took) < 0.25
