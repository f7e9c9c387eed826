"""Reading an uploaded file apart and keeping its rows, a few at a time; may be stopped anywhere and begun again."""

from collections.abc import Iterator
from itertools import count
from uuid import UUID

from msgspec.structs import replace

from importing import staging
from importing.apart import PATIENCE, StillReading, read_apart
from importing.commands import prepare_import, receive_import, reject_import
from importing.parts import Asked, Head, Rows
from importing.report import FileRefused
from importing.run import ImportNotPossible
from importing.table import Row
from kernel.actors import Act
from kernel.store import Store

CLIENTS = Asked("clients")
# Bytes that are read while whoever uploads them waits, for so many seconds; the rest is read by a job.
SMALL, AT_ONCE = 128 * 1024, 0.8


class Settled(Exception):  # noqa: N818 — no fault: somebody else was faster, or the file was given up
    """There is nothing to read any more."""


def take_in(store: Store, id: UUID, name: str, data: bytes, *, by: Act) -> int:
    """Receives a file, and reads it where that takes no time; returns the position. Raises FileRefused."""
    received = receive_import(store, id, name, data, by=by)
    if len(data) > SMALL:
        return received
    try:
        return max(received, read_upload(store, id, by=by, seconds=AT_ONCE))
    except StillReading:
        return received


def read_upload(store: Store, id: UUID, *, by: Act, seconds: float = PATIENCE) -> int:
    """Keeps the rows of a received file; returns the position, 0 when there was nothing to read any more.

    Raises FileRefused once the refusal is noted, StillReading after `seconds`: then nothing is decided yet.
    """
    act = replace(by, key="")
    try:
        return decide(store, id, act, seconds)
    except (Settled, ImportNotPossible):
        return 0


def decide(store: Store, id: UUID, by: Act, seconds: float) -> int:
    try:
        head = keep_rows(store, id, by, seconds)
        return prepare_import(store, id, head.written_as, head.headings, by=by)
    except FileRefused as refused:
        reject_import(store, id, refused.reason, refused.facts, by=by)
        raise


def keep_rows(store: Store, id: UUID, by: Act, seconds: float) -> Head:
    head = Head("", [])
    for part in read_apart(CLIENTS, pieces(store, id, by), seconds):
        if isinstance(part, Rows):
            put_rows(store, id, by, part.rows)
        elif isinstance(part, Head):
            head = part
    return head


def pieces(store: Store, id: UUID, by: Act) -> Iterator[bytes]:
    """The bytes that wait, each piece read in a transaction of its own."""
    for part in count():
        with store.reading(by.organisation_id) as db:
            piece = staging.piece(db, id, part)
        if piece is None:
            break
        yield piece
    if not part:
        raise Settled


def put_rows(store: Store, id: UUID, by: Act, rows: list[Row]) -> None:
    with store.reading(by.organisation_id) as db:
        staging.staged(db, id, is_held=True)
        if not staging.has_bytes(db, id):
            raise Settled
        staging.put_rows(db, id, rows)
