"""Hands: the threads of each lane, to which dramatiq carries what was leased for them."""

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence

import dramatiq
from dramatiq.brokers.stub import StubBroker

from kernel.lanes import Lane, Load
from kernel.leases import Leased

# How long jobs that are under way may take to end when the worker does, in seconds.
PATIENCE = 8.0
# How often idle threads look whether they are to end, in milliseconds; each look costs.
LOOK_UP = 5000


class Crew:
    """The hands of one lane. Its queue is its own, as one broker has one dramatiq worker."""

    def __init__(self, lane: Lane, do: Callable[[int], None]):
        broker = StubBroker(middleware=[])
        self.carry = dramatiq.actor(do, actor_name="do", queue_name=lane.name, broker=broker)
        self.worker = dramatiq.Worker(broker, worker_threads=lane.hands, worker_timeout=LOOK_UP)

    def stop(self) -> None:
        """Its threads end by themselves when they look up; nobody waits for those who are idle."""
        for thread in (*self.worker.workers, *self.worker.consumers.values()):
            thread.stop()


class Hands:
    """Of every lane. `freed` is set whenever a hand has nothing in it any more."""

    def __init__(self, lanes: Sequence[Lane], work: Callable[[Leased], None], freed: threading.Event):
        self.work, self.freed = work, freed
        self.loads = {lane.name: Load(lane, lane.hands) for lane in lanes}
        self.crews = {lane.name: Crew(lane, self.do) for lane in lanes}
        self.lock = threading.Lock()
        self.held: dict[int, Leased] = {}
        self.numbers = itertools.count()

    def start(self) -> None:
        for crew in self.crews.values():
            crew.worker.start()

    def stop(self) -> None:
        """Begins nothing more, and waits a while for what is under way."""
        for crew in self.crews.values():
            crew.stop()
        until = time.monotonic() + PATIENCE
        while self.held and time.monotonic() < until:
            self.freed.wait(0.1)
            self.freed.clear()

    def in_hand(self) -> list[Leased]:
        with self.lock:
            return list(self.held.values())

    def free(self, in_hand: Sequence[Leased]) -> list[Load]:
        busy = Counter(one.lane for one in in_hand)
        for load in self.loads.values():
            load.free = load.lane.hands - busy[load.lane.name]
        return list(self.loads.values())

    def give(self, one: Leased) -> None:
        number = next(self.numbers)
        with self.lock:
            self.held[number] = one
        self.loads[one.lane].after = str(one.organisation_id)
        self.crews[one.lane].carry.send(number)

    def do(self, number: int) -> None:
        try:
            self.work(self.held[number])
        finally:
            with self.lock:
                del self.held[number]
            self.freed.set()
