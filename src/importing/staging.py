"""The rows of an uploaded file while they wait: kept as they were read, each with what became of it."""

from collections.abc import Iterable
from datetime import date, datetime, time
from math import isfinite
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from importing.client_facts import words_of
from importing.report import FileRefused, Line, Note
from importing.tables import Row, Table

MOST_ROWS, MOST_CELLS = 20_000, 200
PUT_FILE = """
INSERT INTO import_files (id, name, written_as, headings, fields, uploaded_at) VALUES (%s, %s, %s, %s, %s, %s)"""
PUT_ROW = "INSERT INTO import_lines (import_id, number, cells, has_open_quote) VALUES (%s, %s, %s, %s)"
FILE = "SELECT id, name, written_as, headings, fields, uploaded_at FROM import_files WHERE id = %s"
HELD = f"{FILE} FOR UPDATE"
CHOOSE = "UPDATE import_files SET fields = %s WHERE id = %s"
WAITING = """
SELECT number, cells, has_open_quote FROM import_lines
WHERE import_id = %s AND number > %s AND cells IS NOT NULL ORDER BY number LIMIT %s"""
SETTLE = """
UPDATE import_lines SET outcome = %s, what = %s, notes = %s, client_id = %s, words_version = %s, cells = NULL
WHERE import_id = %s AND number = %s"""
LINES = "SELECT number, outcome, what, notes FROM import_lines WHERE import_id = %s AND outcome <> '' ORDER BY number"
FIRST_LINES = """
SELECT client_id, min(number) FROM import_lines WHERE client_id = ANY(%s) AND import_id = %s GROUP BY client_id"""
TOTALS = "SELECT outcome, count(*) FROM import_lines WHERE import_id = %s GROUP BY outcome"
FORGET = "UPDATE import_lines SET cells = NULL WHERE import_id = %s"


class Staged(Struct, frozen=True, kw_only=True):
    """An uploaded file; `fields` say where each of its columns goes."""

    id: UUID
    name: str
    written_as: str
    headings: list[str]
    fields: list[str]
    uploaded_at: datetime


def put(db: Connection, id: UUID, name: str, table: Table, fields: list[str], at: datetime) -> None:
    """Keeps the rows of a file; FileRefused for one without rows, or with too many."""
    if not table.rows:
        raise FileRefused("no_rows")
    if len(table.rows) > MOST_ROWS:
        raise FileRefused("too_many_rows", most=str(MOST_ROWS))
    db.execute(
        PUT_FILE, (id, name, table.written_as, Jsonb(table.headings[:MOST_CELLS]), Jsonb(fields[:MOST_CELLS]), at)
    )
    rows = ((id, row.number, Jsonb(plain(row.cells)), row.has_open_quote) for row in table.rows)
    with db.cursor() as cursor:
        cursor.executemany(PUT_ROW, rows)


def plain(cells: list[Any]) -> list[Any]:
    """Cells as JSON can keep them: numbers as they are, for they may be dates; everything else as words."""
    return [cell if is_number(cell) else worded(cell) for cell in cells[:MOST_CELLS]]


def is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool) and isfinite(cell)


def worded(cell: Any) -> str:
    if isinstance(cell, date | time) and not isinstance(cell, datetime):
        return cell.isoformat()
    return words_of(cell)


def staged(db: Connection, id: UUID, *, is_held: bool = False) -> Staged | None:
    """`is_held` keeps others from working on the file until the transaction ends."""
    with db.cursor(row_factory=class_row(Staged)) as cursor:
        return cursor.execute(HELD if is_held else FILE, (id,)).fetchone()


def choose(db: Connection, id: UUID, fields: list[str]) -> None:
    db.execute(CHOOSE, (Jsonb(fields), id))


def waiting(db: Connection, id: UUID, limit: int, after: int = 0) -> list[Row]:
    return [Row(*row) for row in db.execute(WAITING, (id, after, limit)).fetchall()]


def settle(db: Connection, id: UUID, line: Line, client_id: UUID | None, words_version: int | None) -> None:
    """Writes down what became of a line; its cells are not needed any more."""
    notes = Jsonb([list(note) for note in line.notes])
    db.execute(SETTLE, (line.outcome, line.what, notes, client_id, words_version, id, line.number), prepare=True)


def first_lines(db: Connection, id: UUID, client_ids: Iterable[UUID]) -> dict[UUID, int]:
    """The first line of this file that was about each of these clients."""
    return dict(db.execute(FIRST_LINES, (list(client_ids), id), prepare=True).fetchall())


def settled_lines(db: Connection, id: UUID) -> list[Line]:
    return [
        Line(number, outcome, what, tuple(Note(*note) for note in notes))
        for number, outcome, what, notes in db.execute(LINES, (id,))
    ]


def totals(db: Connection, id: UUID) -> dict[str, int]:
    """How many lines came to which outcome; those still waiting under the empty word."""
    return dict(db.execute(TOTALS, (id,)).fetchall())


def forget(db: Connection, id: UUID) -> None:
    db.execute(FORGET, (id,))
