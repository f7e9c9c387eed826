"""Duplicates of client files over HTTP: found, merged, taken apart again."""

from typing import Any
from uuid import UUID

from flask import g

from clients import commands, queries
from web import visit
from web.api.call import act, house, kept, tagged
from web.api.client_bodies import AskedDuplicates, ClientFileBody, Duplicates, Merge, Other, Pairs
from web.api.clients import body_of, clients, file_body, one
from web.entry import needs


@clients.get("/client-duplicates")
@clients.arguments(AskedDuplicates, location="query")
@clients.response(200, Duplicates)
@needs("clients:read")
def find_duplicates(facts: dict[str, Any]) -> Any:
    """Who may be on file already, by phone, e-mail, or name and date of birth in any writing; likeliest first."""
    found = queries.duplicates(*house(), facts, country=g.member.country)
    return {"items": [{"client": body_of(each.card), "shared": each.shared} for each in found]}


@clients.get("/client-duplicates/pairs")
@clients.response(200, Pairs)
@needs("clients:read")
def list_pairs() -> Any:
    """Pairs of files that may be of one person, over the whole house."""
    found = queries.probable_duplicates(*house())
    return {"items": [{"one": body_of(p.one), "other": body_of(p.other), "shared": p.shared} for p in found]}


@clients.post("/clients/<uuid:id>/merge")
@clients.arguments(Merge)
@clients.response(200, ClientFileBody)
@needs("clients:write")
def merge(facts: dict[str, Any], id: UUID) -> Any:
    """Joins a duplicate to this file: visits and notes are read together, nothing is lost, and it can be undone."""
    taken, duplicate_id = facts["fields_taken"], facts["duplicate_id"]
    position = commands.merge_clients(visit.store(), id, duplicate_id, fields=taken, by=act(id))
    return whole(id, position)


@clients.post("/clients/<uuid:id>/unmerge")
@clients.response(200, ClientFileBody)
@needs("clients:write")
def unmerge(id: UUID) -> Any:
    """Takes a merged duplicate, by its own identifier, apart again: both files are as they were, with their visits."""
    return whole(id, commands.unmerge_client(visit.store(), id, by=act(id)))


@clients.post("/clients/<uuid:id>/not-a-duplicate")
@clients.arguments(Other)
@clients.response(200, ClientFileBody)
@needs("clients:write")
def dismiss(facts: dict[str, Any], id: UUID) -> Any:
    """These two are two people: they are not proposed again."""
    return whole(id, commands.dismiss_duplicate(visit.store(), id, facts["other_id"], by=act(id)))


def whole(id: UUID, position: int) -> Any:
    one(id)
    return tagged(file_body(queries.client_file(*house(), id)), **kept(position))
