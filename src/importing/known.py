"""Who of those on file the rows of a file may speak of: only these are read, however many there are."""

from collections.abc import Iterable
from uuid import UUID

from psycopg import Connection

from clients.queries import ClientCard, cards
from clients.queries.cards import FIELDS, read_cards
from clients.words import ClientWords, person_key, phone_key
from importing.people import People, Person

MAYBE = f"""
SELECT {FIELDS} FROM clients c
WHERE c.is_current AND (
    c.id = ANY(%(ids)s) OR c.person_key = ANY(%(names)s) OR c.phone_key = ANY(%(phones)s) OR c.email = ANY(%(emails)s)
    OR (c.number <> '' AND c.number = ANY(%(numbers)s)))"""
UNDONE = "SELECT client_id FROM import_lines WHERE client_id = ANY(%s) AND undone = 'archived'"
TAKEN = "SELECT DISTINCT stream_id FROM events WHERE stream_id = ANY(%s)"


class Known:
    """The people that some rows may speak of: those in use by all that tells them apart, the others by identifier.

    `taken` are the identifiers that something in the house already has.
    """

    def __init__(self, people: People, archived: set[UUID], undone: set[UUID], taken: set[UUID]):
        self.people = people
        self.archived = archived
        self.undone = undone
        self.taken = taken

    @classmethod
    def nobody(cls) -> "Known":
        return cls(People(), set(), set(), set())

    def learn(self, other: "Known") -> None:
        """Those whom other rows may speak of as well; whoever is known stays as they are."""
        for person in [person for persons in other.people.by_name.values() for person in persons]:
            if person.id not in self.people.by_id:
                self.people.add(person)
        for id, person in other.people.by_id.items():
            self.people.by_id.setdefault(id, person)
        self.archived |= other.archived
        self.undone |= other.undone
        self.taken |= other.taken


def known_for(db: Connection, ids: Iterable[UUID], words: Iterable[ClientWords]) -> Known:
    words = list(words)
    values = {
        "ids": list(ids),
        "names": list({person_key(one) for one in words}),
        "numbers": [one.number for one in words if one.number],
        "phones": [phone_key(one.phone) for one in words if one.phone],
        "emails": [one.email for one in words if one.email],
    }
    found = read_cards(db, MAYBE, values)
    people = People(Person(card.id, card) for card in found if is_in_use(card))
    lead_on(db, people, [card for card in found if not is_in_use(card)])
    archived = {id for id, person in people.by_id.items() if person.words.is_archived}
    undone = {id for (id,) in db.execute(UNDONE, (list(archived),))} if archived else set()
    return Known(people, archived, undone, {id for (id,) in db.execute(TAKEN, (values["ids"],))})


def is_in_use(card: ClientCard) -> bool:
    return not card.is_archived and card.merged_into is None


def lead_on(db: Connection, people: People, others: list[ClientCard]) -> None:
    """Archived files are known by their identifier alone; merged ones lead to the file that has them now."""
    kept = cards(db, [card.id for card in others if card.merged_into])
    for card in others:
        now = kept.get(card.id, card)
        people.by_id.setdefault(card.id, Person(now.id, now))
