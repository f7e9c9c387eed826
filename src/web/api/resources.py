"""Practitioners, rooms and machines over HTTP, and their hours."""

from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, post_load, validate

from agenda import commands, queries
from agenda.hours import DatedHours, DatedPeriod, Hours, WeeklyPeriod
from agenda.resource import KINDS, Resource
from kernel.errors import NotFound
from kernel.texts import words_of
from web import visit
from web.api.call import act, fresh_id, kept, left, made, tagged
from web.api.family import Family
from web.api.fields import Body, Day, Page, Paged, Text, Whole, slice_of
from web.api.organisation import OwnTerms, body_of
from web.entry import needs

resources = Family("resources", __name__, description="Who and what can be booked, and when they work.")

WALL_TIME = validate.Regexp(r"\A\d{1,2}:\d{2}\Z")
MOST_DAYS = 366


class ResourceFields(OwnTerms):
    trade = Text()
    colour = Text(40)
    capacity = Whole(1, 1000, metadata={"description": "How many it serves at once."})
    place_ids = fields.List(fields.UUID(), validate=validate.Length(max=50))
    rank = Whole(0, 10_000, metadata={"description": "The order of the columns."})
    has_hours = fields.Boolean(metadata={"description": "False when it is there at any hour."})
    max_per_day = Whole(1, 1000, allow_none=True)


class ChangeResource(ResourceFields):
    name = Text(least=1)
    is_active = fields.Boolean()


class AddResource(ResourceFields):
    id = fields.UUID()
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    name = Text(required=True)


class ResourceBody(AddResource):
    version = fields.Integer()
    is_active = fields.Boolean()
    zone = fields.String()


class AskedResources(Page):
    kind = fields.String(validate=validate.OneOf(KINDS))
    is_active = fields.Boolean()
    place_id = fields.UUID()


class Resources(Paged):
    items = fields.List(fields.Nested(ResourceBody), dump_only=True)


class PeriodBody(Body):
    start = fields.String(required=True, validate=WALL_TIME, metadata={"description": "09:00 on the wall."})
    end = fields.String(required=True, validate=WALL_TIME, metadata={"description": "At or before start: next day."})
    place_id = fields.UUID(load_default=None, allow_none=True)

    @post_load
    def to_period(self, facts: dict[str, Any], **_: Any) -> DatedPeriod:
        return DatedPeriod(**facts)


class WeeklyBody(PeriodBody):
    weekday = Whole(0, 6, required=True, metadata={"description": "0 is Monday."})
    from_on = Day(load_default=None, allow_none=True)
    until_on = Day(load_default=None, allow_none=True)
    every_weeks = Whole(1, 52, load_default=1)

    @post_load
    def to_period(self, facts: dict[str, Any], **_: Any) -> WeeklyPeriod:
        return WeeklyPeriod(**facts)


class DayBody(Body):
    periods = fields.List(fields.Nested(PeriodBody), required=True, validate=validate.Length(max=24))
    cause = fields.String(load_default="", validate=validate.Length(max=40))


class DatedBody(DayBody):
    on = Day(required=True)

    @post_load
    def to_hours(self, facts: dict[str, Any], **_: Any) -> DatedHours:
        return DatedHours(facts["on"], facts["periods"], facts["cause"])


class HoursBody(Body):
    weekly = fields.List(fields.Nested(WeeklyBody), load_default=list, validate=validate.Length(max=200))
    dated = fields.List(fields.Nested(DatedBody), load_default=list, validate=validate.Length(max=400))


@resources.get("/resources")
@resources.arguments(AskedResources, location="query")
@resources.response(200, Resources)
@needs("settings:read")
def list_resources(asked: dict[str, Any]) -> Any:
    """Every resource in the order of the columns, also those no longer active."""
    return slice_of([body for body in resource_bodies() if is_asked_for(body, asked)], asked)


def is_asked_for(body: dict[str, Any], asked: dict[str, Any]) -> bool:
    wanted = {name: asked[name] for name in ("kind", "is_active") if name in asked}
    is_there = "place_id" not in asked or asked["place_id"] in body["place_ids"]
    return is_there and all(body[name] == value for name, value in wanted.items())


@resources.post("/resources")
@resources.arguments(AddResource)
@resources.response(201, ResourceBody)
@needs("settings:write")
def add(facts: dict[str, Any]) -> Any:
    """A new practitioner, room or machine."""
    id = fresh_id(facts)
    position = commands.add_resource(visit.store(), id, **facts, by=act())
    return made(one(id, position), position)


@resources.get("/resources/<uuid:id>")
@resources.response(200, ResourceBody)
@needs("settings:read")
def read(id: UUID) -> Any:
    """One resource."""
    return tagged(one(id))


@resources.route("/resources/<uuid:id>", methods=["PATCH"])
@resources.arguments(ChangeResource)
@resources.response(200, ResourceBody)
@needs("settings:write")
def change(facts: dict[str, Any], id: UUID) -> Any:
    """Changes the fields named. A resource that leaves is no longer active; what it did stays."""
    position = commands.change_resource(visit.store(), id, **facts, by=act(id))
    return tagged(one(id, position), **kept(position))


def one(id: UUID, position: int = 0) -> dict[str, Any]:
    return resource_bodies(left(Resource, id, position))[0]


def resource_bodies(*some: Resource) -> list[dict[str, Any]]:
    """These, or every one in the order of the columns."""
    with visit.store().reading(visit.house()) as db:
        settings = queries.settings_of(db, visit.house())
        known = some or sorted(settings.resources.values(), key=lambda each: (each.rank, each.id))
        names = words_of(db, (each.name_id for each in known))
        zones = {each.id: settings.zone_at(each).key for each in known}
    return [body_of(each) | {"name": names.get(each.name_id, ""), "zone": zones[each.id]} for each in known]


@resources.get("/resources/<uuid:id>/hours")
@resources.response(200, HoursBody)
@needs("settings:read")
def read_hours(id: UUID) -> Any:
    """Weekly hours and dated exceptions, in wall time of their place."""
    return hours_of(id)


@resources.put("/resources/<uuid:id>/hours")
@resources.arguments(HoursBody)
@resources.response(200, HoursBody)
@needs("settings:write")
def set_hours(facts: dict[str, Any], id: UUID) -> Any:
    """Replaces all hours. Appointments that they leave outside stay."""
    position = commands.set_hours(visit.store(), id, Hours(facts["weekly"], facts["dated"]), by=act(id))
    return hours_of(id, position, **kept(position))


@resources.put("/resources/<uuid:id>/hours/<on>")
@resources.arguments(DayBody)
@resources.response(200, HoursBody)
@needs("settings:write")
def set_day(facts: dict[str, Any], id: UUID, on: str) -> Any:
    """Replaces the hours of one date; no periods close it."""
    position = commands.set_day_hours(visit.store(), id, day_of(on), facts["periods"], cause=facts["cause"], by=act(id))
    return hours_of(id, position, **kept(position))


@resources.delete("/resources/<uuid:id>/hours/<on>")
@resources.response(200, HoursBody)
@needs("settings:write")
def clear_day(id: UUID, on: str) -> Any:
    """The weekly hours hold again on this date."""
    position = commands.clear_day_hours(visit.store(), id, day_of(on), by=act(id))
    return hours_of(id, position, **kept(position))


def day_of(written: str) -> date:
    try:
        return Day().deserialize(written)
    except ValidationError as unreadable:
        raise NotFound(kind="Date", id=written) from unreadable


def hours_of(id: UUID, position: int = 0, **headers: str) -> Any:
    found = left(Resource, id, position)
    dated = [{"on": each.on, "periods": each.periods, "cause": each.reason} for each in found.hours.dated]
    return {"weekly": found.hours.weekly, "dated": dated}, 200, {"ETag": f'"{found.version}"', **headers}
