"""Timing: medians of alternating runs of the thing and of its limit, printed as one JSON line."""

import gc
import json
import statistics
import time
from collections.abc import Callable
from typing import Any


def milliseconds(act: Callable[[], Any]) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def compare(thing: Callable[[], Any], limit: Callable[[], Any], rounds: int) -> tuple[float, float]:
    """Median milliseconds of each, run in turns so that both meet the same weather."""
    thing(), limit()
    # The workload itself is none of what a process of the program holds.
    gc.collect()
    gc.freeze()
    pairs = [(milliseconds(thing), milliseconds(limit)) for _ in range(rounds)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def report(bench: str, **figures: Any) -> None:
    rounded = {name: round(value, 3) if isinstance(value, float) else value for name, value in figures.items()}
    print(json.dumps({"bench": bench, **rounded}), flush=True)
