"""How dates, times, lengths and money are written for the reader."""

from datetime import date, datetime, timedelta

from babel.numbers import format_currency
from flask import Flask, g
from flask_babel import get_locale, gettext

from kernel.dates import date_words
from web import visit

DAYS = {
    "full": {"fr": "EEEE d MMMM y", "en": "EEEE d MMMM y"},
    "short": {"fr": "EEE d MMM", "en": "EEE d MMM"},
    "year": {"fr": "EEE d MMM y", "en": "EEE d MMM y"},
    "plain": {"fr": "d MMM y", "en": "d MMM y"},
    "date": {"fr": "d MMM", "en": "d MMM"},
    "weekday": {"fr": "EEE", "en": "EEE"},
    "dayname": {"fr": "EEEE", "en": "EEEE"},
    "monthname": {"fr": "MMM", "en": "MMM"},
    "month": {"fr": "MMMM y", "en": "MMMM y"},
}


def install(app: Flask) -> None:
    for write in (clock, day, lasting, moment, money, when, week, local_day, initials, wall_time):
        app.jinja_env.filters[write.__name__] = write
    app.jinja_env.filters["iso"] = iso


def iso(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def local(instant: datetime) -> datetime:
    return instant.astimezone(visit.zone())


def local_day(instant: datetime) -> date:
    return local(instant).date()


def clock(instant: datetime) -> str:
    """10:42 on the wall of the house."""
    return f"{local(instant):%-H:%M}"


def wall_time(instant: datetime) -> str:
    """10:42 as a time field takes it."""
    return f"{local(instant):%H:%M}"


def day(on: date, shape: str = "full") -> str:
    language = get_locale().language
    written = date_words(on, DAYS[shape][language], language)
    return written.replace(".", "") if shape == "weekday" else written


def week(on: date) -> int:
    return on.isocalendar().week


def when(instant: datetime) -> str:
    """mar. 24 nov., 10:00; the year too when it is not this one."""
    on = local_day(instant)
    return f"{day(on, 'short' if on.year == visit.today().year else 'year')}, {clock(instant)}"


def wall_words(written: str, is_time_only: bool = False) -> str:
    """A wall time of the log, 2026-11-24T10:00, as it is read: mar. 24 nov., 10:00."""
    shown = datetime.fromisoformat(written)
    time = f"{shown:%-H:%M}"
    return time if is_time_only else f"{day(shown.date(), 'short')}, {time}"


def moment(instant: datetime) -> str:
    ago = (visit.today() - local_day(instant)).days
    if ago == 0:
        return gettext("today %(time)s", time=clock(instant))
    if ago == 1:
        return gettext("yesterday %(time)s", time=clock(instant))
    return when(instant)


def lasting(minutes: float | timedelta) -> str:
    """45 min, 1 h, 1 h 30."""
    if isinstance(minutes, timedelta):
        minutes = minutes.total_seconds() / 60
    hours, rest = divmod(round(minutes), 60)
    if not hours:
        return gettext("%(n)s min", n=rest)
    return gettext("%(h)s h %(m)02d", h=hours, m=rest) if rest else gettext("%(h)s h", h=hours)


def money(cents: int, currency: str = "") -> str:
    """Whole amounts are written without their cents."""
    code = currency or g.member.currency
    shape = None if cents % 100 else "¤#,##0" if get_locale().language == "en" else "#,##0 ¤"
    return format_currency(cents / 100, code, shape, locale=get_locale(), currency_digits=shape is None)


def initials(name: str) -> str:
    words = [word for word in name.split() if word]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()
