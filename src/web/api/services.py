"""Services over HTTP: what is done for a client, how long, by whom, at what price."""

from typing import Any
from uuid import UUID

from marshmallow import fields, post_load, validate

from agenda import commands, queries
from agenda.events import ServiceNeed
from agenda.resource import KINDS
from agenda.service import LONGEST_MINUTES, Service
from web import visit
from web.api.call import act, fresh_id, house, kept, left, made, tagged
from web.api.family import Family
from web.api.fields import WORDS, Body, Cents, Page, Paged, Text, Whole, known_currency, slice_of
from web.api.organisation import OwnTerms, body_of
from web.entry import needs

services = Family("services", __name__, description="What is done for a client, and who does it.")


class NeedBody(Body):
    """`count` resources of a kind at once: of these, or of all of that kind when none are named."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    count = Whole(1, 20, load_default=1)
    resource_ids = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=200))

    @post_load
    def to_need(self, facts: dict[str, Any], **_: Any) -> ServiceNeed:
        return ServiceNeed(**facts)


class AssignPerformer(Body):
    duration_minutes = Whole(1, LONGEST_MINUTES, allow_none=True, load_default=None)
    price_cents = Cents(allow_none=True, load_default=None)


class PerformerBody(AssignPerformer):
    resource_id = fields.UUID()


class ServiceFields(OwnTerms):
    description = Text(WORDS)
    category = Text()
    colour = Text(40)
    before_minutes = Whole(0, LONGEST_MINUTES)
    after_minutes = Whole(0, LONGEST_MINUTES)
    interval_minutes = Whole(1, LONGEST_MINUTES, allow_none=True)
    price_cents = Cents(allow_none=True)
    currency = fields.String(validate=known_currency)
    capacity = Whole(1, 1000)
    needs = fields.List(fields.Nested(NeedBody), validate=validate.Length(max=10))
    is_online = fields.Boolean()


class AddService(ServiceFields):
    id = fields.UUID()
    name = Text(required=True)
    duration_minutes = Whole(1, LONGEST_MINUTES, required=True)


class ChangeService(ServiceFields):
    name = Text(least=1)
    duration_minutes = Whole(1, LONGEST_MINUTES)
    is_active = fields.Boolean()


class ServiceBody(AddService):
    version = fields.Integer()
    is_active = fields.Boolean()
    performers = fields.List(fields.Nested(PerformerBody))


class AskedServices(Page):
    is_active = fields.Boolean(load_default=True)
    category = Text()
    resource_id = fields.UUID(metadata={"description": "Those that this person performs."})


class Services(Paged):
    items = fields.List(fields.Nested(ServiceBody))


@services.get("/services")
@services.arguments(AskedServices, location="query")
@services.response(200, Services)
@needs("settings:read")
def list_services(asked: dict[str, Any]) -> Any:
    """Services by category and name; the active ones unless asked otherwise."""
    known = queries.services(*house(), is_active=asked["is_active"])
    return slice_of([body_of(each) for each in known if is_asked_for(each, asked)], asked)


def is_asked_for(service: Service, asked: dict[str, Any]) -> bool:
    is_of_category = asked.get("category", service.category) == service.category
    return is_of_category and ("resource_id" not in asked or service.performer(asked["resource_id"]) is not None)


@services.post("/services")
@services.arguments(AddService)
@services.response(201, ServiceBody)
@needs("settings:write")
def add(facts: dict[str, Any]) -> Any:
    """A new service; nobody performs it yet."""
    id = fresh_id(facts)
    position = commands.add_service(visit.store(), id, **facts, by=act())
    return made(one(id, position), position)


@services.get("/services/<uuid:id>")
@services.response(200, ServiceBody)
@needs("settings:read")
def read(id: UUID) -> Any:
    """One service, active or not."""
    return tagged(one(id))


@services.route("/services/<uuid:id>", methods=["PATCH"])
@services.arguments(ChangeService)
@services.response(200, ServiceBody)
@needs("settings:write")
def change(facts: dict[str, Any], id: UUID) -> Any:
    """Changes the fields named. Appointments keep the length, price and terms they were made with."""
    position = commands.change_service(visit.store(), id, **facts, by=act(id))
    return tagged(one(id, position), **kept(position))


@services.put("/services/<uuid:id>/performers/<uuid:resource_id>")
@services.arguments(AssignPerformer)
@services.response(200, ServiceBody)
@needs("settings:write")
def assign(facts: dict[str, Any], id: UUID, resource_id: UUID) -> Any:
    """This person performs the service, in an own time or at an own price where given."""
    position = commands.assign_performer(visit.store(), id, resource_id, **facts, by=act(id))
    return tagged(one(id, position), **kept(position))


@services.delete("/services/<uuid:id>/performers/<uuid:resource_id>")
@services.response(200, ServiceBody)
@needs("settings:write")
def remove(id: UUID, resource_id: UUID) -> Any:
    """This person no longer performs the service; appointments made stay."""
    position = commands.remove_performer(visit.store(), id, resource_id, by=act(id))
    return tagged(one(id, position), **kept(position))


def one(id: UUID, position: int = 0) -> dict[str, Any]:
    return body_of(left(Service, id, position))
