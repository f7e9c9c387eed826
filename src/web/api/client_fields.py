"""The house's own fields of client files over HTTP."""

from typing import Any
from uuid import UUID

from clients import commands, queries
from web import visit
from web.api.call import act, existing, fresh_id, house, kept, made, tagged
from web.api.client_bodies import AddField, ChangeField, FieldBody, Fields
from web.api.family import Family
from web.api.fields import Page, slice_of
from web.api.organisation import body_of
from web.entry import needs

client_fields = Family("client-fields", __name__, description="What the house writes on its files beyond the usual.")


@client_fields.get("/client-fields")
@client_fields.arguments(Page, location="query")
@client_fields.response(200, Fields)
@needs("clients:read")
def list_fields(asked: dict[str, Any]) -> Any:
    """Every field in its order, retired ones too."""
    return slice_of([body_of(each) for each in queries.client_fields(*house(), is_all=True)], asked)


@client_fields.post("/client-fields")
@client_fields.arguments(AddField)
@client_fields.response(201, FieldBody)
@needs("settings:write")
def add(facts: dict[str, Any]) -> Any:
    """A new field; a choice needs two things to choose from."""
    id = fresh_id(facts)
    position = commands.add_client_field(visit.store(), id, **facts, by=act())
    return made(one(id), position)


@client_fields.route("/client-fields/<uuid:id>", methods=["PATCH"])
@client_fields.arguments(ChangeField)
@client_fields.response(200, FieldBody)
@needs("settings:write")
def change(facts: dict[str, Any], id: UUID) -> Any:
    """Another label, order or choices; what is written stays."""
    return done(id, commands.change_client_field(visit.store(), id, **facts, by=act(id)))


@client_fields.delete("/client-fields/<uuid:id>")
@client_fields.response(200, FieldBody)
@needs("settings:write")
def retire(id: UUID) -> Any:
    """It is asked no more; what was written in it stays on the files."""
    return done(id, commands.retire_client_field(visit.store(), id, by=act(id)))


@client_fields.post("/client-fields/<uuid:id>/restore")
@client_fields.response(200, FieldBody)
@needs("settings:write")
def restore(id: UUID) -> Any:
    """It is asked again."""
    return done(id, commands.restore_client_field(visit.store(), id, by=act(id)))


def done(id: UUID, position: int) -> Any:
    return tagged(one(id), **kept(position))


def one(id: UUID) -> dict[str, Any]:
    known = queries.client_fields(*house(), is_all=True)
    return body_of(existing(next((each for each in known if each.id == id), None), "ClientField", id))
