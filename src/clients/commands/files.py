"""Opening a file, writing in it, putting an old version back, laying it in the archive."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from msgspec import structs

from clients import marks, rows
from clients.client import Client
from clients.client_field import ClientField
from clients.custom import checked_values
from clients.words import ClientWords, cleaned
from kernel.actors import Act
from kernel.store import Log, command


@command("clients.write")
def create_client(log: Log, id: UUID, facts: dict[str, Any], *, country: str = "FR", by: Act) -> None:
    """Opens a file. Asking again with the same identifier changes nothing.

    `facts` are the fields of ClientWords; `custom` holds values by the identifier of their field, as words or typed.
    """
    words = written(log, ClientWords(), facts, country)
    if log.find(Client, id):
        return
    client = Client(id=id)
    client.add(rows.differing_fields(ClientWords(), words), by)
    rows.write(log, client, words)
    rows.keep(log, client)


@command("clients.write")
def edit_client(log: Log, id: UUID, facts: dict[str, Any], *, country: str = "FR", by: Act) -> None:
    """Writes a new version with these fields; the others stay as they are, and so do custom ones that are not named."""
    client = log.get(Client, id)
    client.must_be_open()
    after = written(log, rows.current_words(log, client), facts, country)
    rows.rewrite(log, client, after, by)
    rows.keep(log, client)
    if marks.is_file_blocked(log.connection, id):
        marks.renew(log.connection, id, by.at)


def written(log: Log, before: ClientWords, facts: dict[str, Any], country: str) -> ClientWords:
    custom = facts.get("custom") or {}
    checked = checked_values(log.list(ClientField), custom, country) if custom else {}
    plain = {name: value for name, value in facts.items() if name != "custom"}
    return rows.with_values(cleaned(structs.asdict(before) | plain, country), checked)


@command("clients.write")
def restore_client_version(log: Log, id: UUID, version: int, *, by: Act) -> None:
    """Puts the words of an old version back, as a new one. VersionErased when they are not there."""
    client = log.get(Client, id)
    rows.rewrite(log, client, rows.words_at(log, id, version), by, restores=version)
    rows.keep(log, client)


@command("clients.write")
def take_back_client_versions(log: Log, id: UUID, versions: Collection[int], *, by: Act) -> None:
    """Undoes what these versions of the words changed; what was changed after them stays."""
    client = log.get(Client, id)
    after = rows.words_without(log, client, versions)
    rows.rewrite(log, client, after, by, takes_back=versions)
    rows.keep(log, client)


@command("clients.write")
def archive_client(log: Log, id: UUID, *, by: Act) -> None:
    """Takes a file out of lists and search; it stays, with its visits, and can be brought back."""
    client = log.get(Client, id)
    client.archive(by)
    rows.keep(log, client)


@command("clients.write")
def restore_client(log: Log, id: UUID, *, by: Act) -> None:
    client = log.get(Client, id)
    client.restore(by)
    rows.keep(log, client)
