"""What becomes of a row of a client file: a new file, one joined, one changed, or a refusal. Nothing is written."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from clients.client_field import ClientField
from clients.queries import ClientCard
from clients.words import ClientWords, cleaned, name_key
from importing.client_facts import ClientFacts, client_facts
from importing.headings import CLIENTS
from importing.known import Known
from importing.names import key_of
from importing.people import Person
from importing.report import Note, Refused
from importing.table import Row

SHOWN = ("address", "birth_on", "email", "first_name", "last_name", "phone", "postcode", "title", "town")
# A name in another order or with other accents is the same name; anything else is told.
LETTERS_LOST = "\ufffd"


class Reading(NamedTuple):
    """How the rows of a file are read: for which house, with which columns, and whether they change files."""

    organisation_id: UUID
    country: str
    today: date
    headings: list[str]
    fields: list[str]
    own: dict[str, ClientField]
    updates: bool


class Draft(NamedTuple):
    """A row with what was read in it; `facts` are what it says of its client."""

    number: int
    found: ClientFacts
    facts: dict[str, Any]
    notes: list[Note]

    @property
    def what(self) -> str:
        return " ".join(filter(None, (str(self.facts.get(name, "")) for name in ("first_name", "last_name"))))

    @property
    def id(self) -> UUID | None:
        return self.found.facts.get("id")


class Decision(NamedTuple):
    """`client_id` is the file concerned, `facts` what to write in it, `is_back` that it leaves the archive."""

    outcome: str
    client_id: UUID
    facts: dict[str, Any] = {}
    notes: tuple[Note, ...] = ()
    is_back: bool = False


def draft_of(reading: Reading, row: Row) -> Draft:
    cells = CLIENTS.cells(reading.headings, row.cells, reading.fields)
    found = client_facts(cells, reading.country, reading.today, reading.own)
    notes = [Note("quote_open"), *found.notes] if row.has_open_quote else list(found.notes)
    if any(LETTERS_LOST in str(cell) for cell in row.cells):
        notes.insert(0, Note("letters_lost"))
    return Draft(row.number, found, {name: value for name, value in found.all().items() if name != "id"}, notes)


def words_in(draft: Draft, country: str) -> ClientWords | None:
    """The words of a new file that the row would make; None for a row without a name."""
    plain = {name: value for name, value in draft.facts.items() if name != "custom"}
    return cleaned(plain, country) if draft.what else None


def new_id(organisation_id: UUID, words: ClientWords) -> UUID:
    """The same line gives the same identifier: the number in the other program with the name, else what tells people
    apart. So a second import finds what the first one made."""
    name = key_of(words.name)
    content = (words.number, name) if words.number else ("", name, words.phone, words.email, str(words.birth_on or ""))
    return uuid5(organisation_id, "/".join(map(str, ("client", *content))))


def decide(reading: Reading, known: Known, draft: Draft) -> Decision:
    """Raises Refused, or a Refusal, for a row that cannot be brought in."""
    if draft.id in known.people.by_id:
        return changed_by(draft, known.people.by_id[draft.id], bulk_facts(draft))
    words = words_in(draft, reading.country)
    if words is None:
        raise Refused("name_missing")
    id = draft.id if draft.id and draft.id not in known.taken else new_id(reading.organisation_id, words)
    person = known.people.by_id.get(id) or known.people.same_as(words)
    if person is None:
        return Decision("imported", id, draft.facts, tuple(draft.notes))
    if person.id in known.archived:
        return from_archive(draft, person, known)
    joined = joined_to(draft, person, id, words)
    return changed_by(draft, person, filled(draft), joined.notes) if reading.updates else joined


def bulk_facts(draft: Draft) -> dict[str, Any]:
    """All that the columns say, empty cells as well: the file was taken from here to be changed."""
    if wrong := next((note for note in draft.notes if note.column), None):
        raise Refused("value_refused", wrong.column, wrong.value)
    emptied = draft.found.emptied()
    custom = emptied.pop("custom", {}) | draft.facts.get("custom", {})
    return emptied | {name: value for name, value in draft.facts.items() if is_said(draft, name)} | {"custom": custom}


def is_said(draft: Draft, name: str) -> bool:
    """Remarks are always put together, also where the file has no column for them."""
    return name != "custom" and (name != "remarks" or bool(draft.facts["remarks"]) or name in draft.found.blanks)


def filled(draft: Draft) -> dict[str, Any]:
    """What the row has words for; a file loses nothing to an empty cell."""
    return {name: value for name, value in draft.facts.items() if value}


def from_archive(draft: Draft, person: Person, known: Known) -> Decision:
    """A file that the undoing of an import archived comes back; one that somebody archived stays there."""
    if person.id in known.undone:
        return Decision("imported", person.id, {}, (Note("restored"), *draft.notes), is_back=True)
    return Decision("joined", person.id, {}, (Note("in_archive"), *draft.notes))


def joined_to(draft: Draft, person: Person, id: UUID, words: ClientWords) -> Decision:
    on_file = [Note("on_file", value=person.words.name)] if person.id != id else []
    return Decision("joined", person.id, {}, (*on_file, *draft.notes, *differences(person, words)))


def differences(person: Person, words: ClientWords) -> list[Note]:
    """What the line says otherwise; the file on hand is left as it is."""
    told = {name: getattr(words, name) for name in SHOWN}
    changed = [name for name, value in told.items() if value and is_other(value, getattr(person.words, name))]
    known_now = {name: str(getattr(person.words, name) or "—") for name in changed}
    return [Note("differs", name, str(told[name]), {"known": known_now[name]}) for name in changed]


def is_other(one: object, other: object) -> bool:
    return name_key(str(one)) != name_key(str(other or ""))


def changed_by(draft: Draft, person: Person, facts: dict[str, Any], notes: tuple[Note, ...] = ()) -> Decision:
    """The file with what differs in it; joined where nothing does."""
    changed = {name: value for name, value in facts.items() if name != "custom" and value != at(person.words, name)}
    own = {id: value for id, value in facts.get("custom", {}).items() if value != person.words.custom.get(id)}
    told = [note for note in notes if note.reason != "differs"] or list(draft.notes)
    if not changed and not own:
        return Decision("joined", person.id, {}, tuple(told))
    lines = (*told, *(change(person.words, name, value) for name, value in (changed | own).items()))
    return Decision("changed", person.id, changed | ({"custom": own} if own else {}), lines)


def at(card: ClientCard, name: str) -> Any:
    return getattr(card, name)


def change(card: ClientCard, name: str, value: Any) -> Note:
    before = card.custom.get(name) if name not in ClientWords.__struct_fields__ else at(card, name)
    return Note("changes", name, str(value or "—"), {"known": str(before or "—")})


def told_first(draft: Draft, first: int) -> Iterator[Note]:
    """That another line of the same file is about the same person."""
    if first != draft.number:
        yield Note("same_as_line", facts={"line": str(first)})
