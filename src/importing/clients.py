"""Bringing in a client file: whoever is on file already is joined, nobody twice."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

from clients.commands import create_client
from clients.words import ClientWords, cleaned, name_key
from importing.client_facts import ClientFacts, client_facts, kept_columns
from importing.headings import CLIENTS
from importing.house import House, Watch, bring_in, enter, wait_for_readers
from importing.names import key_of
from importing.people import People, Person, people_of
from importing.report import Line, Note, Refused, Report
from importing.sentences import say
from importing.tables import Row, read_table
from kernel.store import Store

SHOWN = {"title", "first_name", "last_name", "phone", "email", "birth_on", "address", "postcode", "town"}


class Draft:
    """A row with what was read in it."""

    def __init__(self, row: Row, found: ClientFacts):
        self.number = row.number
        self.facts = found.all()
        self.notes = [Note("quote_open"), *found.notes] if row.has_open_quote else found.notes

    @property
    def what(self) -> str:
        return " ".join(filter(None, (self.facts.get(name, "") for name in ("first_name", "last_name"))))


def import_clients(
    store: Store,
    path: Path,
    *,
    organisation_id: UUID | None = None,
    actor: str = "import/command-line",
    now: datetime | None = None,
    watch: Watch = iter,
) -> Report:
    """Every line of a CSV or Excel file with its outcome. Raises FileRefused when the file as a whole says no."""
    house = enter(store, organisation_id, actor, now)
    table = read_table(path, CLIENTS)
    report = Report(path.name)
    report.notice("read_as", encoding=table.written_as)
    if kept := kept_columns(table.headings):
        report.notice("columns_in_remarks", columns=", ".join(kept))
    bring_in([draft(house, table.headings, row) for row in table.rows], settler(house, report), report, watch)
    wait_for_readers(house, report.position)
    return report


def draft(house: House, headings: list[str], row: Row) -> Draft:
    today = house.now.astimezone(house.zone).date()
    return Draft(row, client_facts(CLIENTS.cells(headings, row.cells), house.organisation.country, today))


def settler(house: House, report: Report) -> Callable[[Draft], Line]:
    people = people_of(house.store, house.id)
    return lambda draft: settle(house, people, draft, report)


def settle(house: House, people: People, draft: Draft, report: Report) -> Line:
    if not draft.what:
        raise Refused("name_missing")
    words = cleaned(draft.facts, house.organisation.country)
    id = house.id_of("client", *content(words))
    if known := people.by_id.get(id) or people.same_as(words):
        notes = (*whose_file(known, id, draft, report), *draft.notes, *differences(known, words))
        return Line(draft.number, "joined", draft.what, notes)
    country = house.organisation.country
    house.together(lambda log: create_client(log, id, draft.facts, country=country, by=log.by), report)
    people.add(Person(id, words))
    report.line_of[id] = draft.number
    return Line(draft.number, "imported", draft.what, tuple(draft.notes))


def content(words: ClientWords) -> tuple[str, ...]:
    """What makes this line this line: the number in the other program with the name, else what tells people apart."""
    if words.number:
        return words.number, key_of(words.name)
    return "", key_of(words.name), words.phone, words.email, str(words.birth_on or "")


def whose_file(known: Person, id: UUID, draft: Draft, report: Report) -> Iterator[Note]:
    """Which other line, or which other file, this is one with; a line that was brought in before needs no word."""
    first = report.line_of.setdefault(known.id, draft.number)
    if first != draft.number:
        yield Note("same_as_line", facts={"line": str(first)})
    elif known.id != id:
        yield Note("on_file", value=known.words.name)


def differences(known: Person, words: ClientWords) -> list[Note]:
    """What the line says otherwise; the file on hand is left as it is."""
    told = {name: getattr(words, name) for name in SHOWN}
    changed = [name for name, value in sorted(told.items()) if value and is_other(value, getattr(known.words, name))]
    known_now = {name: str(getattr(known.words, name) or "—") for name in changed}
    return [Note("differs", say(f"field_{name}"), str(told[name]), {"known": known_now[name]}) for name in changed]


def is_other(one: object, other: object) -> bool:
    return name_key(str(one)) != name_key(str(other or ""))
