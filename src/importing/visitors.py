"""Which client an entry speaks of: one on file, somebody new, or nobody for sure."""

from typing import NamedTuple

from clients.words import clean, email
from importing.entries import Entry
from importing.names import agree, split_name
from importing.people import People, Person
from kernel.errors import Refusal


class Visitor(NamedTuple):
    """`person` when surely on file; else `facts` for a new file, unless one of so many `namesakes` may be meant."""

    name: str
    person: Person | None = None
    facts: dict[str, str] = {}
    namesakes: int = 0


def visitor(people: People, name: str, entry: Entry, practitioner: str) -> Visitor:
    """By address and name; by the address of one alone whose name agrees; by a name that one alone has."""
    address = entry.email_of(name, practitioner)
    reachable, namesakes = people.with_email(address), people.named(name)
    both = [person for person in namesakes if person in reachable]
    alone = [person for person in reachable if agree(person.words.name, name)] if len(reachable) == 1 else []
    for found in (both, alone, namesakes):
        if len(found) == 1:
            return Visitor(name, found[0])
    return Visitor(name, namesakes=len(namesakes)) if namesakes else Visitor(name, facts=new_facts(name, address))


def new_facts(name: str, address: str) -> dict[str, str]:
    named = split_name(clean(name))
    facts = {"title": named.title, "first_name": named.first_name, "last_name": named.last_name}
    try:
        return facts | {"email": email(address)}
    except Refusal:
        return facts | {"remarks": address}
