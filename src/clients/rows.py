"""The rows behind a client's file, written within a command: each version of the words, and how the file stands."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from msgspec import structs
from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from clients.client import Client
from clients.words import ClientWords, name_key, person_key, phone_key
from kernel.actors import Act
from kernel.errors import NotFound, Refusal
from kernel.store import Log

COLUMNS = ClientWords.__struct_fields__
OPENED = "INSERT INTO client_files (id) VALUES (%s)"
WRITE = f"""
INSERT INTO clients (id, file_id, version, {", ".join(COLUMNS)}, name_key, person_key, phone_key, written_at)
VALUES (%s, %s, %s, {", ".join(["%s"] * len(COLUMNS))}, %s, %s, %s, %s)"""
RETIRE = "UPDATE clients SET is_current = false WHERE id = %s AND is_current"
STAND = """
UPDATE clients SET revision = %s, is_blocked = %s, is_archived = %s, merged_into = %s WHERE id = %s AND is_current"""
VERSION = f"SELECT {', '.join(COLUMNS)} FROM clients WHERE id = %s AND version = %s AND erased_at IS NULL"
FILE_OF = "SELECT file_id FROM clients WHERE id = %s AND is_current"
FILES_IN = "SELECT id FROM clients WHERE file_id = %s AND is_current ORDER BY id"
LEAD_TO = "UPDATE clients SET file_id = %s WHERE file_id = %s AND is_current"
# Everything that was merged into the file, directly or through others.
LEAD_BACK = """
WITH RECURSIVE own AS (
    SELECT id FROM clients WHERE id = %(id)s AND is_current
    UNION SELECT c.id FROM clients c JOIN own ON c.merged_into = own.id WHERE c.is_current)
UPDATE clients SET file_id = %(id)s WHERE id IN (SELECT id FROM own) AND is_current"""


class VersionErased(Refusal):
    """The words of this version are not there, or not any more."""

    status = 404


def keep(log: Log, *clients: Client) -> None:
    """Keeps what these have decided; their current rows say how they stand."""
    changed = [client for client in clients if client.pending]
    log.keep(*changed)
    for client in changed:
        standing = (client.version, client.is_blocked, client.is_archived, client.merged_into, client.id)
        log.connection.execute(STAND, standing, prepare=True)


def write(log: Log, client: Client, words: ClientWords) -> None:
    """The words of the version that the client has just decided on; they are the current ones from now."""
    log.connection.execute(RETIRE if client.words_version > 1 else OPENED, (client.id,), prepare=True)
    values = structs.astuple(structs.replace(words, custom=Jsonb(words.custom)))
    keys = (name_key(f"{words.last_name} {words.first_name}"), person_key(words), phone_key(words.phone))
    row = (client.id, client.id, client.words_version, *values, *keys, log.by.at)
    log.connection.execute(WRITE, row, prepare=True)


def words_at(log: Log, id: UUID, version: int) -> ClientWords:
    with log.connection.cursor(row_factory=class_row(ClientWords)) as cursor:
        words = cursor.execute(VERSION, (id, version), prepare=True).fetchone()
    if words is None:
        raise VersionErased(version=version)
    return words


def current_words(log: Log, client: Client) -> ClientWords:
    return words_at(log, client.id, client.words_version)


def rewrite(log: Log, client: Client, after: ClientWords, by: Act, **marks: Any) -> None:
    """A new version with these words, where they differ; `marks` say what it takes back or restores."""
    client.change(differing_fields(current_words(log, client), after), by, **marks)
    if client.pending:
        write(log, client, after)


def differing_fields(before: ClientWords, after: ClientWords) -> list[str]:
    """The names of the fields that differ, custom ones by their identifiers."""
    names = [name for name in COLUMNS if name != "custom" and getattr(before, name) != getattr(after, name)]
    customs = sorted(before.custom.keys() | after.custom.keys())
    return names + [id for id in customs if before.custom.get(id) != after.custom.get(id)]


def value_of(words: ClientWords, name: str) -> Any:
    return getattr(words, name) if name in COLUMNS else words.custom.get(name)


def with_values(words: ClientWords, values: dict[str, Any]) -> ClientWords:
    """The words with these fields set, custom ones by identifier; a custom one without a value goes."""
    own = {name: value for name, value in values.items() if name in COLUMNS}
    custom = words.custom | {name: value for name, value in values.items() if name not in COLUMNS}
    return structs.replace(words, **own, custom={id: value for id, value in custom.items() if value is not None})


def words_without(log: Log, client: Client, versions: Collection[int]) -> ClientWords:
    """The current words as they would be without what these versions changed; whatever came later stays.

    A file keeps its name, even where that came from them.
    """
    now = current_words(log, client)
    names = {name for version in versions for name in client.written.get(version, [])}
    stand = {name: client.version_of(name, versions) for name in sorted(names)}
    known = {version: words_at(log, client.id, version) for version in set(stand.values())}
    values = {name: value_of(known[version], name) for name, version in stand.items()}
    words = with_values(now, values)
    return words if words.name else structs.replace(words, first_name=now.first_name, last_name=now.last_name)


def file_of(db: Connection, id: UUID) -> UUID:
    """The visible file that this one leads to; NotFound where there is none."""
    row = db.execute(FILE_OF, (id,), prepare=True).fetchone()
    if row is None:
        raise NotFound(kind="Client", id=str(id))
    return row[0]


def files_in(db: Connection, id: UUID) -> list[UUID]:
    """The visible file and all that were merged into it."""
    return [one for (one,) in db.execute(FILES_IN, (id,), prepare=True)]


def lead_to(log: Log, id: UUID, from_id: UUID) -> None:
    log.connection.execute(LEAD_TO, (id, from_id), prepare=True)


def lead_back(log: Log, id: UUID) -> None:
    log.connection.execute(LEAD_BACK, {"id": id})
