"""The starts at which one resource can take an appointment.

A strip of bytes, one a minute, holds the starts still possible. A taken row bars every start from which the ask would
run into it: one slice, so that duration and buffers cost nothing. A period's grid is read with one more slice.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import compress
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from agenda.hours import OpenPeriod
from agenda.taken import Ask, Taken, barred_starts
from agenda.windows import Window, first
from kernel.zones import DAY, MINUTE, Span, day_spans, local_date, minute_of

__all__ = ["Ask", "Calendar", "Rules", "Taken", "Window", "bookable_window", "count_by_day", "first", "starts"]


class Calendar(NamedTuple):
    """One resource: its periods (None: always open), what is taken, how many appointments start on each local date.

    The closed periods, those that a closed place takes away, only serve to say why. Its own capacity is what it can
    serve at once whatever the service, as a room of three beds does.
    """

    resource_id: UUID
    periods: Sequence[OpenPeriod] | None
    taken: Sequence[Taken]
    daily: Mapping[date, int]
    zone: ZoneInfo
    closed: Sequence[OpenPeriod] = ()
    capacity: int = 1
    max_per_day: int | None = None
    own_rules: "Rules | None" = None

    def ruled(self, rules: "Rules") -> "Rules":
        """The rules with this resource's own lead time and horizon, where it has them."""
        return rules if self.own_rules is None else self.own_rules._replace(max_per_day=rules.max_per_day)

    def asked(self, ask: Ask) -> Ask:
        """The ask as this resource can share it."""
        return ask._replace(capacity=max(ask.capacity, self.capacity))

    def daily_limit(self, rules: "Rules") -> int | None:
        return min((each for each in (rules.max_per_day, self.max_per_day) if each is not None), default=None)


class Rules(NamedTuple):
    min_notice_minutes: int = 0
    booking_window_days: int | None = None
    max_per_day: int | None = None


def starts(calendar: Calendar, ask: Ask, rules: Rules, now: datetime, window: Window) -> list[int]:
    """Bookable starts within the window (epoch minutes), in order, each once; `now` is an aware instant."""
    window = bookable_window(calendar.zone, calendar.ruled(rules), now, window)
    periods = grid_periods(calendar, ask, window)
    window = window.meet(_reach(periods))
    if window.first >= window.last:
        return []
    strip = free_strip(calendar, ask, rules, window)
    return on_grid(strip, periods, ask, window)


def bookable_window(zone: ZoneInfo, rules: Rules, now: datetime, window: Window) -> Window:
    """The window without what the notice and the horizon forbid; the horizon's last local day counts whole."""
    window = window._replace(first=max(window.first, earliest_start(rules, now)))
    if rules.booking_window_days is None:
        return window
    # The horizon has no first day of its own, and two days back nothing is left to book.
    today = now.astimezone(zone).date()
    return window.meet(Window.of_days(zone, today - 2 * DAY, today + rules.booking_window_days * DAY))


def earliest_start(rules: Rules, now: datetime) -> int:
    return minute_of(now + rules.min_notice_minutes * MINUTE, up=True)


def grid_periods(calendar: Calendar, ask: Ask, window: Window) -> Sequence[OpenPeriod]:
    """The periods whose starts make the grid; where nothing ever closes, each local day begins it anew."""
    if calendar.periods is not None:
        return calendar.periods
    days = [(on, day_spans(calendar.zone, on, on)) for on in window.dates(calendar.zone)]
    return [OpenPeriod(spans[0][0], spans[-1][1] + ask.duration - 1, on) for on, spans in days if spans]


def free_strip(calendar: Calendar, ask: Ask, rules: Rules, window: Window) -> bytearray:
    """One byte for each minute of the window: 1 where neither what is taken nor the daily limit forbids a start."""
    ask = calendar.asked(ask)
    strip = bytearray(b"\1" if ask.seats <= ask.capacity else b"\0") * (window.last - window.first)
    for spans in barred_starts(calendar.taken, ask), _full_days(calendar, rules, window), window.gaps:
        _clear(strip, window, spans)
    return strip


def on_grid(strip: bytearray, periods: Sequence[OpenPeriod], ask: Ask, window: Window) -> list[int]:
    found: list[int] = []
    origin, step = window.first, ask.step
    for period in periods:
        start = period.start + max(0, -((period.start - origin) // step)) * step
        end = min(window.last, period.end - ask.duration + 1)
        if start < end:
            found += compress(range(start, end, step), strip[start - origin : end - origin : step])
    return sorted(set(found))


def count_by_day(found: Iterable[int], zone: ZoneInfo) -> dict[date, int]:
    return dict(Counter(local_date(zone, start) for start in found))


def _clear(strip: bytearray, window: Window, spans: Iterable[Span]) -> None:
    origin, length = window.first, len(strip)
    for start, end in spans:
        # Conditional expressions, because this is where the search spends its time.
        lower = start - origin if start > origin else 0
        upper = end - origin if end - origin < length else length
        if lower < upper:
            strip[lower:upper] = bytes(upper - lower)


def _reach(periods: Sequence[OpenPeriod]) -> Window:
    if not periods:
        return Window(0, 0)
    return Window(min(period.start for period in periods), max(period.end for period in periods))


def _full_days(calendar: Calendar, rules: Rules, window: Window) -> Iterator[Span]:
    limit = calendar.daily_limit(rules)
    for on in window.dates(calendar.zone) if limit is not None else ():
        if calendar.daily.get(on, 0) >= limit:
            yield from day_spans(calendar.zone, on, on)
