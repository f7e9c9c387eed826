"""Undoing an import: what it made goes to the archive, what it changed is taken back, what was used since stays."""

from typing import NamedTuple
from uuid import UUID

from clients.client import Client
from clients.commands import archive_client, take_back_client_versions
from clients.events import ClientAdded, ClientChanged, ClientRestored
from importing import staging
from importing.run import ImportRun
from kernel.actors import Act
from kernel.errors import Refusal
from kernel.events import Event
from kernel.retries import with_retries
from kernel.store import Log, Store

A_FEW = 40
DONE = """
SELECT number, outcome, client_id, words_version FROM import_lines
WHERE import_id = %s AND undone = '' AND outcome IN ('imported', 'changed') ORDER BY number DESC LIMIT %s"""
UNDO = "UPDATE import_lines SET undone = %s WHERE import_id = %s AND number = %s"
COUNTS = "SELECT undone, count(*) FROM import_lines WHERE import_id = %s AND undone <> '' GROUP BY 1"
HAS_VISITS = "SELECT EXISTS (SELECT 1 FROM view_visits WHERE client_id = %s)"
ARCHIVED, RESTORED = "archived", "restored"


class Done(NamedTuple):
    """What a line of the file did: the file that it made, or the version of the words that it wrote."""

    number: int
    outcome: str
    client_id: UUID
    words_version: int | None


def undo_all(store: Store, id: UUID, by: Act) -> None:
    """From the last line to the first. May be stopped anywhere and called again."""
    act = by.using("clients.import")
    while with_retries(lambda: undo_some(store, id, act)):
        pass


def undo_some(store: Store, id: UUID, by: Act) -> int:
    with store.log(by) as log:
        staging.staged(log.connection, id, is_held=True)
        run = log.get(ImportRun, id)
        lines = [Done(*row) for row in log.connection.execute(DONE, (id, A_FEW)).fetchall()]
        if run.status != "undoing":
            return 0
        for line in lines:
            log.connection.execute(UNDO, (undo_line(log, id, line), id, line.number))
        if not lines:
            complete(log, run)
        return len(lines)


def undo_line(log: Log, id: UUID, line: Done) -> str:
    """`archived`, `restored`, or the reason why the file is left as it is."""
    client = log.get(Client, line.client_id)
    try:
        return undo_new(log, id, client) if line.outcome == "imported" else undo_change(log, client, line)
    except Refusal as refusal:
        return type(refusal).__name__


def undo_new(log: Log, id: UUID, client: Client) -> str:
    if client.is_archived:
        return "already_archived"
    if reason := used_since(log, id, client):
        return reason
    archive_client(log, client.id, by=log.by)
    return ARCHIVED


def used_since(log: Log, id: UUID, client: Client) -> str:
    """Why a file that this import made is left alone; empty when nobody touched it since."""
    events: list[Event] = list(log.events.get(client.id))
    if client.merged_into:
        return "merged"
    if any(event.via != "import" for event in events):
        return "changed"
    written = [event for event in events if isinstance(event, ClientAdded | ClientChanged | ClientRestored)]
    if written[-1].command != id:
        return "changed"
    return "visits" if log.connection.execute(HAS_VISITS, (client.id,)).fetchone()[0] else ""


def undo_change(log: Log, client: Client, line: Done) -> str:
    """What still stands of a change is taken back; of a file that was merged since, nothing."""
    if client.merged_into:
        return "merged"
    if not stands(client, line.words_version):
        return "changed"
    take_back_client_versions(log, client.id, [line.words_version], by=log.by)
    return RESTORED


def stands(client: Client, version: int) -> bool:
    """Whether some field has its value from this version."""
    return any(client.version_of(name) == version for name in client.written.get(version, []))


def complete(log: Log, run: ImportRun) -> None:
    counts = dict(log.connection.execute(COUNTS, (run.id,)).fetchall())
    archived, restored = counts.pop(ARCHIVED, 0), counts.pop(RESTORED, 0)
    run.undo(log.by, archived=archived, taken_back=restored, left=sum(counts.values()))
    log.keep(run)
