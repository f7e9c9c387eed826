"""How an appointment comes back: a part of RFC 5545's recurrence rules, as a value with its dates."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule, weekday
from msgspec import Struct
from msgspec.structs import replace

from kernel.errors import Refusal

UNITS = {"day": DAILY, "week": WEEKLY, "month": MONTHLY}
NTHS = (1, 2, 3, 4, 5, -1)
MOST = 1000
LONGEST = timedelta(days=20 * 366)
# Days of the month that every month has: only these can be moved by days.
SAFE_DAYS = range(1, 29)


class RuleNotValid(Refusal):
    """A value that no rule can have; `field` names it."""


class RuleEndMissing(Refusal):
    """A series ends on a date or after a number of times, and by exactly one of the two."""


class SeriesTooLong(Refusal):
    """More occurrences, or further ahead, than a series may have."""


class DaysNotMovable(Refusal):
    """The dates of this rule, moved by some days, would follow no rule of this kind."""


class Rule(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Every so many days, weeks (on weekdays, 0 is Monday) or months (on a day of the month, or on the nth weekday,
    -1 for the last), until a local date, included, or a number of times."""

    unit: str
    every: int = 1
    weekdays: tuple[int, ...] = ()
    nth: int | None = None
    month_day: int | None = None
    until_on: date | None = None
    count: int | None = None

    def filled(self, first_on: date) -> "Rule":
        """The same rule saying what it leaves to its first date; refuses what cannot be."""
        if self.unit == "week" and not self.weekdays:
            return sound(replace(self, weekdays=(first_on.weekday(),)))
        if self.unit == "month" and self.nth is None and self.month_day is None:
            return sound(replace(self, month_day=first_on.day))
        return sound(self)

    def ending(self, *, count: int | None = None, until_on: date | None = None) -> "Rule":
        return replace(self, count=count, until_on=until_on)

    def dates(self, first_on: date) -> list[date]:
        """The dates of the rule from this one on; days that a month does not have are left out."""
        furthest = first_on + min(LONGEST, date.max - first_on)
        until = min(self.until_on or date.max, furthest)
        found = list(islice(self.walk(first_on, until), self.count or MOST + 1))
        is_cut = until != self.until_on if self.count is None else len(found) < self.count
        if is_cut or len(found) > MOST:
            raise SeriesTooLong(most=MOST, years=LONGEST.days // 366)
        return found

    def walk(self, first_on: date, until: date) -> Iterator[date]:
        on_weekdays = [weekday(each, self.nth) for each in self.weekdays] if self.nth else (self.weekdays or None)
        found = rrule(
            UNITS[self.unit],
            dtstart=datetime.combine(first_on, time()),
            interval=self.every,
            byweekday=on_weekdays,
            bymonthday=self.month_day,
            until=datetime.combine(until, time()),
        )
        return (each.date() for each in found)

    def missing_months(self, first_on: date) -> list[date]:
        """The months, each by its first day, that lack the day of the rule and are left out between two others."""
        found = self.dates(first_on) if self.unit == "month" else []
        kept = {on.replace(day=1) for on in found}
        if not found:
            return []
        months = rrule(
            MONTHLY,
            dtstart=datetime.combine(first_on.replace(day=1), time()),
            interval=self.every,
            until=datetime.combine(self.until_on or found[-1], time()),
        )
        return [each.date() for each in months if each.date() not in kept and self.is_without(each.date(), found)]

    def is_without(self, month: date, found: list[date]) -> bool:
        """A month before the first date or after the last has the day, only not within the rule."""
        if self.month_day is not None:
            return self.month_day > monthrange(month.year, month.month)[1]
        return found[0] < month < found[-1]

    def moved(self, days: int) -> "Rule":
        """The rule of all these dates, each so many days later; refused where no rule says it."""
        if not days:
            return self
        until_on = self.until_on + timedelta(days) if self.until_on else None
        return replace(self, until_on=until_on, **self.moved_days(days))

    def moved_days(self, days: int) -> dict[str, Any]:
        if self.unit == "day":
            return {}
        if self.unit == "month":
            return {"month_day": self.moved_month_day(days)}
        weeks = {(each + days) // 7 for each in self.weekdays}
        if self.every > 1 and len(weeks) > 1:
            raise DaysNotMovable(days=days)
        return {"weekdays": tuple(sorted((each + days) % 7 for each in self.weekdays))}

    def moved_month_day(self, days: int) -> int:
        if self.month_day not in SAFE_DAYS or self.month_day + days not in SAFE_DAYS:
            raise DaysNotMovable(days=days)
        return self.month_day + days


def sound(rule: Rule) -> Rule:
    """The rule, if it can be one."""
    for field, is_valid in validity(rule):
        if not is_valid:
            raise RuleNotValid(field=field)
    if (rule.count is None) == (rule.until_on is None):
        raise RuleEndMissing
    return rule


def validity(rule: Rule) -> Iterator[tuple[str, bool]]:
    yield "unit", rule.unit in UNITS
    yield "every", 1 <= rule.every <= MOST
    yield "weekdays", all(0 <= each <= 6 for each in rule.weekdays) and has_right_weekdays(rule)
    yield "month_day", rule.month_day is None or (rule.unit == "month" and 1 <= rule.month_day <= 31)
    yield "nth", rule.nth is None or (rule.unit == "month" and rule.nth in NTHS and rule.month_day is None)
    yield "count", rule.count is None or 1 <= rule.count <= MOST


def has_right_weekdays(rule: Rule) -> bool:
    """Some for weeks, each once; one for the nth of a month; else none."""
    if rule.unit == "week":
        return len(set(rule.weekdays)) == len(rule.weekdays) > 0
    return len(rule.weekdays) == (1 if rule.nth is not None else 0)
