"""Client files over HTTP: reading, writing, archiving, blocking, their versions and notes."""

from typing import Any
from uuid import UUID

from flask import g
from msgspec.structs import asdict

from clients import commands, queries
from clients.queries import ClientCard, ClientFile, NoteCard, Version
from web import visit
from web.api.call import act, existing, fresh_id, house, kept, made, tagged
from web.api.client_bodies import (
    AddNote,
    AskedClients,
    ChangeClient,
    ChangeNote,
    ClientBody,
    ClientFileBody,
    Clients,
    CreateClient,
    ReasonBody,
    RestoreVersion,
    Versions,
)
from web.api.family import Family
from web.api.fields import cursor_of, local, page_of, read_cursor
from web.entry import needs

clients = Family("clients", __name__, description="Who comes. Words about people are here and never in events.")


@clients.get("/clients")
@clients.arguments(AskedClients, location="query")
@clients.response(200, Clients)
@needs("clients:read")
def list_clients(facts: dict[str, Any]) -> Any:
    """Files by name; with `words`, those that hold them."""
    last = read_cursor(facts["cursor"], tuple[UUID])
    after = queries.client(*house(), last[0]) if last else None
    limit = facts["limit"]
    if facts["words"]:
        found = queries.search(*house(), facts["words"], limit, after)
    else:
        found = queries.page(*house(), after=after, limit=limit, kind=facts["kind"])
    return page_of([body_of(card) for card in found], limit, cursor_of(found[-1].id) if found else "")


@clients.post("/clients")
@clients.arguments(CreateClient)
@clients.response(201, ClientBody)
@needs("clients:write")
def create(facts: dict[str, Any]) -> Any:
    """Opens a file; it needs at least a name. `/client-duplicates` tells first who may be on file already."""
    id = fresh_id(facts)
    position = commands.create_client(visit.store(), id, facts, country=g.member.country, by=act())
    return made(body_of(one(id)), position)


@clients.get("/clients/<uuid:id>")
@clients.response(200, ClientFileBody)
@needs("clients:read")
def read(id: UUID) -> Any:
    """One file with the team's notes; a merged duplicate's identifier leads to the file that was kept."""
    return tagged(file_body(existing(queries.client_file(*house(), id), "Client", id)))


@clients.route("/clients/<uuid:id>", methods=["PATCH"])
@clients.arguments(ChangeClient)
@clients.response(200, ClientBody)
@needs("clients:write")
def change(facts: dict[str, Any], id: UUID) -> Any:
    """Writes a new version with these fields; the others stay."""
    return done(id, commands.edit_client(visit.store(), id, facts, country=g.member.country, by=act(id)))


@clients.get("/clients/<uuid:id>/versions")
@clients.response(200, Versions)
@needs("clients:read")
def list_versions(id: UUID) -> Any:
    """Every version of the words, newest first: who wrote it, what was before and after."""
    one(id)
    return {"items": [version_body(each) for each in queries.versions(*house(), id)]}


@clients.post("/clients/<uuid:id>/versions/restore")
@clients.arguments(RestoreVersion)
@clients.response(200, ClientBody)
@needs("clients:write")
def restore_version(facts: dict[str, Any], id: UUID) -> Any:
    """The words of an old version, as a new one."""
    return done(id, commands.restore_client_version(visit.store(), id, facts["number"], by=act(id)))


@clients.post("/clients/<uuid:id>/archive")
@clients.response(200, ClientBody)
@needs("clients:write")
def archive(id: UUID) -> Any:
    """Out of lists and searches; visits stay, and so does a block."""
    return done(id, commands.archive_client(visit.store(), id, by=act(id)))


@clients.post("/clients/<uuid:id>/restore")
@clients.response(200, ClientBody)
@needs("clients:write")
def restore(id: UUID) -> Any:
    """Back into lists and searches."""
    return done(id, commands.restore_client(visit.store(), id, by=act(id)))


@clients.post("/clients/<uuid:id>/block")
@clients.arguments(ReasonBody)
@clients.response(200, ClientBody)
@needs("clients:write")
def block(facts: dict[str, Any], id: UUID) -> Any:
    """Keeps this person, in any writing of phone and address, from booking online; the house still can."""
    return done(id, commands.block_client(visit.store(), id, reason=facts["reason"], by=act(id)))


@clients.post("/clients/<uuid:id>/unblock")
@clients.arguments(ReasonBody)
@clients.response(200, ClientBody)
@needs("clients:write")
def unblock(facts: dict[str, Any], id: UUID) -> Any:
    """Lets this person book online again."""
    return done(id, commands.unblock_client(visit.store(), id, reason=facts["reason"], by=act(id)))


@clients.post("/clients/<uuid:id>/notes")
@clients.arguments(AddNote)
@clients.response(201, ClientFileBody)
@needs("clients:write")
def add_note(facts: dict[str, Any], id: UUID) -> Any:
    """A note of the team, never shown to the client."""
    entry_id = fresh_id(facts)
    position = commands.add_client_note(visit.store(), id, entry_id, **facts, by=act(id))
    return made(file_body(queries.client_file(*house(), id)), position)


@clients.route("/clients/<uuid:id>/notes/<uuid:note_id>", methods=["PATCH"])
@clients.arguments(ChangeNote)
@clients.response(200, ClientFileBody)
@needs("clients:write")
def change_note(facts: dict[str, Any], id: UUID, note_id: UUID) -> Any:
    """Other words, or pinned where the client is shown; one of the two a call."""
    if "words" in facts:
        position = commands.edit_client_note(visit.store(), id, note_id, facts["words"], by=act(id))
    else:
        is_pinned = facts.get("is_pinned", True)
        position = commands.pin_client_note(visit.store(), id, note_id, is_pinned=is_pinned, by=act(id))
    return tagged(file_body(queries.client_file(*house(), id)), **kept(position))


@clients.delete("/clients/<uuid:id>/notes/<uuid:note_id>")
@clients.response(200, ClientFileBody)
@needs("clients:write")
def remove_note(id: UUID, note_id: UUID) -> Any:
    """Takes the note off the file; that there was one stays in the history."""
    position = commands.remove_client_note(visit.store(), id, note_id, by=act(id))
    return tagged(file_body(queries.client_file(*house(), id)), **kept(position))


def done(id: UUID, position: int) -> Any:
    return tagged(body_of(one(id)), **kept(position))


def one(id: UUID) -> ClientCard:
    return existing(queries.client(*house(), id), "Client", id)


def body_of(card: ClientCard) -> dict[str, Any]:
    return asdict(card) | here(written_at=card.written_at)


def here(**instants: Any) -> dict[str, Any]:
    """Instants on the clock of the house, beside the name of its zone."""
    zone = visit.zone().key
    return {name: local(instant, zone) for name, instant in instants.items()} | {"zone": zone}


def file_body(file: ClientFile) -> dict[str, Any]:
    return body_of(file.card) | {
        "notes": [note_body(note) for note in file.notes],
        "duplicates": [body_of(card) for card in file.duplicates],
        "block_reason": file.block_reason,
        "blocked_at": here(at=file.blocked_at)["at"],
    }


def note_body(note: NoteCard) -> dict[str, Any]:
    return asdict(note) | here(at=note.at, edited_at=note.edited_at) | {"id": note.entry_id}


def version_body(version: Version) -> dict[str, Any]:
    who = {"on_behalf_of": version.behalf, "origin": version.via, "command_id": version.command}
    return asdict(version) | here(at=version.at) | who
