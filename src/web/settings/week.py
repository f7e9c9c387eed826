"""A week of hours as it is drawn: seven days, each with its bars and its rows of fields."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext, ngettext
from msgspec import Struct

from agenda.hours import Hours, WeeklyPeriod, wall_span
from agenda.slots import Taken
from kernel.zones import instant_of
from web.formats import day as day_words
from web.series_words import weekday

# What a week shows at least, in hours.
EARLIEST, LATEST = 7, 21
LONGEST_DRAWN = 400


class Bar(Struct, frozen=True, kw_only=True):
    """A period between two minutes of its day; `rhythm` says when it is not every week."""

    period: WeeklyPeriod
    start: int
    end: int
    rhythm: str

    @property
    def words(self) -> str:
        return span_words(self.period)


class WeekDay(Struct, frozen=True, kw_only=True):
    number: int
    name: str
    bars: list[Bar]
    # Appointments ahead, in minutes of the day; None where bars of other weeks make counting by eye untrue.
    ahead: list[tuple[int, int]] | None

    @property
    def minutes(self) -> int:
        return sum(round((bar.end - bar.start) / bar.period.every_weeks) for bar in self.bars)


class Week(Struct, frozen=True, kw_only=True):
    opens: int
    closes: int
    days: list[WeekDay]

    @property
    def hours(self) -> range:
        return range(self.opens // 60, self.closes // 60 + 1, 2)

    @property
    def minutes(self) -> int:
        return sum(day.minutes for day in self.days)


def drawn(hours: Hours, ahead: Iterable[Taken], zone: ZoneInfo, today: date) -> Week:
    current = [each for each in hours.weekly if each.until_on is None or each.until_on >= today]
    bars = sorted((bar_of(each) for each in current), key=lambda bar: (bar.start, bar.end))
    waiting = by_weekday(ahead, {entry.on for entry in hours.dated}, zone)
    days = [day_of(number, bars, waiting.get(number, [])) for number in range(7)]
    opens = min([EARLIEST * 60, *(bar.start // 60 * 60 for bar in bars)])
    closes = max([LATEST * 60, *(-(-bar.end // 60) * 60 for bar in bars)])
    return Week(opens=opens, closes=closes, days=days)


def bar_of(period: WeeklyPeriod) -> Bar:
    start, end = wall_span(period)
    return Bar(period=period, start=start, end=end, rhythm=rhythm(period))


def day_of(number: int, bars: list[Bar], ahead: list[tuple[int, int]]) -> WeekDay:
    mine = [bar for bar in bars if bar.period.weekday == number]
    is_plain = len(ahead) <= LONGEST_DRAWN and not any(bar.rhythm for bar in mine)
    return WeekDay(number=number, name=weekday(number), bars=mine, ahead=ahead if is_plain else None)


def by_weekday(ahead: Iterable[Taken], but: set[date], zone: ZoneInfo) -> dict[int, list[tuple[int, int]]]:
    days: dict[int, list[tuple[int, int]]] = {}
    for taken in ahead:
        starts_at = instant_of(taken.start).astimezone(zone)
        if starts_at.date() not in but:
            minute = starts_at.hour * 60 + starts_at.minute
            days.setdefault(starts_at.weekday(), []).append((minute, minute + taken.end - taken.start))
    return days


def rhythm(period: WeeklyPeriod) -> str:
    """When a period is not every week for ever: one week in two, from …, until …."""
    said = []
    if period.every_weeks > 1:
        said.append(ngettext("every week", "every %(num)d weeks", period.every_weeks))
    if period.from_on:
        said.append(gettext("from %(day)s", day=day_words(period.from_on, "plain")))
    if period.until_on:
        said.append(gettext("until %(day)s", day=day_words(period.until_on, "plain")))
    return " ".join(said)


def span_words(period: Any) -> str:
    """9:00–12:00."""
    return f"{period.start.removeprefix('0')}–{period.end.removeprefix('0')}"


def field_time(written: str) -> str:
    """As a time field takes it, which knows no 24:00."""
    return "00:00" if written == "24:00" else written


def copied(hours: Hours, day: int, to: Iterable[int]) -> Hours:
    """With these days like that one."""
    given = [each for each in hours.weekly if each.weekday == day]
    others = [each for each in hours.weekly if each.weekday == day or each.weekday not in set(to)]
    return Hours([*others, *(moved(each, on) for on in to if on != day for each in given)], hours.dated)


def moved(period: WeeklyPeriod, day: int) -> WeeklyPeriod:
    facts = {name: getattr(period, name) for name in period.__struct_fields__}
    return WeeklyPeriod(**facts | {"weekday": day})
