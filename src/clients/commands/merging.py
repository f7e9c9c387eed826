"""Making one file of two, and two of one again."""

from collections.abc import Collection
from uuid import UUID

from clients import marks, rows
from clients.client import Client
from clients.words import ClientNameMissing, ClientWords
from kernel.actors import Act
from kernel.errors import NotFound
from kernel.store import Log, command

TELL_APART = "INSERT INTO distinct_clients (id, other_id) VALUES (%s, %s) ON CONFLICT DO NOTHING"
# The number in another program belongs to the file that was written there.
NEVER_TAKEN = frozenset({"number"})


@command("clients.merge", is_exclusive=True)
def merge_clients(log: Log, keep_id: UUID, absorb_id: UUID, *, fields: Collection[str] | None = None, by: Act) -> None:
    """The file `absorb_id` is found under `keep_id` from now on, with all its visits; nothing of it is lost.

    `fields` are the names of those whose words the kept file takes over, custom ones by identifier; None takes those
    that it lacks. Refused: FileMerged when one of them was merged before, FileMergedWithItself, FileInArchive.
    """
    kept, absorbed = log.get(Client, keep_id), log.get(Client, absorb_id)
    version = kept.words_version
    if keep_id != absorb_id:
        rows.rewrite(log, kept, united(log, kept, absorbed, fields), by)
    taken = kept.words_version if kept.words_version > version else 0
    kept.take_in(absorb_id, taken, by)
    absorbed.merge_into(keep_id, by)
    rows.keep(log, kept, absorbed)
    rows.lead_to(log, keep_id, absorb_id)
    if marks.is_file_blocked(log.connection, keep_id):
        marks.renew(log.connection, keep_id, by.at)


def united(log: Log, kept: Client, absorbed: Client, fields: Collection[str] | None) -> ClientWords:
    ours, theirs = rows.current_words(log, kept), rows.current_words(log, absorbed)
    names = rows.differing_fields(ours, theirs)
    if fields is None:
        chosen = [name for name in names if rows.value_of(ours, name) in ("", None) and name not in NEVER_TAKEN]
    else:
        chosen = [name for name in names if name in fields]
    words = rows.with_values(ours, {name: rows.value_of(theirs, name) for name in chosen})
    if not words.name:
        raise ClientNameMissing
    return words


@command("clients.merge", is_exclusive=True)
def unmerge_client(log: Log, absorbed_id: UUID, *, by: Act) -> None:
    """Both files as they were before, visits included; what was written in the kept file since then stays in it.

    FileNotMerged when it stands for itself, FileMerged when the file it is in was itself merged into another one.
    """
    absorbed = log.get(Client, absorbed_id)
    absorbed.must_be_merged()
    kept = log.get(Client, absorbed.merged_into)
    kept.must_be_open()
    if version := kept.duplicates[absorbed_id]:
        rows.rewrite(log, kept, rows.words_without(log, kept, [version]), by, takes_back=[version])
    kept.let_go(absorbed_id, by)
    absorbed.unmerge(by)
    rows.keep(log, kept, absorbed)
    was_blocked = marks.is_file_blocked(log.connection, kept.id)
    rows.lead_back(log, absorbed_id)
    for id in (kept.id, absorbed_id) if was_blocked else ():
        marks.renew(log.connection, id, by.at)


@command("clients.write")
def dismiss_duplicate(log: Log, id: UUID, other_id: UUID, *, by: Act) -> None:
    """These two are two people, however much they share; nobody is told otherwise again."""
    one, other = sorted((id, other_id))
    if log.find(Client, other) is None:
        raise NotFound(kind="Client", id=str(other))
    client = log.get(Client, one)
    client.tell_apart(other, by)
    rows.keep(log, client)
    log.connection.execute(TELL_APART, (one, other))
