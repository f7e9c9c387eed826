"""A row of a client file as the facts of a file; what cannot be read stays in the remarks, and is told."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from clients.words import clean, email, phone
from importing.dates import read_date
from importing.headings import CLIENTS, Cell
from importing.names import split_name
from importing.report import Note
from kernel.errors import Refusal

JOINED = {"address": ", ", "remarks": "\n"}
NOT_READ = {"phone": "phone_not_valid", "email": "email_not_valid", "birth_on": "birth_not_valid"}
POSTCODE_DIGITS = 5


class ClientFacts:
    """The facts read so far, and the notes about what could not be."""

    def __init__(self, country: str, today: date):
        self.facts: dict[str, Any] = {}
        self.kept: list[str] = []
        self.notes: list[Note] = []
        self.readers: dict[str, Callable[[Any], Any]] = {
            "phone": lambda value: phone(words_of(value), country),
            "email": lambda value: email(words_of(value).removeprefix("mailto:")),
            "birth_on": lambda value: read_date(value, today),
            "postcode": lambda value: postcode(words_of(value), country),
        }

    def take(self, cell: Cell) -> None:
        words = words_of(cell.value)
        field = "phone" if cell.field == "mobile" else cell.field
        if not words:
            return
        if field == "full_name":
            self.take_full_name(cell, words)
        elif field in JOINED:
            self.facts[field] = JOINED[field].join(filter(None, [self.facts.get(field), words]))
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
            self.notes.append(Note(NOT_READ[field], cell.heading, words))
            self.keep(cell.heading, words)

    def keep(self, heading: str, words: str) -> None:
        self.kept.append(f"{heading} : {words}")

    def all(self) -> dict[str, Any]:
        remarks = "\n".join(filter(None, [self.facts.get("remarks", ""), *self.kept]))
        return self.facts | {"remarks": remarks}


def client_facts(cells: Iterable[Cell], country: str, today: date) -> ClientFacts:
    found = ClientFacts(country, today)
    for cell in cells:
        found.take(cell)
    return found


def words_of(value: Any) -> str:
    """A cell as words: whole numbers without a fraction, dates as the day, line breaks as one sign."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime):
        value = f"{value:%d/%m/%Y}"
    return clean(str("" if value is None else value).replace("\r\n", "\n").replace("\r", "\n"))


def postcode(words: str, country: str) -> str:
    """Spreadsheets lose the zero at the beginning."""
    return words.zfill(POSTCODE_DIGITS) if country == "FR" and len(words) == POSTCODE_DIGITS - 1 else words


def kept_columns(headings: list[str]) -> list[str]:
    """The columns that have no field of their own, and so go to the remarks."""
    taken: set[str] = set()
    kept = []
    for cell in CLIENTS.cells(headings, []):
        field = "phone" if cell.field == "mobile" else cell.field
        if not field or (field in taken and field not in JOINED):
            kept.append(cell.heading)
        taken.add(field)
    return kept
