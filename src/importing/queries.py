"""What can be asked about imports: how far one is, what became of its lines."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from importing import staging
from importing.report import Line
from importing.run import ImportRun
from importing.sentences import say
from importing.staging import Staged
from kernel.store import Store

LATEST = "SELECT id FROM import_files ORDER BY uploaded_at DESC, id LIMIT %s"
LEFT = """
SELECT number, what, undone, client_id FROM import_lines
WHERE import_id = %s AND undone NOT IN ('', 'archived', 'restored') ORDER BY number LIMIT %s"""
OF_CLIENT = """
SELECT DISTINCT f.id, f.name FROM import_files f JOIN import_lines l ON l.import_id = f.id
WHERE l.client_id = %s AND l.outcome IN ('imported', 'changed')"""
MOST_SHOWN = 200


class ImportCard(Struct, frozen=True, kw_only=True):
    """An import as it stands: received, rejected, prepared, started, completed, undoing or undone. `totals` by outcome,
    those waiting under the empty word; `code` and `facts` are of the sentence why it was rejected."""

    id: UUID
    version: int
    name: str
    written_as: str
    uploaded_at: datetime
    status: str
    code: str
    facts: dict[str, str]
    rows: int
    updates: bool
    headings: list[str]
    fields: list[str]
    totals: dict[str, int]
    has_rows: bool
    has_bytes: bool
    looked: int

    @property
    def is_forgotten(self) -> bool:
        """Whether nobody confirmed it in time, or said no."""
        return not (self.has_rows if self.status == "prepared" else self.has_bytes or self.status != "received")

    def refused(self, language: str) -> str:
        """Why it was rejected, in words."""
        return say(self.code, language, **self.facts)


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
        code=run.code,
        facts=run.facts,
        rows=run.rows,
        updates=run.updates,
        headings=file.headings,
        fields=file.fields,
        totals=staging.totals(db, file.id),
        has_rows=bool(staging.waiting(db, file.id, 1)),
        has_bytes=staging.has_bytes(db, file.id),
        looked=staging.looked(db, file.id),
    )


def latest_imports(store: Store, organisation_id: UUID, limit: int = 20) -> list[ImportCard]:
    with store.reading(organisation_id) as db:
        ids = [id for (id,) in db.execute(LATEST, (limit,))]
    return [card for id in ids if (card := import_card(store, organisation_id, id))]


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
