"""Blocking a client from booking online, in a way that outlives the file."""

from uuid import UUID

from clients import marks, rows
from clients.client import Client
from kernel.actors import Act
from kernel.store import Log, command


@command("clients.block", is_exclusive=True)
def block_client(log: Log, id: UUID, *, reason: str = "", by: Act) -> None:
    """From now on nobody books online as this client, nor as anybody with a contact of theirs in any writing."""
    client = log.get(Client, id)
    client.block(by.because(log.write(reason, kind="reason", about=id)))
    rows.keep(log, client)
    marks.renew(log.connection, id, by.at)


@command("clients.block", is_exclusive=True)
def unblock_client(log: Log, id: UUID, *, reason: str = "", by: Act) -> None:
    """Lifts the block of the file and of all merged into it, and of their contacts, whoever they were blocked with."""
    client = log.get(Client, id)
    client.must_be_open()
    files = [client if one == id else log.get(Client, one) for one in rows.files_in(log.connection, id)]
    kept_out = [file for file in files if file.is_blocked] or marked(log, client)
    if kept_out:
        act = by.because(log.write(reason, kind="reason", about=id))
        for file in kept_out:
            file.unblock(act)
        rows.keep(log, *kept_out)
        marks.renew(log.connection, id, by.at)
        contacts = marks.marks_of(log.connection, marks.contacts_of(log.connection, id))
        log.connection.execute(marks.DROP_CONTACTS, (contacts,))


def marked(log: Log, client: Client) -> list[Client]:
    """The client, where only a contact shared with somebody blocked keeps them out."""
    contacts = marks.contacts_of(log.connection, client.id)
    return [client] if marks.are_marked(log.connection, contacts) else []
