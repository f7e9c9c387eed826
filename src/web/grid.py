"""Days as a drawing: where each appointment, closed time and hour stands, in minutes from the top of its column.

On the sheet of one date minutes are elapsed minutes, and the hour labels are read off the clock on the wall at each of
them. So a day of 25 hours shows 2 h twice, a day of 23 hours goes from 1 h to 3 h, and an appointment is always as
tall as it is long. Several dates side by side share their labels: each column is hung on its noon, so that on a day
when clocks change only what happens before they do stands an hour off, with its true time written on it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from web.lanes import lanes
from web.words import LIVE, state

Span = tuple[datetime, datetime]

# The first and the last hour that are shown in any case; 24 is midnight.
Usual = tuple[int, int]
USUAL: Usual = (8, 20)
NOON = time(12)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
A_DAY = 24 * 60
# Below these heights, in minutes at 18 px a quarter hour, two lines and then one no longer fit.
SHORT, TINY = 25, 13


@dataclass(frozen=True)
class Hour:
    """A line of the ruling; `at` is what the clock on the wall shows there."""

    top: int
    at: datetime


@dataclass(frozen=True)
class Closed:
    top: int
    long: int
    label: str
    absence_id: Any = None


@dataclass(frozen=True)
class Card:
    """A line of the column, or all those of one group: `members`, with the first of them as its line."""

    line: Any
    state: str
    top: int
    long: int
    lane: int = 0
    lanes: int = 1
    members: tuple[Any, ...] = ()

    @property
    def taken(self) -> int:
        return sum(one.status in LIVE for one in self.members)

    @property
    def size(self) -> str:
        return "short tiny" if self.long < TINY else "short" if self.long < SHORT else ""


@dataclass(frozen=True)
class ColumnDrawing:
    """`opens` is the instant at the top; `is_today` where the line of the present moment runs."""

    resource: Any
    on: date
    opens: datetime
    count: int
    percent: int | None
    closed: list[Closed]
    cards: list[Card]
    is_today: bool


@dataclass(frozen=True)
class Drawing:
    minutes: int
    hours: list[Hour] = field(default_factory=list)
    columns: list[ColumnDrawing] = field(default_factory=list)
    now_top: int | None = None

    @property
    def is_empty(self) -> bool:
        return not any(column.cards for column in self.columns)

    @property
    def is_closed(self) -> bool:
        return all(column.percent is None for column in self.columns)


@dataclass(frozen=True)
class Frame:
    """The stretch of each date that is drawn: the instant at the top of its columns, and how many minutes follow."""

    tops: dict[date, datetime]
    minutes: int
    hours: list[Hour]

    def span(self, on: date) -> Span:
        return self.tops[on], self.tops[on] + self.minutes * MINUTE


def draw(columns: Sequence[Any], dates: Sequence[date], zone: ZoneInfo, now: datetime, usual: Usual = USUAL) -> Drawing:
    is_day = len(dates) == 1
    frame = frame_of_day(columns, dates[0], zone, usual) if is_day else frame_of_days(columns, dates, zone, usual)
    today = now.astimezone(zone).date()
    top = since(frame.tops[today], now) if today in frame.tops else -1
    drawn = [draw_column(column, frame, is_today=column.on == today) for column in columns]
    return Drawing(frame.minutes, frame.hours, drawn, top if 0 <= top < frame.minutes else None)


def since(opens: datetime, instant: datetime) -> int:
    return (instant - opens) // MINUTE


def frame_of_day(columns: Sequence[Any], on: date, zone: ZoneInfo, usual: Usual) -> Frame:
    """From the first to the last hour in use, within the day and never less than the usual hours."""
    start, end = wall(on, time(0), zone), wall(on + DAY, time(0), zone)
    spans = [span for column in columns for span in spans_of(column)]
    first = min([wall_hour(on, usual[0], zone)] + [begins for begins, _ in spans])
    last = max([wall_hour(on, usual[1], zone)] + [ends for _, ends in spans])
    opens, closes = max(start, whole_hour(first, zone)), min(end, whole_hour(last + HOUR - MINUTE, zone))
    minutes = since(opens, closes)
    hours = [Hour(top, (opens + top * MINUTE).astimezone(zone)) for top in range(0, minutes, 60)]
    return Frame({on: opens}, minutes, hours)


def frame_of_days(columns: Sequence[Any], dates: Sequence[date], zone: ZoneInfo, usual: Usual) -> Frame:
    """The same hours of several dates, from the first to the last in use on any of them."""
    hung = {on: wall(on, NOON, zone) - 12 * HOUR for on in dates}
    edges = [(since(hung[column.on], b), since(hung[column.on], e)) for column in columns for b, e in spans_of(column)]
    first = max(0, min([usual[0] * 60, *(begins for begins, _ in edges)]) // 60 * 60)
    last = min(A_DAY, -(-max([usual[1] * 60, *(ends for _, ends in edges)]) // 60) * 60)
    tops = {on: midnight + first * MINUTE for on, midnight in hung.items()}
    clock = datetime.combine(dates[0], time(0), UTC)
    hours = [Hour(top, clock + (first + top) * MINUTE) for top in range(0, last - first, 60)]
    return Frame(tops, last - first, hours)


def spans_of(column: Any) -> Iterator[Span]:
    yield from column.periods
    yield from ((line.starts_at, line.ends_at) for line in column.lines)


def wall_hour(on: date, hour: int, zone: ZoneInfo) -> datetime:
    return wall(on + DAY, time(0), zone) if hour == 24 else wall(on, time(hour), zone)


def wall(on: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, at, zone).astimezone(UTC)


def whole_hour(instant: datetime, zone: ZoneInfo) -> datetime:
    """The last instant up to this one at which the wall clock shows a whole hour."""
    return instant - timedelta(minutes=instant.astimezone(zone).minute, seconds=instant.second)


def draw_column(column: Any, frame: Frame, *, is_today: bool) -> ColumnDrawing:
    opens, closes = frame.span(column.on)
    return ColumnDrawing(
        resource=column.resource,
        on=column.on,
        opens=opens,
        count=sum(line.status in LIVE for line in column.lines),
        percent=column.fill,
        closed=closed_times(column, opens, closes),
        cards=cards(column.lines, opens, closes),
        is_today=is_today,
    )


def closed_times(column: Any, opens: datetime, closes: datetime) -> list[Closed]:
    """What lies between the open periods, with the name of the holiday when the place is closed for one."""
    edges = [opens, *(edge for period in sorted(column.periods) for edge in period), closes]
    gaps = list(zip(edges[::2], edges[1::2], strict=True))
    labels = ["", *["break"] * (len(gaps) - 2), "closed"] if len(gaps) > 1 else [column.closed or "closed"]
    spans = [(*gap, label) for gap, label in zip(gaps, labels, strict=True)]
    away = [(one.starts_at, one.ends_at, one.reason or "away", one.absence_id) for one in column.absences]
    drawn = (clipped(opens, closes, *one) for one in [*spans, *away])
    return [closed for closed in drawn if closed.long > 0]


def clipped(
    opens: datetime, closes: datetime, begins: datetime, ends: datetime, label: str, absence_id: Any = None
) -> Closed:
    begins, ends = max(begins, opens), min(ends, closes)
    return Closed(since(opens, begins), since(begins, ends), label, absence_id)


def cards(lines: list[Any], opens: datetime, closes: datetime) -> list[Card]:
    """Live cards, side by side where they share time; a struck one is drawn only where nothing live stands."""
    live = sorted((line for line in lines if state(line.status) != "struck"), key=lambda line: line.starts_at)
    struck = [line for line in lines if state(line.status) == "struck" and not is_covered(line, live)]
    shown = sorted([*gathered(live), *((line,) for line in struck)], key=lambda some: some[0].starts_at)
    tops = [(since(opens, max(line.starts_at, opens)), since(opens, min(line.ends_at, closes))) for line, *_ in shown]
    return [
        Card(some[0], state_of(some), top, end - top, lane, count, some if is_group(some[0]) else ())
        for some, (top, end), (lane, count) in zip(shown, tops, lanes(tops), strict=True)
        if end > top
    ]


def is_group(line: Any) -> bool:
    return line.capacity > 1


def gathered(lines: list[Any]) -> list[tuple[Any, ...]]:
    """Those who come to one group service at one time, together; everybody else alone."""
    groups: dict[Any, list[Any]] = {}
    for line in lines:
        key = (line.service_id, line.starts_at, line.ends_at) if is_group(line) else id(line)
        groups.setdefault(key, []).append(line)
    return [tuple(some) for some in groups.values()]


def state_of(some: tuple[Any, ...]) -> str:
    """The state that all of them share; else the group is simply on."""
    states = {state(line.status) for line in some}
    return states.pop() if len(states) == 1 else "booked"


def is_covered(line: Any, live: list[Any]) -> bool:
    return any(other.starts_at < line.ends_at and other.ends_at > line.starts_at for other in live)
