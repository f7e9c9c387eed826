"""Opening hours: weekly periods, dated exceptions, the open periods they make."""

from collections.abc import Callable, Container, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from kernel.zones import MINUTES_A_DAY, parse_wall, wall_minute

ZoneOf = Callable[[UUID | None], ZoneInfo]
Closures = Mapping[UUID | None, Container[date]]
NO_CLOSURES: Closures = MappingProxyType({})


class WeeklyPeriod(Struct, frozen=True, omit_defaults=True):
    """Hours of a weekday (0 is Monday); every_weeks counts ISO weeks from the week of from_on."""

    weekday: int
    start: str
    end: str
    place_id: UUID | None = None
    from_on: date | None = None
    until_on: date | None = None
    every_weeks: int = 1


class DatedPeriod(Struct, frozen=True, omit_defaults=True):
    start: str
    end: str
    place_id: UUID | None = None


class DatedHours(Struct, frozen=True, omit_defaults=True):
    """What replaces the weekly hours of one date; without periods the date is closed."""

    on: date
    periods: list[DatedPeriod] = []
    reason: str = ""


class Hours(Struct, frozen=True, omit_defaults=True):
    weekly: list[WeeklyPeriod] = []
    dated: list[DatedHours] = []


Period = WeeklyPeriod | DatedPeriod


class OpenPeriod(NamedTuple):
    """Open from start to end, half-open epoch minutes; it belongs to the date it starts on."""

    start: int
    end: int
    on: date
    place_id: UUID | None = None


def open_periods(
    hours: Hours, first: date, last: date, zone_of: ZoneOf, closed_on: Closures = NO_CLOSURES
) -> list[OpenPeriod]:
    """Periods that belong to first..last; a night's end may lie after last.

    A closed place takes its weekly periods away; a dated entry is the person's own word and stands.
    """
    return [_opened(*found) for found in _days(hours, first, last, zone_of) if not _is_closed(*found[:2], closed_on)]


def closed_periods(hours: Hours, first: date, last: date, zone_of: ZoneOf, closed_on: Closures) -> list[OpenPeriod]:
    """Periods that would be open on first..last if their place were not closed."""
    return [_opened(*found) for found in _days(hours, first, last, zone_of) if _is_closed(*found[:2], closed_on)]


def is_in_force(period: WeeklyPeriod, on: date) -> bool:
    return (
        period.weekday == on.weekday()
        and (period.from_on is None or period.from_on <= on)
        and (period.until_on is None or on <= period.until_on)
        and (period.every_weeks == 1 or (week_of(on) - week_of(period.from_on)) % period.every_weeks == 0)
    )


def week_of(on: date) -> int:
    """Weeks since year 1, which began on a Monday."""
    return (on.toordinal() - 1) // 7


def wall_span(period: Period) -> tuple[int, int]:
    """Start and end in minutes after midnight; an end before the start is the next day's, an equal one leaves none."""
    start, end = parse_wall(period.start), parse_wall(period.end)
    return start, end if end >= start else end + MINUTES_A_DAY


def _days(hours: Hours, first: date, last: date, zone_of: ZoneOf) -> Iterator[tuple[date, Period, int, int]]:
    weekly = [[period for period in hours.weekly if period.weekday == weekday] for weekday in range(7)]
    dated = {entry.on: entry.periods for entry in hours.dated}
    for on in (first + timedelta(days) for days in range((last - first).days + 1)):
        periods = dated[on] if on in dated else [each for each in weekly[on.weekday()] if is_in_force(each, on)]
        for period in periods:
            yield from _instants(period, on, zone_of(period.place_id))


def _instants(period: Period, on: date, zone: ZoneInfo) -> Iterator[tuple[date, Period, int, int]]:
    opens, closes = (wall_minute(zone, on, minutes) for minutes in wall_span(period))
    # A period inside a gap of the clock may end before it starts.
    if opens is not None and opens < closes:
        yield on, period, opens, closes


def _opened(on: date, period: Period, opens: int, closes: int) -> OpenPeriod:
    return OpenPeriod(opens, closes, on, period.place_id)


def _is_closed(on: date, period: Period, closed_on: Closures) -> bool:
    return isinstance(period, WeeklyPeriod) and on in closed_on.get(period.place_id, ())
