"""Wall time of a zone, seen as epoch minutes (whole minutes since 1970-01-01T00:00Z)."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTES_A_DAY = 24 * 60

Span = tuple[int, int]


def minute_of(instant: datetime, *, up: bool = False) -> int:
    elapsed = instant - EPOCH
    return -(-elapsed // MINUTE) if up else elapsed // MINUTE


def instant_of(minute: int) -> datetime:
    return EPOCH + minute * MINUTE


def local_date(zone: ZoneInfo, minute: int) -> date:
    return instant_of(minute).astimezone(zone).date()


@lru_cache(maxsize=256)
def parse_wall(text: str) -> int:
    """Minutes after midnight of "HH:MM", "24:00" included; ValueError for anything else."""
    digits = text[:2] + text[3:]
    if len(text) != 5 or text[2] != ":" or not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"{text!r} is not a time written HH:MM")
    minutes = int(text[:2]) * 60 + int(text[3:])
    if int(text[3:]) > 59 or minutes > MINUTES_A_DAY:
        raise ValueError(f"{text!r} is not a time of day")
    return minutes


@lru_cache(maxsize=1 << 16)
def wall_minute(zone: ZoneInfo, on: date, minutes_after_midnight: int) -> int | None:
    """Epoch minute of a wall time as RFC 5545 3.3.5 reads it, None on a calendar day that no clock showed.

    In a gap the offset before the gap counts, in an overlap the first occurrence; 24:00 and beyond are the next day's.
    """
    noon = _minute_shown(zone, on, MINUTES_A_DAY // 2)
    return _minute_shown(zone, on, minutes_after_midnight) if local_date(zone, noon) == on else None


@lru_cache(maxsize=4096)
def day_spans(zone: ZoneInfo, first: date, last: date) -> tuple[Span, ...]:
    """The epoch minutes whose local date lies in first..last, both included, as half-open spans.

    It is one span, unless clocks went back over a midnight (St. John's did until 2011) and showed a date twice.
    """
    opening, closing = _midnight(zone, first), _midnight(zone, last + DAY)
    edges = [_shown(zone, edge, first, last) for edge in (opening, closing)]
    spans = (edges[0], (opening[1], closing[0]), edges[1])
    return tuple(span for span in spans if span[0] < span[1]) if first <= last else ()


def _minute_shown(zone: ZoneInfo, on: date, minutes: int, fold: int = 0) -> int:
    days, rest = divmod(minutes, MINUTES_A_DAY)
    wall = datetime.combine(on + days * DAY, time(*divmod(rest, 60), fold=fold), zone)
    # Historic offsets have seconds, and epoch minutes have not.
    return minute_of(wall)


def _midnight(zone: ZoneInfo, on: date) -> Span:
    """The span in which the date may change to and fro: empty unless a gap or an overlap holds midnight."""
    once, again = (_minute_shown(zone, on, 0, fold) for fold in (0, 1))
    return min(once, again), max(once, again)


def _shown(zone: ZoneInfo, edge: Span, first: date, last: date) -> Span:
    minutes = [minute for minute in range(*edge) if first <= local_date(zone, minute) <= last]
    return (minutes[0], minutes[-1] + 1) if minutes else (0, 0)
