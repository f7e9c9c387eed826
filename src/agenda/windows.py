"""The stretch of time in which starts are looked for."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple, Self, TypeVar
from zoneinfo import ZoneInfo

from kernel.zones import DAY, MINUTES_A_DAY, Span, day_spans, local_date, minute_of

Found = TypeVar("Found")


class Window(NamedTuple):
    """Starts from first until before last (epoch minutes), except in the gaps."""

    first: int
    last: int
    gaps: tuple[Span, ...] = ()

    @classmethod
    def of_days(cls, zone: ZoneInfo, first: date, last: date) -> Self:
        """Every start whose local date lies in first..last, both included."""
        spans = day_spans(zone, first, last) or ((0, 0),)
        gaps = tuple((before[1], after[0]) for before, after in pairwise(spans))
        return cls(spans[0][0], spans[-1][1], gaps)

    @classmethod
    def between(cls, start: datetime, end: datetime) -> Self:
        return cls(minute_of(start, up=True), minute_of(end, up=True))

    def meet(self, other: "Window") -> "Window":
        return Window(max(self.first, other.first), min(self.last, other.last), self.gaps + other.gaps)

    def holds(self, minute: int) -> bool:
        return self.first <= minute < self.last and not any(start <= minute < end for start, end in self.gaps)

    def dates(self, zone: ZoneInfo) -> list[date]:
        """Its local dates, a day more at both ends because clocks may go back over midnight."""
        if self.first >= self.last:
            return []
        first, last = local_date(zone, self.first) - DAY, local_date(zone, self.last) + DAY
        return [first + timedelta(days) for days in range((last - first).days + 1)]

    def period_dates(self, zone: ZoneInfo) -> tuple[date, date]:
        """First and last date whose periods, in whatever zone, can hold a start of this window."""
        return local_date(zone, self.first) - 2 * DAY, local_date(zone, self.last) + DAY


def first(search: Callable[[Window], Sequence[Found]], window: Window) -> Found | None:
    """The first thing a search finds in the window, asked for one week, then two more, then four more."""
    return next((found[0] for part in _growing(window) if (found := search(part))), None)


def _growing(window: Window) -> Iterator[Window]:
    start, length = window.first, 7 * MINUTES_A_DAY
    while start < window.last:
        end = min(start + length, window.last)
        yield window._replace(first=start, last=end)
        start, length = end, 2 * length
