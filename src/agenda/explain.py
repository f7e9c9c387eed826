"""Why an appointment cannot start at some minute: the slot rules again, each naming what it met."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from agenda.hours import OpenPeriod
from agenda.slots import Ask, Calendar, Rules, Window, earliest_start, grid_periods
from agenda.taken import Taken, full_spans
from kernel.zones import DAY, MINUTES_A_DAY, Span, local_date


class Obstacle(NamedTuple):
    """A reason by its code; of its facts those named ..._minute are epoch minutes, those ..._minutes lengths."""

    code: str
    facts: dict


def obstacles(calendar: Calendar, ask: Ask, rules: Rules, now: datetime, start: int) -> list[Obstacle]:
    """Every reason against this start (epoch minute); none exactly when `slots.starts` offers it."""
    ask, own = calendar.asked(ask), (start, start + ask.duration)
    return [
        *_hours(calendar, ask, start),
        *(reason for row in _whole(calendar.taken) for reason in _row(row, ask, own)),
        *_seats(calendar.taken, ask, own),
        *_limits(calendar, rules, now, start),
    ]


def why_not(
    calendar: Calendar, ask: Ask, rules: Rules, now: datetime, window: Window
) -> list[tuple[int, list[Obstacle]]]:
    """Every start of the grid in the window that is refused, in closed places and too near closing time as well."""
    asked = (
        (start, obstacles(near, ask, rules, now, start))
        for _, some in groupby(_grid(calendar, ask, window), key=lambda start: start // MINUTES_A_DAY)
        for near, start in _with_what_is_near(calendar, ask, list(some))
    )
    return [(start, reasons) for start, reasons in asked if reasons]


def _hours(calendar: Calendar, ask: Ask, start: int) -> Iterator[Obstacle]:
    periods = [each for each in _periods(calendar, ask, Window(start, start + 1)) if each.start <= start < each.end]
    on_grid = [period for period in periods if (start - period.start) % ask.step == 0]
    closing = max((period.end for period in on_grid), default=0)
    if not periods:
        yield _closed(calendar, start)
    elif not on_grid:
        yield Obstacle("not_on_grid", {"period_start_minute": periods[-1].start, "interval_minutes": ask.step})
    elif calendar.periods is not None and start + ask.duration > closing:
        over = start + ask.duration - closing
        yield Obstacle("ends_after_closing", {"closing_minute": closing, "over_minutes": over})


def _closed(calendar: Calendar, start: int) -> Obstacle:
    period = next((each for each in calendar.closed if each.start <= start < each.end), None)
    if period:
        return Obstacle("place_closed", {"on": period.on, "place_id": period.place_id})
    return Obstacle("outside_hours", {"on": local_date(calendar.zone, start)})


def _whole(rows: Sequence[Taken]) -> list[Taken]:
    """Who changes seats under way is one row again, whose buffers are at the two ends."""
    whole: list[Taken] = []
    latest: dict[object, int] = {}
    for row in sorted(rows, key=lambda row: row.start):
        known = latest.get(row.id)
        if row.id and known is not None and whole[known].end == row.start:
            whole[known] = _joined(whole[known], row)
        else:
            latest[row.id] = len(whole)
            whole.append(row)
    return whole


def _joined(one: Taken, next: Taken) -> Taken:
    before = max(one.before, next.before - (next.start - one.start))
    after = max(next.after, one.after - (next.end - one.end))
    return one._replace(end=next.end, before=before, after=after)


def _row(row: Taken, ask: Ask, own: Span) -> Iterator[Obstacle]:
    facts = {"id": row.id, "start_minute": row.start, "end_minute": row.end}
    is_exclusive = row.is_exclusive or ask.capacity == 1
    if is_exclusive and _meet((row.start, row.end), own):
        yield Obstacle("absent" if row.is_absence else "taken", facts)
    elif _meets_buffer(row, ask, own):
        yield Obstacle("buffer", facts | {"is_absence": row.is_absence})


def _meets_buffer(row: Taken, ask: Ask, own: Span) -> bool:
    theirs = (row.start - row.before, row.start), (row.end, row.end + row.after)
    ours = (own[0] - ask.before, own[0]), (own[1], own[1] + ask.after)
    return any(_meet(own, buffer) for buffer in theirs) or any(_meet((row.start, row.end), buffer) for buffer in ours)


def _seats(taken: Sequence[Taken], ask: Ask, own: Span) -> Iterator[Obstacle]:
    # An absence says so itself, and hides nobody who is there all the same.
    present = [row for row in taken if not row.is_absence and _meet((row.start, row.end), own)]
    facts = {"capacity": ask.capacity, "seats": ask.seats}
    if ask.seats > ask.capacity:
        yield Obstacle("capacity_full", facts | {"start_minute": own[0], "end_minute": own[1]})
    elif ask.capacity > 1 and not any(row.is_exclusive for row in present):
        for start, end in (span for span in full_spans(present, ask) if _meet(span, own)):
            yield Obstacle("capacity_full", facts | {"start_minute": start, "end_minute": end})


def _limits(calendar: Calendar, rules: Rules, now: datetime, start: int) -> Iterator[Obstacle]:
    rules = calendar.ruled(rules)
    on, earliest = local_date(calendar.zone, start), earliest_start(rules, now)
    if start < earliest:
        yield Obstacle("notice_too_short", {"earliest_minute": earliest, "notice_minutes": rules.min_notice_minutes})
    if rules.booking_window_days is not None:
        last_on = now.astimezone(calendar.zone).date() + rules.booking_window_days * DAY
        if on > last_on:
            yield Obstacle("beyond_horizon", {"on": on, "last_on": last_on})
    count, limit = calendar.daily.get(on, 0), calendar.daily_limit(rules)
    if limit is not None and count >= limit:
        yield Obstacle("day_full", {"on": on, "count": count, "max_per_day": limit})


def _periods(calendar: Calendar, ask: Ask, window: Window) -> list[OpenPeriod]:
    """The periods of the grid, those of a calendar that never closes cut where the next day begins."""
    extra = ask.duration - 1 if calendar.periods is None else 0
    return [period._replace(end=period.end - extra) for period in grid_periods(calendar, ask, window)]


def _grid(calendar: Calendar, ask: Ask, window: Window) -> list[int]:
    periods = [*_periods(calendar, ask, window), *calendar.closed]
    return sorted(
        {
            start
            for period in periods
            for start in range(period.start, min(period.end, window.last), ask.step)
            if window.holds(start)
        }
    )


def _with_what_is_near(calendar: Calendar, ask: Ask, starts: list[int]) -> Iterator[tuple[Calendar, int]]:
    """The starts of a day with only the rows that can meet them: else every start would read every row."""
    first, last = starts[0] - ask.before, starts[-1] + ask.duration + ask.after
    near = [row for row in calendar.taken if row.start - row.before < last and first < row.end + row.after]
    return ((calendar._replace(taken=near), start) for start in starts)


def _meet(one: Span, other: Span) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])
