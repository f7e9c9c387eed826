"""What is taken on a resource, seen as the starts it bars."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

from kernel.zones import Span


class Taken(NamedTuple):
    """Time that is not free, half-open epoch minutes, with its own buffers; capacity is the one it was booked under.

    A row of the ledger also says whose seat it is, on which date it counts, and until when it holds if it expires.
    """

    start: int
    end: int
    seats: int = 1
    before: int = 0
    after: int = 0
    capacity: int = 1
    is_absence: bool = False
    id: UUID | None = None
    resource_id: UUID | None = None
    seat: int = 1
    counts_on: date | None = None
    expires_at: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    @property
    def is_exclusive(self) -> bool:
        return self.is_absence or self.capacity == 1


class Ask(NamedTuple):
    """What should find its place, in minutes; without an interval starts follow each other by the duration."""

    duration: int
    before: int = 0
    after: int = 0
    interval: int | None = None
    capacity: int = 1
    seats: int = 1

    @property
    def step(self) -> int:
        return self.interval or self.duration


def barred_starts(taken: Iterable[Taken], ask: Ask) -> Iterator[Span]:
    """Spans in which the ask may not start: own times and buffers may touch, two buffers may share time."""
    return _barred_by_each(taken, ask) if ask.capacity == 1 else _barred_by_all(list(taken), ask)


def full_spans(taken: Iterable[Taken], ask: Ask) -> Iterator[Span]:
    """Where fewer seats are left than asked for: the smallest capacity of all who share a minute rules there."""
    rows = sorted(taken, key=lambda row: row.start, reverse=True)
    present: list[Taken] = []
    for start, end in pairwise(sorted({edge for row in rows for edge in (row.start, row.end)})):
        present = [row for row in present if row.end > start]
        while rows and rows[-1].start <= start:
            present.append(rows.pop())
        if present and seats_left(present, ask) < ask.seats:
            yield start, end


def seats_left(present: Iterable[Taken], ask: Ask) -> int:
    limits = [0 if row.is_absence else row.capacity for row in present]
    return min(ask.capacity, *limits) - sum(row.seats for row in present)


def _barred_by_each(taken: Iterable[Taken], ask: Ask) -> Iterator[Span]:
    """Alone on the resource: the larger of two neighbouring buffers is the distance to keep."""
    for row in taken:
        yield row.start - max(row.before, ask.after) - ask.duration + 1, row.end + max(row.after, ask.before)


def _barred_by_all(taken: list[Taken], ask: Ask) -> Iterator[Span]:
    """Among others: full minutes bar, and so does anyone's own time in anyone's buffer."""
    for start, end in full_spans(taken, ask):
        yield start - ask.duration + 1, end
    for row in taken:
        yield from _barred_by_its_buffers(row, ask)
        yield from _barred_by_our_buffers(row, ask)


def _barred_by_its_buffers(row: Taken, ask: Ask) -> Iterator[Span]:
    if row.before:
        yield row.start - row.before - ask.duration + 1, row.start
    if row.after:
        yield row.end - ask.duration + 1, row.end + row.after


def _barred_by_our_buffers(row: Taken, ask: Ask) -> Iterator[Span]:
    if ask.before:
        yield row.start + 1, row.end + ask.before
    if ask.after:
        yield row.start - ask.after - ask.duration + 1, row.end - ask.duration
