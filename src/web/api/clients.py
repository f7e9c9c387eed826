"""Client files over HTTP."""

from typing import Any
from uuid import UUID

from flask import g
from marshmallow import fields
from msgspec.structs import asdict

from clients import commands, queries
from clients.queries import ClientCard
from web import visit
from web.api.call import act, existing, fresh_id, house, kept, made, tagged
from web.api.family import Family
from web.api.fields import WORDS, Body, Day, Page, Text, cursor_of, page_of, read_cursor
from web.entry import needs

clients = Family("clients", __name__, description="Who comes. Words about people are here and never in events.")


class ChangeClient(Body):
    title = Text(40)
    first_name = Text()
    last_name = Text()
    phone = Text(40, metadata={"description": "In any writing; kept as E.164."})
    email = Text()
    birth_on = Day(allow_none=True)
    address = Text()
    postcode = Text(20)
    town = Text()
    remarks = Text(WORDS)
    number = Text(80, metadata={"description": "Your own number for this client."})


class CreateClient(ChangeClient):
    id = fields.UUID()


class ClientBody(CreateClient):
    version = fields.Integer()
    written_at = fields.AwareDateTime(metadata={"description": "In UTC."})


class AskedClients(Page):
    words = Text(load_default="", metadata={"description": "Any part of a name, a phone, an e-mail."})


class Clients(Body):
    items = fields.List(fields.Nested(ClientBody))
    next = fields.String(allow_none=True)


@clients.get("/clients")
@clients.arguments(AskedClients, location="query")
@clients.response(200, Clients)
@needs("clients:read")
def list_clients(facts: dict[str, Any]) -> Any:
    """Files by name; with `words`, those that hold them, on one page."""
    if facts["words"]:
        found = queries.search(*house(), facts["words"], facts["limit"])
        return {"items": [asdict(card) for card in found], "next": None}
    after = read_cursor(facts["cursor"], tuple[UUID])
    found = queries.page(*house(), after=queries.client(*house(), after[0]) if after else None, limit=facts["limit"])
    return page_of([asdict(card) for card in found], facts["limit"], cursor_of(found[-1].id) if found else "")


@clients.post("/clients")
@clients.arguments(CreateClient)
@clients.response(201, ClientBody)
@needs("clients:write")
def create(facts: dict[str, Any]) -> Any:
    """Opens a file; it needs at least a name."""
    id = fresh_id(facts)
    position = commands.create_client(visit.store(), id, facts, country=g.member.country, by=act())
    return made(asdict(one(id)), position)


@clients.get("/clients/<uuid:id>")
@clients.response(200, ClientBody)
@needs("clients:read")
def read(id: UUID) -> Any:
    """One file in its present version."""
    return tagged(asdict(one(id)))


@clients.route("/clients/<uuid:id>", methods=["PATCH"])
@clients.arguments(ChangeClient)
@clients.response(200, ClientBody)
@needs("clients:write")
def change(facts: dict[str, Any], id: UUID) -> Any:
    """Writes a new version with these fields; the others stay."""
    one(id)
    position = commands.edit_client(visit.store(), id, facts, country=g.member.country, by=act(id))
    return tagged(asdict(one(id)), **kept(position))


def one(id: UUID) -> ClientCard:
    return existing(queries.client(*house(), id), "Client", id)
