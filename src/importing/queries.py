"""What can be asked about imports: what a file would bring, how far it is, what became of it."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from importing import staging
from importing.bringing import decided, known_by, reading_of
from importing.decisions import Decision, Draft, Reading, draft_of, told_first, words_in
from importing.known import Known
from importing.people import Person
from importing.report import OUTCOMES, Line
from importing.run import ImportRun
from importing.staging import Staged
from importing.tables import Row
from kernel.actors import Act
from kernel.store import Store

LATEST = "SELECT id FROM import_files ORDER BY uploaded_at DESC, id LIMIT %s"
LEFT = """
SELECT number, what, undone, client_id FROM import_lines
WHERE import_id = %s AND undone NOT IN ('', 'archived', 'restored') ORDER BY number LIMIT %s"""
OF_CLIENT = """
SELECT DISTINCT f.id, f.name FROM import_files f JOIN import_lines l ON l.import_id = f.id
WHERE l.client_id = %s AND l.outcome IN ('imported', 'changed')"""
MOST_SHOWN = 200
SAMPLE = 5


class ImportCard(Struct, frozen=True, kw_only=True):
    """An import as it stands: prepared, started, completed, undoing or undone. `totals` by outcome, those waiting under
    the empty word."""

    id: UUID
    version: int
    name: str
    written_as: str
    uploaded_at: datetime
    status: str
    rows: int
    updates: bool
    headings: list[str]
    fields: list[str]
    totals: dict[str, int]
    has_rows: bool


class Preview(Struct, frozen=True, kw_only=True):
    """What a file would bring: how many of each outcome, the lines worth a look, and the first rows as they are."""

    totals: dict[str, int]
    lines: list[Line]
    more: int
    sample: list[Row]


class LeftLine(NamedTuple):
    """A line that the undoing of its import left alone, and why."""

    number: int
    what: str
    reason: str
    client_id: UUID


def import_card(store: Store, organisation_id: UUID, id: UUID) -> ImportCard | None:
    run = store.find(organisation_id, ImportRun, id)
    with store.reading(organisation_id) as db:
        file = staging.staged(db, id)
        return card_of(db, file, run) if file and run else None


def card_of(db: Connection, file: Staged, run: ImportRun) -> ImportCard:
    return ImportCard(
        id=file.id,
        version=run.version,
        name=file.name,
        written_as=file.written_as,
        uploaded_at=file.uploaded_at,
        status=run.status,
        rows=run.rows,
        updates=run.updates,
        headings=file.headings,
        fields=file.fields,
        totals=staging.totals(db, file.id),
        has_rows=bool(staging.waiting(db, file.id, 1)),
    )


def latest_imports(store: Store, organisation_id: UUID, limit: int = 20) -> list[ImportCard]:
    with store.reading(organisation_id) as db:
        ids = [id for (id,) in db.execute(LATEST, (limit,))]
    return [card for id in ids if (card := import_card(store, organisation_id, id))]


def preview(store: Store, id: UUID, *, updates: bool = False, by: Act) -> Preview:
    """As it would be now; nothing is written. `by` says for which house and when."""
    with store.reading(by.organisation_id) as db:
        file = staging.staged(db, id)
        rows = staging.waiting(db, id, staging.MOST_ROWS)
        reading = reading_of(db, file, by, updates=updates)
        drafts = [draft_of(reading, row) for row in rows]
        known = known_by(db, reading, drafts)
    lines = list(foreseen(reading, known, drafts))
    worth = sorted((line for line in lines if line.notes), key=lambda line: -OUTCOMES.index(line.outcome))
    totals = Counter(line.outcome for line in lines)
    return Preview(
        totals={outcome: totals[outcome] for outcome in OUTCOMES},
        lines=worth[:MOST_SHOWN],
        more=max(0, len(worth) - MOST_SHOWN),
        sample=rows[:SAMPLE],
    )


def foreseen(reading: Reading, known: Known, drafts: list[Draft]) -> Iterator[Line]:
    """What would become of each row, if those before it had been brought in."""
    seen: dict[UUID, int] = {}
    for draft in drafts:
        decision, line = decided(reading, known, draft)
        if decision:
            notes = list(told_first(draft, seen.setdefault(decision.client_id, draft.number)))
            line = line._replace(notes=(*notes, *(n for n in line.notes if not (notes and n.reason == "on_file"))))
            remember(known, decision, draft, reading.country)
        yield line


def remember(known: Known, decision: Decision, draft: Draft, country: str) -> None:
    if decision.outcome == "imported" and not decision.is_back:
        known.people.add(Person(decision.client_id, words_in(draft, country)))


def report_lines(store: Store, organisation_id: UUID, id: UUID) -> list[Line]:
    """Every line with what became of it."""
    with store.reading(organisation_id) as db:
        return staging.settled_lines(db, id)


def left_alone(store: Store, organisation_id: UUID, id: UUID, limit: int = MOST_SHOWN) -> list[LeftLine]:
    """What the undoing of an import did not touch, and why."""
    with store.reading(organisation_id) as db:
        return [LeftLine(*row) for row in db.execute(LEFT, (id, limit))]


def imports_of(store: Store, organisation_id: UUID, client_id: UUID) -> dict[UUID, str]:
    """The imports that made or changed a file, with the names of their files."""
    with store.reading(organisation_id) as db:
        return dict(db.execute(OF_CLIENT, (client_id,)).fetchall())
