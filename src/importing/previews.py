"""What a file would bring: a small one is looked through while somebody waits, others by a job."""

from collections import Counter
from uuid import UUID

from msgspec import Struct, convert, to_builtins
from psycopg import Connection

from importing import staging
from importing.bringing import decided, known_by, reading_of
from importing.decisions import Decision, Draft, Reading, draft_of, told_first, words_in
from importing.known import Known
from importing.people import Person
from importing.report import OUTCOMES, Line
from importing.table import Row
from kernel.actors import Act
from kernel.errors import Refusal
from kernel.store import Store

# Rows that are looked through in a fraction of a second.
AT_ONCE, A_FEW = 250, 250
MOST_SHOWN, SAMPLE = 200, 5


class PreviewPending(Refusal):
    """The rows are still being read or looked through; ask again in a moment."""

    status = 409


class Preview(Struct, frozen=True, kw_only=True):
    """What a file would bring: how many of each outcome, the lines worth a look, and the first rows as they are."""

    totals: dict[str, int]
    lines: list[Line]
    more: int
    sample: list[Row]


class Previews(Struct, frozen=True, kw_only=True):
    """What a job saw when columns went to these fields: with known files left as they are, and with them updated."""

    fields: list[str]
    leaving: Preview
    updating: Preview


class Tally:
    """The outcomes so far, and the lines worth showing, the gravest first, each outcome in the order of the file."""

    def __init__(self) -> None:
        self.totals: Counter[str] = Counter()
        self.worth: dict[str, list[Line]] = {outcome: [] for outcome in reversed(OUTCOMES)}
        self.noted = 0

    def add(self, line: Line) -> None:
        self.totals[line.outcome] += 1
        self.noted += bool(line.notes)
        if line.notes and len(self.worth[line.outcome]) < MOST_SHOWN:
            self.worth[line.outcome].append(line)

    def preview(self, sample: list[Row]) -> Preview:
        lines = [line for lines in self.worth.values() for line in lines][:MOST_SHOWN]
        totals = {outcome: self.totals[outcome] for outcome in OUTCOMES}
        return Preview(totals=totals, lines=lines, more=self.noted - len(lines), sample=sample)


class Looking:
    """Looks through the rows of a file a few at a time, as if those before them had been brought in."""

    def __init__(self, reading: Reading):
        self.leaving, self.updating = reading, reading._replace(updates=True)
        self.tallies = {each: Tally() for each in (False, True)}
        self.known = Known.nobody()
        self.seen: dict[UUID, int] = {}
        self.sample: list[Row] = []

    def through(self, db: Connection, rows: list[Row]) -> None:
        drafts = [draft_of(self.leaving, row) for row in rows]
        self.known.learn(known_by(db, self.leaving, drafts))
        self.sample = self.sample or rows[:SAMPLE]
        for draft in drafts:
            self.foresee(draft)

    def foresee(self, draft: Draft) -> None:
        decision = None
        for reading in (self.updating, self.leaving):
            decision, line = decided(reading, self.known, draft)
            self.tallies[reading.updates].add(self.told(decision, draft, line))
        if decision and decision.outcome == "imported" and not decision.is_back:
            self.known.people.add(Person(decision.client_id, words_in(draft, self.leaving.country)))

    def told(self, decision: Decision | None, draft: Draft, line: Line) -> Line:
        """The line, with the first one of the file about the same person."""
        if decision is None:
            return line
        notes = list(told_first(draft, self.seen.setdefault(decision.client_id, draft.number)))
        return line._replace(notes=(*notes, *(n for n in line.notes if not (notes and n.reason == "on_file"))))

    def previews(self) -> Previews:
        leaving, updating = (self.tallies[updates].preview(self.sample) for updates in (False, True))
        return Previews(fields=self.leaving.fields, leaving=leaving, updating=updating)


def look_through(store: Store, id: UUID, by: Act) -> Previews:
    """Every row that waits, as it would be brought in now. `by` says for which house and when."""
    with store.reading(by.organisation_id) as db:
        looking = Looking(reading_of(db, staging.staged(db, id), by, updates=False))
    last = count = 0
    while last is not None:
        with store.reading(by.organisation_id) as db:
            rows = staging.waiting(db, id, A_FEW, last)
            looking.through(db, rows)
            staging.note_looked(db, id, count := count + len(rows))
        last = rows[-1].number if rows else None
    return looking.previews()


def keep_previews(store: Store, id: UUID, by: Act) -> None:
    """What a look through a long file sees; it goes with the rows."""
    with store.reading(by.organisation_id) as db:
        is_long = staging.totals(db, id).get("", 0) > AT_ONCE
    if is_long:
        seen = to_builtins(look_through(store, id, by))
        with store.reading(by.organisation_id) as db:
            staging.put_previews(db, id, seen)


def preview(store: Store, id: UUID, *, updates: bool = False, by: Act) -> Preview:
    """As it is now, or as a job saw it. Raises PreviewPending for a file that no job has looked through yet."""
    with store.reading(by.organisation_id) as db:
        file, rows, kept = staging.staged(db, id), staging.totals(db, id).get("", 0), staging.previews(db, id)
    if not file.headings:
        raise PreviewPending
    seen = look_through(store, id, by) if rows <= AT_ONCE else convert(kept, Previews | None)
    if seen is None or seen.fields != file.fields:
        raise PreviewPending
    return seen.updating if updates else seen.leaving
