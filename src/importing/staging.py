"""An uploaded file while it waits: its bytes until it is read, then its rows, each with what became of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from importing.limits import MB
from importing.report import Line, Note
from importing.table import Row

RECEIVE = """
INSERT INTO import_files (id, name, written_as, headings, fields, uploaded_at) VALUES (%s, %s, '', '[]', '[]', %s)"""
PUT_PIECE = "INSERT INTO import_uploads (import_id, part, content) VALUES (%s, %s, %s)"
PIECE = "SELECT content FROM import_uploads WHERE import_id = %s AND part = %s"
HAS_PIECES = "SELECT EXISTS (SELECT FROM import_uploads WHERE import_id = %s)"
DROP_PIECES = "DELETE FROM import_uploads WHERE import_id = %s"
# Two who read one file read the same.
PUT_ROWS = """
INSERT INTO import_lines (import_id, number, cells, has_open_quote)
SELECT %s, * FROM unnest(%s::int[], %s::jsonb[], %s::bool[])
ON CONFLICT DO NOTHING"""
DROP_ROWS = "DELETE FROM import_lines WHERE import_id = %s"
PUT_HEAD = "UPDATE import_files SET written_as = %s, headings = %s, fields = %s WHERE id = %s"
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
FORGET = "UPDATE import_lines SET cells = NULL WHERE import_id = %s AND cells IS NOT NULL"
# Beside the file, so that whoever reads its row all the time does not read the previews.
LOOKED = """
INSERT INTO import_previews (import_id, looked) VALUES (%s, %s)
ON CONFLICT (organisation_id, import_id) DO UPDATE SET looked = excluded.looked"""
PUT_PREVIEWS = "UPDATE import_previews SET seen = %s WHERE import_id = %s"
PREVIEWS = "SELECT looked, seen FROM import_previews WHERE import_id = %s"
DROP_PREVIEWS = "DELETE FROM import_previews WHERE import_id = %s"


class Staged(Struct, frozen=True, kw_only=True):
    """An uploaded file; `fields` say where each of its columns goes."""

    id: UUID
    name: str
    written_as: str
    headings: list[str]
    fields: list[str]
    uploaded_at: datetime


def receive(db: Connection, id: UUID, name: str, data: bytes, at: datetime) -> None:
    """Keeps the bytes of a file, in pieces: nobody has to hold them all."""
    db.execute(RECEIVE, (id, name, at))
    for part, begin in enumerate(range(0, max(len(data), 1), MB)):
        db.execute(PUT_PIECE, (id, part, data[begin : begin + MB]))


def piece(db: Connection, id: UUID, part: int) -> bytes | None:
    row = db.execute(PIECE, (id, part)).fetchone()
    return row[0] if row else None


def has_bytes(db: Connection, id: UUID) -> bool:
    """Whether it still waits to be read."""
    return db.execute(HAS_PIECES, (id,)).fetchone()[0]


def put_rows(db: Connection, id: UUID, rows: list[Row]) -> None:
    numbers, marks = [row.number for row in rows], [row.has_open_quote for row in rows]
    db.execute(PUT_ROWS, (id, numbers, [Jsonb(row.cells) for row in rows], marks))


def put_head(db: Connection, id: UUID, written_as: str, headings: list[str], fields: list[str]) -> None:
    """Says how the file was written and where its columns go; its bytes are not needed any more."""
    db.execute(PUT_HEAD, (written_as, Jsonb(headings), Jsonb(fields), id))
    db.execute(DROP_PIECES, (id,))


def note_looked(db: Connection, id: UUID, count: int) -> None:
    """How many rows a job has looked through."""
    db.execute(LOOKED, (id, count))


def looked(db: Connection, id: UUID) -> int:
    row = db.execute(PREVIEWS, (id,)).fetchone()
    return row[0] if row else 0


def put_previews(db: Connection, id: UUID, seen: dict[str, Any]) -> None:
    db.execute(PUT_PREVIEWS, (Jsonb(seen), id))


def previews(db: Connection, id: UUID) -> dict[str, Any] | None:
    row = db.execute(PREVIEWS, (id,)).fetchone()
    return row[1] if row else None


def drop_previews(db: Connection, id: UUID) -> None:
    db.execute(DROP_PREVIEWS, (id,))


def drop(db: Connection, id: UUID) -> None:
    """Nothing of what stood in the file is left."""
    db.execute(DROP_PIECES, (id,))
    db.execute(DROP_ROWS, (id,))


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
    for statement in (DROP_PIECES, DROP_PREVIEWS, FORGET):
        db.execute(statement, (id,))
