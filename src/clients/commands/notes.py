"""Notes of the team on a client."""

from uuid import UUID

from clients.client import Client
from clients.rows import keep
from kernel.actors import Act
from kernel.errors import Refusal
from kernel.store import Log, command


class NoteEmpty(Refusal):
    pass


@command("clients.write")
def add_client_note(log: Log, client_id: UUID, entry_id: UUID, words: str, *, is_pinned: bool = False, by: Act) -> None:
    """`entry_id` names the note from now on; adding it again changes nothing."""
    client = log.get(Client, client_id)
    if entry_id in client.notes:
        return
    client.add_note(entry_id, wording(log, client, words), is_pinned, by)
    keep(log, client)


@command("clients.write")
def edit_client_note(log: Log, client_id: UUID, entry_id: UUID, words: str, *, by: Act) -> None:
    client = log.get(Client, client_id)
    client.note(entry_id)
    client.edit_note(entry_id, wording(log, client, words), by)
    keep(log, client)


@command("clients.write")
def pin_client_note(log: Log, client_id: UUID, entry_id: UUID, *, is_pinned: bool = True, by: Act) -> None:
    """A pinned note is shown wherever the client is."""
    client = log.get(Client, client_id)
    client.pin_note(entry_id, is_pinned, by)
    keep(log, client)


@command("clients.write")
def remove_client_note(log: Log, client_id: UUID, entry_id: UUID, *, by: Act) -> None:
    client = log.get(Client, client_id)
    client.remove_note(entry_id, by)
    keep(log, client)


def wording(log: Log, client: Client, words: str) -> UUID:
    if (id := log.write(words, kind="client_note", about=client.id)) is None:
        raise NoteEmpty
    return id
