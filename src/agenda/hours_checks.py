"""What is wrong with opening hours: malformed entries, periods that overlap."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations, product
from math import lcm

from agenda.hours import DatedHours, Hours, Period, WeeklyPeriod, is_in_force, wall_span
from kernel.zones import DAY, MINUTES_A_DAY, parse_wall

Pair = tuple[Period, Period]


def problems(hours: Hours) -> list[str]:
    """Codes of what is malformed, each once: bad_time, bad_weekday, bad_every_weeks, every_weeks_without_from,
    until_before_from, date_twice."""
    found = [code for period in hours.weekly for code in _weekly_problems(period)]
    found += [code for entry in hours.dated for period in entry.periods for code in _time_problems(period)]
    dates = [entry.on for entry in hours.dated]
    found += ["date_twice"] * (len(dates) > len(set(dates)))
    return list(dict.fromkeys(found))


def overlaps(hours: Hours) -> list[Pair]:
    """Pairs of periods that share time on a date when both are in force, read on the clock; touching is no overlap."""
    replaced = {entry.on for entry in hours.dated}
    weekly = [pair for pair in combinations(hours.weekly, 2) if _weekly_overlap(*pair, replaced)]
    dated = [pair for entry in hours.dated for pair in _dated_overlaps(hours, entry, replaced)]
    return list(dict.fromkeys(weekly + dated))


def _weekly_problems(period: WeeklyPeriod) -> Iterator[str]:
    yield from _time_problems(period)
    if not 0 <= period.weekday <= 6:
        yield "bad_weekday"
    if period.every_weeks < 1:
        yield "bad_every_weeks"
    if period.every_weeks > 1 and period.from_on is None:
        yield "every_weeks_without_from"
    if period.from_on and period.until_on and period.until_on < period.from_on:
        yield "until_before_from"


def _time_problems(period: Period) -> Iterator[str]:
    try:
        is_good = parse_wall(period.start) < MINUTES_A_DAY and parse_wall(period.end) >= 0
    except ValueError:
        is_good = False
    if not is_good:
        yield "bad_time"


def _weekly_overlap(one: WeeklyPeriod, other: WeeklyPeriod, replaced: set[date]) -> bool:
    orders = ((one, other, 0), (one, other, 1), (other, one, 1))
    return any(_share_time(a, b, days) and _share_a_date(a, b, days, replaced) for a, b, days in orders)


def _share_time(one: Period, other: Period, days_later: int) -> bool:
    """Whether they overlap on the clock when the other's day is so many days after the one's."""
    (start, end), (other_start, other_end) = wall_span(one), wall_span(other)
    shift = days_later * MINUTES_A_DAY
    starts_first = max(start, other_start + shift)
    return start < end and other_start < other_end and starts_first < min(end, other_end + shift)


def _share_a_date(one: WeeklyPeriod, other: WeeklyPeriod, days_later: int, replaced: set[date]) -> bool:
    shift = timedelta(days_later)
    return any(not replaced & {on, on + shift} for on in _common_dates(one, other, shift))


def _common_dates(one: WeeklyPeriod, other: WeeklyPeriod, shift: timedelta) -> Iterator[date]:
    """Dates on which the one is in force, the other that much later: they recur with both rhythms' common multiple."""
    cycle = 7 * lcm(one.every_weeks, other.every_weeks)
    first = max((one.from_on or date.min).toordinal(), (other.from_on or date.min + shift).toordinal() - shift.days)
    last = min((one.until_on or date.max - DAY).toordinal(), (other.until_on or date.max).toordinal() - shift.days)
    dates = (date.fromordinal(day) for day in range(first, min(first + cycle, last + 1)))
    found = next((on for on in dates if is_in_force(one, on) and is_in_force(other, on + shift)), None)
    recurring = range(found.toordinal(), last + 1, cycle) if found else ()
    return (date.fromordinal(day) for day in recurring)


def _dated_overlaps(hours: Hours, entry: DatedHours, replaced: set[date]) -> Iterator[Pair]:
    today, tomorrow = entry.periods, _periods_on(hours, entry.on + DAY)
    # A dated day before has already been compared with this one.
    yesterday = _periods_on(hours, entry.on - DAY) if entry.on - DAY not in replaced else ()
    yield from (pair for pair in combinations(today, 2) if _share_time(*pair, 0))
    yield from (pair for pair in product(today, tomorrow) if _share_time(*pair, 1))
    yield from (pair for pair in product(yesterday, today) if _share_time(*pair, 1))


def _periods_on(hours: Hours, on: date) -> Sequence[Period]:
    dated = next((entry.periods for entry in hours.dated if entry.on == on), None)
    return [period for period in hours.weekly if is_in_force(period, on)] if dated is None else dated
