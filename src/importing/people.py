"""Who is on file, by name, phone, e-mail and number: read once, then kept up line by line."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from clients.queries import ClientCard, page
from clients.words import ClientWords, name_key
from importing.names import key_of, tokens
from kernel.store import Store

EVERYBODY = 10_000_000


class Person(NamedTuple):
    id: UUID
    words: ClientWords | ClientCard

    @property
    def key(self) -> str:
        return key_of(self.words.name)


class People:
    def __init__(self, persons: Iterable[Person] = ()):
        self.by_id: dict[UUID, Person] = {}
        self.by_name: dict[str, list[Person]] = defaultdict(list)
        self.by_last_name: dict[str, list[Person]] = defaultdict(list)
        self.by_email: dict[str, list[Person]] = defaultdict(list)
        self.by_number: dict[str, list[Person]] = defaultdict(list)
        for person in persons:
            self.add(person)

    def add(self, person: Person) -> None:
        self.by_id[person.id] = person
        self.by_name[person.key].append(person)
        self.by_last_name[name_key(person.words.last_name)].append(person)
        self.by_email[person.words.email].append(person)
        self.by_number[person.words.number].append(person)

    def named(self, name: str) -> list[Person]:
        """Those of this name; of this last name, for a single word."""
        known = self.by_name.get(key_of(name), [])
        is_single = len(tokens(name)) == 1
        return known or (self.by_last_name.get(key_of(name), []) if is_single else [])

    def with_email(self, email: str) -> list[Person]:
        return self.by_email.get(email, []) if email else []

    def same_as(self, words: ClientWords) -> Person | None:
        """The person on file that these words speak of, if anybody surely is."""
        numbered = self.by_number.get(words.number, []) if words.number else []
        by_number = (person for person in numbered if has_same_number(person.words, words))
        by_name = (person for person in self.by_name.get(key_of(words.name), []) if is_same(person.words, words))
        return next(by_number, None) or next(by_name, None)


def people_of(store: Store, organisation_id: UUID) -> People:
    return People(Person(card.id, card) for card in page(store, organisation_id, limit=EVERYBODY))


def has_same_number(known: ClientWords | ClientCard, words: ClientWords) -> bool:
    """A number alone proves nothing: two programs both count from one."""
    return key_of(known.name) == key_of(words.name) or shares_a_mark(known, words)


def is_same(known: ClientWords | ClientCard, words: ClientWords) -> bool:
    """For two of one name: they share something, and were not born on different days."""
    is_born_apart = known.birth_on and words.birth_on and known.birth_on != words.birth_on
    return not is_born_apart and shares_a_mark(known, words)


def shares_a_mark(known: ClientWords | ClientCard, words: ClientWords) -> bool:
    pairs = ((getattr(known, name), getattr(words, name)) for name in ("phone", "email", "birth_on"))
    return any(one and one == other for one, other in pairs)
