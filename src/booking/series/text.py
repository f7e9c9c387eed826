"""A rule as RFC 5545 writes it, `FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=10`, and back."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from booking.series.rule import Rule, sound
from kernel.errors import Refusal

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month"}
FREQUENCIES = {unit: name for name, unit in UNITS.items()}


class RuleNotUnderstood(Refusal):
    """A part of the rule's text is not among those that a series can have; `part` is it."""


def write_rule(rule: Rule) -> str:
    parts = [f"FREQ={FREQUENCIES[rule.unit]}"]
    if rule.every > 1:
        parts.append(f"INTERVAL={rule.every}")
    if rule.weekdays:
        parts.append("BYDAY=" + ",".join(f"{rule.nth or ''}{DAYS[each]}" for each in rule.weekdays))
    if rule.month_day is not None:
        parts.append(f"BYMONTHDAY={rule.month_day}")
    parts.append(f"UNTIL={rule.until_on:%Y%m%d}" if rule.until_on else f"COUNT={rule.count}")
    return ";".join(parts)


def read_rule(text: str) -> Rule:
    """The rule that this text says; refuses what lies outside the part of RFC 5545 that a series can follow.

    UNTIL is a local date, included.
    """
    facts: dict[str, Any] = {}
    for part in text.strip().removeprefix("RRULE:").split(";"):
        name, _, value = part.upper().partition("=")
        if name not in READERS or name in facts:
            raise RuleNotUnderstood(part=part)
        facts[name] = read_part(name, value, part)
    return rule_of(facts, text)


def read_part(name: str, value: str, part: str) -> dict[str, Any]:
    try:
        return READERS[name](value)
    except (ValueError, KeyError) as wrong:
        raise RuleNotUnderstood(part=part) from wrong


def rule_of(facts: dict[str, dict[str, Any]], text: str) -> Rule:
    if "FREQ" not in facts:
        raise RuleNotUnderstood(part=text)
    rule = Rule(**{field: value for fields in facts.values() for field, value in fields.items()})
    # Until its first date is known, a rule may leave open on which day it falls.
    sound(rule.filled(date.max))
    return rule


def number(field: str) -> Callable[[str], dict[str, Any]]:
    def read(value: str) -> dict[str, Any]:
        if not re.fullmatch(r"[0-9]{1,6}", value):
            raise ValueError(value)
        return {field: int(value)}

    return read


def weekdays(value: str) -> dict[str, Any]:
    """TU,TH for weeks; 1TU or -1FR, one only, for months."""
    nth = re.match(r"[+-]?[0-9]?", value)[0]
    found = tuple(sorted(DAYS.index(each) for each in value.removeprefix(nth).split(",")))
    return {"weekdays": found} | ({"nth": int(nth)} if nth else {})


def until(value: str) -> dict[str, Any]:
    if len(value) != 8:
        raise ValueError(value)
    return {"until_on": datetime.strptime(value, "%Y%m%d").date()}  # noqa: DTZ007 — a date has no zone


def first_weekday(value: str) -> dict[str, Any]:
    """Weeks begin on Monday here."""
    if value != "MO":
        raise ValueError(value)
    return {}


READERS: dict[str, Callable[[str], dict[str, Any]]] = {
    "FREQ": lambda value: {"unit": UNITS[value]},
    "INTERVAL": number("every"),
    "BYDAY": weekdays,
    "BYMONTHDAY": number("month_day"),
    "COUNT": number("count"),
    "UNTIL": until,
    "WKST": first_weekday,
}
