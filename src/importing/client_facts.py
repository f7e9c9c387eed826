"""A row of a client file as the facts of a file; what cannot be read stays in the remarks, and is told."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from clients.client_field import ClientField
from clients.custom import checked_value
from clients.words import email, name_key, phone
from importing.cells import words_of
from importing.dates import read_date
from importing.headings import CLIENTS, Cell
from importing.names import split_name
from importing.report import Note
from kernel.errors import Refusal

JOINED = {"address": ", ", "remarks": "\n"}
NOT_READ = {"phone": "phone_not_valid", "email": "email_not_valid", "birth_on": "birth_not_valid"}
POSTCODE_DIGITS = 5
EMPTY = {"birth_on": None}
# The column of a file that nobody wants.
LEFT_OUT = "-"
MARK_LENGTH = 10


class ClientFacts:
    """The facts read so far, and the notes about what could not be. `own` are the house's fields by identifier."""

    def __init__(self, country: str, today: date, own: Mapping[str, ClientField] = MappingProxyType({})):
        self.facts: dict[str, Any] = {}
        self.custom: dict[str, Any] = {}
        self.kept: list[str] = []
        self.notes: list[Note] = []
        self.blanks: set[str] = set()
        self.own = own
        self.country = country
        self.today = today
        self.readers: dict[str, Callable[[Any], Any]] = {
            "id": lambda value: UUID(words_of(value)),
            "phone": lambda value: phone(words_of(value), country),
            "email": lambda value: email(words_of(value).removeprefix("mailto:")),
            "birth_on": lambda value: read_date(value, date.max if self.is_ours else today),
            "postcode": lambda value: postcode(words_of(value), "" if self.is_ours else country),
        }

    @property
    def is_ours(self) -> bool:
        """Whether the row was exported from here: then it says all just as it is meant."""
        return "id" in self.facts

    def take(self, cell: Cell) -> None:
        words = words_of(cell.value)
        field = "phone" if cell.field == "mobile" else cell.field
        if field == LEFT_OUT:
            return
        if not words:
            self.blanks.add(field)
        elif field in self.own:
            self.read_own(self.own[field], cell, words)
        elif field in JOINED:
            self.facts[field] = JOINED[field].join(filter(None, [self.facts.get(field), words]))
        else:
            self.take_plain(field, cell, words)

    def take_plain(self, field: str, cell: Cell, words: str) -> None:
        if field == "full_name":
            self.take_full_name(cell, words)
        elif not field or field in self.facts:
            self.keep(cell.heading, words)
        else:
            self.read(field, cell, words)

    def take_full_name(self, cell: Cell, words: str) -> None:
        if "last_name" in self.facts:
            self.keep(cell.heading, words)
        else:
            named = split_name(words)._asdict()
            self.facts |= {name: value for name, value in named.items() if value and not self.facts.get(name)}

    def read(self, field: str, cell: Cell, words: str) -> None:
        try:
            self.facts[field] = self.readers.get(field, words_of)(cell.value)
        except (Refusal, ValueError, OverflowError):
            self.notes.append(Note(NOT_READ.get(field, "value_not_valid"), cell.heading, words))
            self.keep(cell.heading, words)

    def read_own(self, field: ClientField, cell: Cell, words: str) -> None:
        """A value of the house's own field."""
        try:
            value = read_date(cell.value) if field.kind == "date" else words
            self.custom[str(field.id)] = checked_value(field, value, self.country)
        except (Refusal, ValueError, OverflowError):
            self.notes.append(Note("value_not_valid", cell.heading, words))
            self.keep(cell.heading, words)

    def keep(self, heading: str, words: str) -> None:
        self.kept.append(f"{heading} : {words}")

    def all(self) -> dict[str, Any]:
        remarks = "\n".join(filter(None, [self.facts.get("remarks", ""), *self.kept]))
        return self.facts | {"remarks": remarks} | ({"custom": self.custom} if self.custom else {})

    def emptied(self) -> dict[str, Any]:
        """The fields that have a column and nothing in it."""
        names = self.blanks.difference(self.facts, self.custom, {"", "id", "full_name"})
        own = {name: None for name in names if name in self.own}
        plain = {name: EMPTY.get(name, "") for name in names if name not in self.own}
        return plain | ({"custom": own} if own else {})


def client_facts(
    cells: Iterable[Cell], country: str, today: date, own: Mapping[str, ClientField] = MappingProxyType({})
) -> ClientFacts:
    found = ClientFacts(country, today, own)
    for cell in cells:
        found.take(cell)
    return found


def postcode(words: str, country: str) -> str:
    """Spreadsheets lose the zero at the beginning."""
    return words.zfill(POSTCODE_DIGITS) if country == "FR" and len(words) == POSTCODE_DIGITS - 1 else words


def fields_for(headings: list[str], own: Mapping[str, ClientField]) -> list[str]:
    """Where each column goes by its heading: a field of every file, one of the house's own, or nowhere known."""
    labels = {name_key(field.label): id for id, field in own.items()}
    marked = {mark_of(field): id for id, field in own.items()}
    return [
        marked.get(heading[-MARK_LENGTH:]) or CLIENTS.field(heading) or labels.get(name_key(heading), "")
        for heading in headings
    ]


def own_heading(field: ClientField, *, is_alone: bool) -> str:
    """The heading of a field of the house's own that leads back to it: its label, marked where that says too little."""
    is_plain = is_alone and name_key(field.label) and not CLIENTS.field(field.label)
    return field.label if is_plain else f"{field.label} {mark_of(field)}"


def mark_of(field: ClientField) -> str:
    return f"[{field.id.hex[:8]}]"


def kept_columns(headings: list[str], fields: list[str]) -> list[str]:
    """The columns that have no field of their own, and so go to the remarks."""
    taken: set[str] = set()
    kept = []
    for cell in CLIENTS.cells(headings, [], fields):
        field = "phone" if cell.field == "mobile" else cell.field
        if field != LEFT_OUT and (not field or (field in taken and field not in JOINED)):
            kept.append(cell.heading)
        taken.add(field)
    return kept
