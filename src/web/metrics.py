"""What Prometheus scrapes: numbers about the whole house, none of them about anybody."""

import platform
from collections.abc import Iterator
from datetime import datetime

from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from kernel.condition import Condition, condition
from kernel.migrations import FOLDER
from kernel.store import Store

READERS = {
    "behind": "Positions of the log that the reader has not passed.",
    "seconds": "Seconds since the oldest event was written that the reader has not read.",
    "parked": "Streams that wait because the reader could not read one of their events.",
}
JOBS = {
    "waiting": "Jobs that are not done, due or not.",
    "due": "Jobs that are due.",
    "overdue": "Jobs that have been due for a minute or more.",
    "failing": "Jobs that failed and will be tried again.",
    "oldest_seconds": "Seconds since the job fell due that has waited longest.",
}
POOL = {
    "pool_size": "Connections of the process that answers this scrape.",
    "pool_available": "Those of them that nobody uses.",
    "requests_waiting": "Requests of that process that wait for a connection.",
}
DATABASE = {
    "slow": "Statements that have been running for half a second or more at this moment.",
    "connections": "Connections to the database, of every process.",
    "bytes": "Size of the database on disk.",
}


class Seen(Collector):
    """One look at the house, made when it is asked for."""

    def __init__(self, seen: Condition):
        self.seen = seen

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("carnet_build", "What runs here.", value=build())
        yield CounterMetricFamily("carnet_events", "Events in the log, by its sequence.", value=self.seen.events)
        yield from labelled("carnet_reader", READERS, "reader", self.seen.readers)
        yield from labelled("carnet_jobs", JOBS, "job", self.seen.jobs)
        for name, words in DATABASE.items():
            yield GaugeMetricFamily(f"carnet_database_{name}", words, value=getattr(self.seen.database, name))
        ahead = "Seconds that the clock of the process that answers is before the database's."
        yield GaugeMetricFamily("carnet_clock_ahead_seconds", ahead, value=self.seen.clock.ahead)
        for name, words in POOL.items():
            yield GaugeMetricFamily(f"carnet_pool_{name.removeprefix('pool_')}", words, value=self.seen.pool[name])


def labelled(prefix: str, gauges: dict[str, str], label: str, things: list) -> Iterator[Metric]:
    for name, words in gauges.items():
        family = GaugeMetricFamily(f"{prefix}_{name}", words, labels=[label])
        for thing in things:
            family.add_metric([thing.name], getattr(thing, name))
        yield family


def build() -> dict[str, str]:
    """The latest migration stands for the version of the program."""
    return {"python": platform.python_version(), "migration": max(path.stem for path in FOLDER.glob("*.sql"))}


def scraped(store: Store, now: datetime) -> Response:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Seen(condition(store, now)))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
