"""A rule in words: every 2 weeks, on Tuesday and Thursday, 10 times."""

from datetime import date, datetime

from babel.dates import format_date, get_day_names
from babel.lists import format_list
from flask_babel import get_locale, gettext, ngettext

from booking.series.rule import Rule
from booking.series.text import read_rule
from web.formats import day, local


def recurrence(rule: Rule | str) -> str:
    rule = read_rule(rule) if isinstance(rule, str) else rule
    said = {"rhythm": rhythm(rule), "days": days(rule), "end": end(rule)}
    if said["days"]:
        return gettext("%(rhythm)s, %(days)s, %(end)s", **said)
    return gettext("%(rhythm)s, %(end)s", **said)


def rhythm(rule: Rule) -> str:
    match rule.unit:
        case "day":
            return ngettext("every day", "every %(num)d days", rule.every)
        case "week":
            return ngettext("every week", "every %(num)d weeks", rule.every)
    return ngettext("every month", "every %(num)d months", rule.every)


def days(rule: Rule) -> str:
    if rule.nth is not None:
        return nth(rule.nth, weekday(rule.weekdays[0]))
    if rule.weekdays:
        named = [gettext("the %(day)s", day=weekday(each)) for each in rule.weekdays]
        return gettext("on %(days)s", days=format_list(named, locale=get_locale()))
    if rule.month_day == 1:
        return gettext("on the first of the month")
    return gettext("on day %(day)s of the month", day=rule.month_day) if rule.month_day else ""


def nth(number: int, named: str) -> str:
    said = {
        1: gettext("on the first %(day)s", day=named),
        2: gettext("on the second %(day)s", day=named),
        3: gettext("on the third %(day)s", day=named),
        4: gettext("on the fourth %(day)s", day=named),
        5: gettext("on the fifth %(day)s", day=named),
    }
    return said.get(number) or gettext("on the last %(day)s", day=named)


def end(rule: Rule) -> str:
    if rule.until_on:
        return gettext("until %(day)s", day=day(rule.until_on, "plain"))
    return ngettext("once", "%(num)d times", rule.count or 0)


def weekday(number: int) -> str:
    return get_day_names("wide", locale=get_locale())[number]


def wall_time_words(written: str) -> str:
    """9:00 of 09:00."""
    return written.removeprefix("0")


def date_words(written: str) -> str:
    return day(date.fromisoformat(written), "year")


def month_name(on: date) -> str:
    return format_date(on, "LLLL y", locale=get_locale())


def wall_input(instant: datetime) -> str:
    """As a field of date and time takes it."""
    return f"{local(instant):%Y-%m-%dT%H:%M}"


FILTERS = {"wall_input": wall_input, "wall_clock": wall_time_words, "month_name": month_name}
# How the history tells the fields of a series.
SERIES_WORDS = {"rule": recurrence, "wall_time": wall_time_words, "from_on": date_words}
