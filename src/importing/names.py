"""Names as people write them: which part is the last name, and what makes two writings the same."""

import re
from functools import lru_cache
from typing import NamedTuple

from clients.words import name_key

TITLES = {
    "m": "M.",
    "mr": "M.",
    "monsieur": "M.",
    "mme": "Mme",
    "madame": "Mme",
    "mlle": "Mlle",
    "mademoiselle": "Mlle",
    "mrs": "Mrs",
    "ms": "Ms",
}
PARTICLES = frozenset({"de", "du", "des", "la", "le", "les", "d", "l", "van", "von", "der", "den", "da", "dos", "el"})
NOT_NAMES = frozenset(
    {"absence", "absent", "anniversaire", "birthday", "conges", "dejeuner", "fermeture", "ferie", "formation"}
    | {"holiday", "indisponible", "lunch", "meeting", "pause", "perso", "repas", "reunion", "training", "vacances"}
)
LONGEST_NAME = 6


class FullName(NamedTuple):
    title: str
    first_name: str
    last_name: str


@lru_cache(maxsize=1 << 14)
def key_of(name: str) -> str:
    """The same for « Zoé LE GOFF » and « Le Goff, Zoe »: folded words in one order, without a civility."""
    words = name_key(name).split()
    named = words[1:] if len(words) > 1 and words[0] in TITLES else words
    return " ".join(sorted(named))


def tokens(name: str) -> set[str]:
    return set(key_of(name).split())


def agree(one: str, other: str) -> bool:
    """Whether one writing may be a shorter one of the other."""
    return bool(tokens(one) and tokens(other)) and (tokens(one) <= tokens(other) or tokens(other) <= tokens(one))


def split_name(name: str) -> FullName:
    """The last name is what is in capitals, or what stands before a comma, or all but the first word."""
    title, words = without_title(name.split())
    if "," in (rest := " ".join(words)):
        last_name, first_name = rest.split(",", 1)
        return FullName(title, first_name.strip(), last_name.strip())
    capitals = [word for word in words if is_capitals(word)]
    if capitals and len(capitals) < len(words):
        return FullName(title, " ".join(word for word in words if not is_capitals(word)), " ".join(capitals))
    first_name, *others = words
    return FullName(title, first_name, " ".join(others)) if others else FullName(title, "", first_name)


def without_title(words: list[str]) -> tuple[str, list[str]]:
    title = TITLES.get(name_key(words[0])) if len(words) > 1 else None
    return (title, words[1:]) if title else ("", words)


def is_capitals(word: str) -> bool:
    return word.isupper() and sum(map(str.isalpha, word)) > 1


def looks_like_a_person(name: str) -> bool:
    """Two words or more, each with a capital but for particles."""
    parts = re.split(r"[\s'’-]+", name)
    return len(name.split()) > 1 and may_be_a_name(name) and all(map(begins_like_a_name, parts))


def is_written_as_a_person(name: str) -> bool:
    """A civility before it or the last name in capitals, as in « Zoé LE GOFF »: nobody writes anything else so."""
    title, words = without_title(name.split() or [""])
    shouted = sum(map(is_capitals, words))
    return may_be_a_name(name) and (bool(title) or 0 < shouted < len(words))


def may_be_a_name(name: str) -> bool:
    is_short = len(name.split()) <= LONGEST_NAME
    return name[:1].isupper() and is_short and not re.search(r"[\d@]", name) and NOT_NAMES.isdisjoint(tokens(name))


def begins_like_a_name(part: str) -> bool:
    return part[:1].isupper() or name_key(part) in PARTICLES
