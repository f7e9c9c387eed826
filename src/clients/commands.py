"""What can be asked of client files."""

from typing import Any
from uuid import UUID

from msgspec import structs

from clients.client import Client
from clients.words import ClientWords, cleaned, name_key, phone_key
from kernel.actors import Act
from kernel.store import Log, command

COLUMNS = ClientWords.__struct_fields__
WRITE = f"""
INSERT INTO clients (id, version, {", ".join(COLUMNS)}, name_key, phone_key, written_at)
VALUES (%s, %s, {", ".join(["%s"] * len(COLUMNS))}, %s, %s, %s)"""
RETIRE = "UPDATE clients SET is_current = false WHERE id = %s AND is_current"
CURRENT = f"SELECT {', '.join(COLUMNS)} FROM clients WHERE id = %s AND is_current"


@command
def create_client(log: Log, id: UUID, facts: dict[str, Any], *, country: str = "FR", by: Act) -> None:
    """Opens a file. Asking again with the same identifier changes nothing."""
    words = cleaned(facts, country)
    if log.find(Client, id):
        return
    client = Client(id=id)
    client.add([name for name, value in structs.asdict(words).items() if value], by)
    write(log, client, words)
    log.keep(client)


@command
def edit_client(
    log: Log, id: UUID, facts: dict[str, Any], *, country: str = "FR", by: Act
) -> None:
    """Writes a new version with these fields; the others stay as they are."""
    client = log.get(Client, id)
    before = current_words(log, id)
    after = cleaned(structs.asdict(before) | facts, country)
    client.change(differing_fields(before, after), by)
    if client.pending:
        log.connection.execute(RETIRE, (id,))
        write(log, client, after)
        log.keep(client)


def current_words(log: Log, id: UUID) -> ClientWords:
    return ClientWords(**dict(zip(COLUMNS, log.connection.execute(CURRENT, (id,)).fetchone(), strict=True)))


def differing_fields(before: ClientWords, after: ClientWords) -> list[str]:
    return [name for name in COLUMNS if getattr(before, name) != getattr(after, name)]


def write(log: Log, client: Client, words: ClientWords) -> None:
    row = (client.id, client.words_version, *structs.astuple(words))
    keys = (name_key(f"{words.last_name} {words.first_name}"), phone_key(words.phone), log.by.at)
    log.connection.execute(WRITE, row + keys, prepare=True)
