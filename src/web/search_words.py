"""What somebody types into the one box, taken apart: a day, a service, the beginning of an identifier, and the rest."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from agenda.service import Service
from clients.words import name_key

MONTHS = (
    ("janvier", "janv", "jan", "january"),
    ("fevrier", "fevr", "fev", "february", "feb"),
    ("mars", "march", "mar"),
    ("avril", "avr", "april", "apr"),
    ("mai", "may"),
    ("juin", "june", "jun"),
    ("juillet", "juil", "july", "jul"),
    ("aout", "august", "aug"),
    ("septembre", "sept", "sep", "september"),
    ("octobre", "oct", "october"),
    ("novembre", "nov", "november"),
    ("decembre", "dec", "december"),
)
MONTH_OF = {word: number for number, words in enumerate(MONTHS, 1) for word in words}
WEEKDAYS = (
    ("lundi", "monday"),
    ("mardi", "tuesday"),
    ("mercredi", "wednesday"),
    ("jeudi", "thursday"),
    ("vendredi", "friday"),
    ("samedi", "saturday"),
    ("dimanche", "sunday"),
)
WEEKDAY_OF = {word: number for number, words in enumerate(WEEKDAYS) for word in words}
NEAR = {"hier": -1, "yesterday": -1, "aujourdhui": 0, "today": 0, "demain": 1, "tomorrow": 1}
NEAR |= {"apres demain": 2, "avant hier": -2}
YEAR = r"(?:\s+(?P<year>\d{4}))?"
MONTH = "|".join(sorted(MONTH_OF, key=len, reverse=True))
DATED = (
    re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b"),
    re.compile(r"\b(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>\d{4}))?\b"),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:er)?\s+(?P<month>{MONTH})\b{YEAR}"),
)
SPOKEN = re.compile(r"\b(" + "|".join([*sorted(NEAR, key=len, reverse=True), *WEEKDAY_OF]) + r")\b")
SHORT_ID = re.compile(r"#?([0-9a-f]{6,32})\Z")
CLOSE = 3


class Sought(NamedTuple):
    """`days` are the dates that may be meant, the likeliest first; `id_from` and `id_until` hold an identifier."""

    words: str
    days: list[date]
    services: list[Service]
    id_from: UUID | None = None
    id_until: UUID | None = None


def sought(written: str, services: Iterable[Service], today: date) -> Sought:
    """Accents and capitals say nothing. A word that begins a service's name may as well be a client's."""
    plain = folded(written)
    edges = identifier(plain)
    days, left = days_in(plain, today)
    named, rest = services_in(left, services)
    return Sought(rest, days, named, *(edges or (None, None)))


def folded(written: str) -> str:
    """Lower case without accents, with the signs that dates are written with."""
    kept = re.sub(r"[’'`]", "", written.lower())
    return " ".join("".join(each if each in "/-#@.+" else name_key(each) or " " for each in kept).split())


def identifier(plain: str) -> tuple[UUID, UUID] | None:
    """The first and the last identifier that begin so; letters alone are a word, digits alone a phone."""
    found = SHORT_ID.match(plain.replace("-", "").replace(" ", ""))
    if not found or (not plain.startswith("#") and (found[1].isalpha() or found[1].isdigit())):
        return None
    return UUID(found[1].ljust(32, "0")), UUID(found[1].ljust(32, "f"))


def days_in(plain: str, today: date) -> tuple[list[date], str]:
    for pattern in DATED:
        if found := pattern.search(plain):
            days = dates_of(found, today)
            return days, without(plain, found) if days else plain
    if found := SPOKEN.search(plain.replace("-", " ")):
        return spoken_days(found[1], today), without(plain.replace("-", " "), found)
    return [], plain


def dates_of(found: re.Match[str], today: date) -> list[date]:
    """With its year, or this year's and those beside it, the nearest first."""
    month = MONTH_OF.get(found["month"]) or int(found["month"])
    years = [int(found["year"])] if found["year"] else [today.year - 1, today.year, today.year + 1]
    days = [day for year in years if (day := day_or_none(year, month, int(found["day"])))]
    return sorted(days, key=lambda day: abs((day - today).days))


def day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def spoken_days(word: str, today: date) -> list[date]:
    """Of a weekday the next one, today if it is one, then the last."""
    if word in NEAR:
        return [today + timedelta(NEAR[word])]
    ahead = (WEEKDAY_OF[word] - today.weekday()) % 7
    return [today + timedelta(ahead), today + timedelta(ahead - 7)]


def without(plain: str, found: re.Match[str]) -> str:
    return " ".join((plain[: found.start()] + " " + plain[found.end() :]).split())


def services_in(plain: str, services: Iterable[Service]) -> tuple[list[Service], str]:
    """Those whose names hold a word of at least three letters from the beginning of one of theirs."""
    words = plain.split()
    keys = {service.id: f" {name_key(service.name)}" for service in services}
    named = [word for word in words if len(word) >= CLOSE and any(f" {name_key(word)}" in key for key in keys.values())]
    found = [each for each in services if named and all(f" {name_key(word)}" in keys[each.id] for word in named)]
    left = [word for word in words if word not in named] if found else words
    return found, " ".join(left)
