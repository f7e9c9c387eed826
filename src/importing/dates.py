"""Dates, times and lengths as spreadsheets and people write them."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl.utils.datetime import from_excel

DATE = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})")
ISO_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
TIME = re.compile(r"(\d{1,2})\s*(?:[:hH.]\s*(\d{2})?)(?::\d{2})?")
HOURS = re.compile(r"(?:(\d{1,2})\s*(?:h|:|heures?|hours?)\s*)(\d{1,2})?\s*(?:min\w*|:\d{2})?", re.IGNORECASE)
MINUTES = re.compile(r"(\d{1,4})\s*(?:min\w*|mn|')?", re.IGNORECASE)


def read_date(value: Any, latest: date = date.max) -> date:
    """The date of a cell; ValueError for what is none, and for one after `latest`. Two digits of a year look back."""
    found = date_of(value, latest)
    if found > latest:
        raise ValueError(value)
    return found


def date_of(value: Any, latest: date) -> date:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = from_excel(value)
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else written_date(str(value), latest)


def written_date(words: str, latest: date) -> date:
    if iso := ISO_DATE.match(words.strip()):
        return date(*map(int, iso.groups()))
    if (usual := DATE.match(words.strip())) is None:
        raise ValueError(words)
    day, month, year = map(int, usual.groups())
    if len(usual[3]) == 2:
        year += 2000 if 2000 + year <= latest.year else 1900
    return date(year, month, day)


def read_time(value: Any) -> time:
    """The time of day of a cell: 9h, 9:30, 09:30:00; of the end of a cell that begins with a date."""
    if isinstance(value, datetime):
        return value.time()
    if isinstance(value, time):
        return value
    words = str(value).strip().replace("T", " ").split(" ", 1)[-1].strip()
    if (found := TIME.fullmatch(words)) is None:
        raise ValueError(value)
    return time(int(found[1]), int(found[2] or 0))


def has_date(value: Any) -> bool:
    if isinstance(value, str):
        return bool(DATE.match(value.strip()) or ISO_DATE.match(value.strip()))
    return isinstance(value, date)


def read_minutes(value: Any) -> int:
    """A length in minutes: 45, 45 min, 1h30, 0:45, or what Excel keeps for it."""
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute)
    if isinstance(value, timedelta):
        return int(value.total_seconds()) // 60
    words = str(value).strip().removesuffix(".0")
    if long := HOURS.fullmatch(words):
        return int(long[1]) * 60 + int(long[2] or 0)
    if (short := MINUTES.fullmatch(words)) is None:
        raise ValueError(value)
    return int(short[1])
