"""Who comes, and for what, in the title of an entry: « Zoé LE GOFF - Massage », « Massage (Le Goff) » and the like."""

import re
from collections.abc import Container, Iterator
from typing import NamedTuple

from clients.words import name_key
from importing.entries import Entry, Guest
from importing.names import agree, is_written_as_a_person, key_of, looks_like_a_person, may_be_a_name, tokens
from importing.people import People

BETWEEN = re.compile(r"\s+[-–—|/:]\s+|\s*[:|]\s+")
IN_BRACKETS = re.compile(r"(.*\S)\s*[(\[]([^()\[\]]+)[)\]]")
CALLED_OFF = re.compile(r"^(?:annulée?|canceled|cancelled)\s*[:\-–]\s*", re.IGNORECASE)
KNOWN, LIKELY, UNLIKELY = 4, 1, 0


class Title(NamedTuple):
    """The client's name and the service's, as written; no service where none is named.

    Words in brackets are often a remark: there, a name must be surer than between dashes.
    """

    client: str
    service: str
    is_parted: bool = True


class Titles:
    """Reads titles by what is on file: people, and services by their folded names."""

    def __init__(self, people: People, services: Container[str]):
        self.people = people
        self.services = services

    def read(self, entry: Entry, practitioner: str) -> Title | None:
        """None for an entry without a client: a meeting, leave, a lunch."""
        guests = entry.guests_but(practitioner)
        if entry.client:
            return Title(entry.client, entry.service)
        ranked = sorted(halves(entry.title), key=lambda title: -self.likelihood(title, guests))
        if ranked and self.likelihood(ranked[0], guests) > UNLIKELY:
            return ranked[0]
        return self.alone(entry.title, guests)

    def likelihood(self, title: Title, guests: list[Guest]) -> int:
        who, what = self.is_client(title.client, guests), self.is_service(title.service)
        if not who and not may_be_a_name(title.client):
            return UNLIKELY
        is_likely = is_written_as_a_person(title.client) or (title.is_parted and looks_like_a_person(title.client))
        return KNOWN * (who + what) + LIKELY * is_likely

    def alone(self, title: str, guests: list[Guest]) -> Title | None:
        """A name by itself, or a service with the one guest who comes for it."""
        if self.is_client(title, guests):
            return Title(title, "")
        comes = guests[0] if len(guests) == 1 else None
        if comes and (self.is_service(title) or self.people.with_email(comes.email)):
            return Title(self.name_of(comes), title)
        return None

    def is_client(self, name: str, guests: list[Guest]) -> bool:
        return bool(self.people.named(name)) or any(is_guest(name, guest) for guest in guests)

    def is_service(self, name: str) -> bool:
        return name_key(name) in self.services

    def name_of(self, guest: Guest) -> str:
        known = self.people.with_email(guest.email)
        return known[0].words.name if len(known) == 1 and guest.name == guest.email else guest.name


def is_guest(name: str, guest: Guest) -> bool:
    return len(tokens(name)) > 1 and agree(name, guest.name) or key_of(name) == key_of(guest.name)


def halves(title: str) -> Iterator[Title]:
    """Every way to read a title as client and service; the client first, as most agendas write it."""
    title = CALLED_OFF.sub("", title.strip())
    for between in BETWEEN.finditer(title):
        left, right = title[: between.start()].strip(), title[between.end() :].strip()
        if left and right:
            yield from (Title(left, right), Title(right, left))
    if brackets := IN_BRACKETS.fullmatch(title):
        outer, inner = brackets[1].strip(), brackets[2].strip()
        yield from (Title(outer, inner, is_parted=False), Title(inner, outer, is_parted=False))
