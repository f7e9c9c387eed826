"""The day as a drawing: where each appointment, closed time and hour stands, in minutes from the top.

Minutes are elapsed minutes, and the hour labels are read off the clock on the wall at each of them. So a day of
25 hours shows 2 h twice, a day of 23 hours goes from 1 h to 3 h, and an appointment is always as tall as it is long.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from web.lanes import lanes
from web.words import LIVE, state

Span = tuple[datetime, datetime]

USUAL_FIRST, USUAL_LAST = time(8), time(20)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
# Below these heights, in minutes at 18 px a quarter hour, two lines and then one no longer fit.
SHORT, TINY = 25, 13


@dataclass(frozen=True)
class Hour:
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
    line: Any
    state: str
    top: int
    long: int
    lane: int = 0
    lanes: int = 1

    @property
    def size(self) -> str:
        return "short tiny" if self.long < TINY else "short" if self.long < SHORT else ""


@dataclass(frozen=True)
class ColumnDrawing:
    resource: Any
    count: int
    percent: int | None
    closed: list[Closed]
    cards: list[Card]


@dataclass(frozen=True)
class Drawing:
    on: date
    opens: datetime
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


def draw(day: Any, zone: ZoneInfo, now: datetime) -> Drawing:
    opens, closes = window(day, zone)
    minutes = since(opens, closes)
    columns = [draw_column(column, opens, closes, day.closed) for column in day.columns]
    top = since(opens, now)
    return Drawing(day.on, opens, minutes, hours(opens, minutes, zone), columns, top if 0 <= top < minutes else None)


def since(opens: datetime, instant: datetime) -> int:
    return (instant - opens) // MINUTE


def window(day: Any, zone: ZoneInfo) -> Span:
    """From the first to the last hour in use, within the day and never less than the usual hours."""
    start, end = midnight(day.on, zone), midnight(day.on + timedelta(days=1), zone)
    spans = [span for column in day.columns for span in spans_of(column)]
    first = min([wall(day.on, USUAL_FIRST, zone)] + [begins for begins, _ in spans])
    last = max([wall(day.on, USUAL_LAST, zone)] + [ends for _, ends in spans])
    return max(start, whole_hour(first, zone)), min(end, whole_hour(last + HOUR - MINUTE, zone))


def spans_of(column: Any) -> Iterator[Span]:
    yield from column.periods
    yield from ((line.starts_at, line.ends_at) for line in column.lines)


def midnight(on: date, zone: ZoneInfo) -> datetime:
    return wall(on, time(0), zone)


def wall(on: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, at, zone).astimezone(UTC)


def whole_hour(instant: datetime, zone: ZoneInfo) -> datetime:
    """The last instant up to this one at which the wall clock shows a whole hour."""
    return instant - timedelta(minutes=instant.astimezone(zone).minute, seconds=instant.second)


def hours(opens: datetime, minutes: int, zone: ZoneInfo) -> list[Hour]:
    return [Hour(top, (opens + top * MINUTE).astimezone(zone)) for top in range(0, minutes, 60)]


def draw_column(column: Any, opens: datetime, closes: datetime, holiday: str) -> ColumnDrawing:
    return ColumnDrawing(
        resource=column.resource,
        count=sum(line.status in LIVE for line in column.lines),
        percent=column.fill,
        closed=closed_times(column, opens, closes, holiday),
        cards=cards(column.lines, opens, closes),
    )


def closed_times(column: Any, opens: datetime, closes: datetime, holiday: str) -> list[Closed]:
    """What lies between the open periods, with the name of the holiday when the place is closed for one."""
    edges = [opens, *(edge for period in sorted(column.periods) for edge in period), closes]
    gaps = list(zip(edges[::2], edges[1::2], strict=True))
    labels = ["", *["break"] * (len(gaps) - 2), "closed"] if len(gaps) > 1 else [holiday or "closed"]
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
    shown = sorted(live + struck, key=lambda line: line.starts_at)
    tops = [(since(opens, max(line.starts_at, opens)), since(opens, min(line.ends_at, closes))) for line in shown]
    return [
        Card(line, state(line.status), top, end - top, lane, count)
        for line, (top, end), (lane, count) in zip(shown, tops, lanes(tops), strict=True)
        if end > top
    ]


def is_covered(line: Any, live: list[Any]) -> bool:
    return any(other.starts_at < line.ends_at and other.ends_at > line.starts_at for other in live)
