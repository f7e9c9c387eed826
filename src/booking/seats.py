"""Which seats of a resource serve an appointment: the lowest that is free throughout, else one after the other."""

from collections.abc import Iterable
from typing import NamedTuple


class Seated(NamedTuple):
    """A seat taken by somebody, half-open epoch minutes."""

    seat: int
    start: int
    end: int


def seat_spans(taken: Iterable[Seated], start: int, end: int, capacity: int) -> list[Seated]:
    """Free seats from start to end, as few changes of seat as possible; a new seat above all when none is free.

    Where fewer seats are in use than there are at every minute, all spans lie within the capacity.
    """
    busy = [each for each in taken if each.start < end and start < each.end]
    spans: list[Seated] = []
    while start < end:
        seat, until = longest_free(busy, start, end, capacity)
        spans.append(Seated(seat, start, until))
        start = until
    return spans


def longest_free(busy: list[Seated], start: int, end: int, capacity: int) -> tuple[int, int]:
    """The seat free at `start` that stays so for longest, the lowest of equals, and until when."""
    seats = range(1, max([capacity, *(each.seat for each in busy)]) + 1)
    free = [(min([end, *starts]), -seat) for seat in seats if (starts := next_starts(busy, seat, start)) is not None]
    if not free:
        return seats.stop, end
    until, seat = max(free)
    return -seat, until


def next_starts(busy: list[Seated], seat: int, start: int) -> list[int] | None:
    """When this seat is next taken; None when it is taken at `start`."""
    own = [each for each in busy if each.seat == seat]
    if any(each.start <= start < each.end for each in own):
        return None
    return [each.start for each in own if each.start > start]
