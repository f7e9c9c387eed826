"""Side by side: cards that share time in one column each get a lane."""

from collections.abc import Iterable
from typing import Any, TypeVar

Spanned = TypeVar("Spanned", bound=Any)


def lanes(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """For each (start, end), in order of start: its lane and the number of lanes of its cluster."""
    placed: list[tuple[int, int]] = []
    cluster: list[int] = []
    ends: list[int] = []
    for start, end in spans:
        if ends and start >= max(ends):
            placed += [(lane, len(ends)) for lane in cluster]
            cluster, ends = [], []
        cluster.append(free_lane(ends, start, end))
    return placed + [(lane, len(ends)) for lane in cluster]


def free_lane(ends: list[int], start: int, end: int) -> int:
    """The first lane whose last card has ended, else a new one; `ends` is brought up to date."""
    for lane, until in enumerate(ends):
        if until <= start:
            ends[lane] = end
            return lane
    ends.append(end)
    return len(ends) - 1
