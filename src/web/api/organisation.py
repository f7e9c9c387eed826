"""The house itself over HTTP: organisation, places, closed dates, booking terms."""

from typing import Any
from uuid import UUID

from marshmallow import fields, validate

from accounts import commands, queries
from accounts.organisation import APPOINTMENT_WORDS, CLIENT_WORDS, Organisation
from accounts.place import Place
from agenda import commands as agenda
from agenda.closures import Closures, closures_id
from agenda.queries import booking_terms, closed_dates
from agenda.terms import BookingTerms, terms_id
from web import visit
from web.api.call import act, fresh_id, house, kept, left, made, tagged
from web.api.family import Family
from web.api.fields import Body, Day, Page, Paged, Text, Whole, known_country, known_currency, slice_of
from web.entry import needs

organisation = Family("organisation", __name__, description="The house, its places, closed dates and terms.")

LANGUAGES = ("fr", "en", "de", "ru")
LONGEST_WAIT = 366 * 24 * 60


class OwnTerms(Body):
    """Of one's own; null leaves a term to the next wider: service, resource, place, house."""

    lead_minutes = Whole(0, LONGEST_WAIT, allow_none=True, metadata={"description": "How soon one books online."})
    horizon_days = Whole(0, 3650, allow_none=True, metadata={"description": "How far ahead one books online."})
    notice_minutes = Whole(0, LONGEST_WAIT, allow_none=True, metadata={"description": "Until when clients alter."})


class OrganisationBody(Body):
    id = fields.UUID(dump_only=True)
    version = fields.Integer(dump_only=True)
    name = Text(least=1)
    trade = Text()
    country = fields.String(validate=known_country, metadata={"description": "ISO 3166 alpha-2."})
    zone = Text(metadata={"description": "IANA name; instants in answers carry its offset and this name."})
    language = fields.String(validate=validate.OneOf(LANGUAGES))
    currency = fields.String(validate=known_currency, metadata={"description": "ISO 4217."})
    accent = Text(metadata={"description": "The house's colour, #rrggbb, readable on white; empty for ours."})
    client_word = fields.String(validate=validate.OneOf(CLIENT_WORDS))
    appointment_word = fields.String(validate=validate.OneOf(APPOINTMENT_WORDS))


class ChangePlace(OwnTerms):
    name = Text(least=1)
    zone = Text(least=1)
    country = fields.String(validate=known_country)
    address = Text()


class OpenPlace(ChangePlace):
    id = fields.UUID()
    name = Text(required=True)
    zone = Text(required=True)
    country = fields.String(required=True, validate=known_country)


class PlaceBody(OpenPlace):
    version = fields.Integer(dump_only=True)


class Places(Paged):
    items = fields.List(fields.Nested(PlaceBody), dump_only=True)


class Closed(Body):
    on = Day(required=True)
    name = Text(load_default="")


class ClosedDates(Body):
    items = fields.List(fields.Nested(Closed))


class CloseDates(Body):
    items = fields.List(fields.Nested(Closed), required=True, validate=validate.Length(1, 400))


class Dates(Body):
    items = fields.List(Day(), required=True, validate=validate.Length(1, 400))


class Year(Body):
    year = Whole(1990, 2100, required=True)


class HouseTerms(Body):
    version = fields.Integer(dump_only=True)
    lead_minutes = Whole(0, LONGEST_WAIT)
    horizon_days = Whole(0, 3650, allow_none=True)
    notice_minutes = Whole(0, LONGEST_WAIT)
    hold_minutes = Whole(1, 24 * 60)
    request_hours = Whole(1, 24 * 366)
    needs_approval = fields.Boolean()


@organisation.get("/organisation")
@organisation.response(200, OrganisationBody)
@needs("settings:read")
def read() -> Any:
    """The organisation of this token."""
    return tagged(body_of(left(Organisation, visit.house())))


@organisation.route("/organisation", methods=["PATCH"])
@organisation.arguments(OrganisationBody)
@organisation.response(200, OrganisationBody)
@needs("settings:write")
def change(facts: dict[str, Any]) -> Any:
    """Changes the fields named; the others stay."""
    position = commands.change_organisation(visit.store(), **facts, by=act(visit.house()))
    return tagged(body_of(left(Organisation, visit.house(), position)), **kept(position))


def body_of(found: Any) -> dict[str, Any]:
    return {name: getattr(found, name) for name in found.__struct_fields__ if name != "pending"}


@organisation.get("/places")
@organisation.arguments(Page, location="query")
@organisation.response(200, Places)
@needs("settings:read")
def list_places(asked: dict[str, Any]) -> Any:
    """Every place, by name."""
    with visit.store().reading(visit.house()) as db:
        return slice_of([body_of(place) for place in queries.places(db)], asked)


@organisation.post("/places")
@organisation.arguments(OpenPlace)
@organisation.response(201, PlaceBody)
@needs("settings:write")
def open_place(facts: dict[str, Any]) -> Any:
    """A new place."""
    id = fresh_id(facts)
    terms = {name: facts.pop(name) for name in OwnTerms._declared_fields if name in facts}
    position = commands.open_place(visit.store(), id, **facts, **terms, by=act())
    return made(body_of(left(Place, id, position)), position)


@organisation.get("/places/<uuid:id>")
@organisation.response(200, PlaceBody)
@needs("settings:read")
def read_place(id: UUID) -> Any:
    """One place."""
    return tagged(body_of(left(Place, id)))


@organisation.route("/places/<uuid:id>", methods=["PATCH"])
@organisation.arguments(ChangePlace)
@organisation.response(200, PlaceBody)
@needs("settings:write")
def change_place(facts: dict[str, Any], id: UUID) -> Any:
    """Changes the fields named; appointments keep the zone they were made in."""
    position = commands.change_place(visit.store(), id, **facts, by=act(id))
    return tagged(body_of(left(Place, id, position)), **kept(position))


@organisation.get("/places/<uuid:id>/closures")
@organisation.response(200, ClosedDates)
@needs("settings:read")
def read_closures(id: UUID) -> Any:
    """The dates on which this place receives nobody."""
    left(Place, id)
    return closed_at(id)


@organisation.post("/places/<uuid:id>/closures")
@organisation.arguments(CloseDates)
@organisation.response(200, ClosedDates)
@needs("settings:write")
def close(facts: dict[str, Any], id: UUID) -> Any:
    """Closes dates. Appointments on them stay until somebody moves them."""
    named = {each["on"]: each["name"] for each in facts["items"]}
    position = agenda.close_dates(visit.store(), id, named, by=act())
    return closed_at(id, position), 200, kept(position)


@organisation.post("/places/<uuid:id>/closures/reopen")
@organisation.arguments(Dates)
@organisation.response(200, ClosedDates)
@needs("settings:write")
def reopen(facts: dict[str, Any], id: UUID) -> Any:
    """Opens dates again."""
    left(Place, id)
    position = agenda.reopen_dates(visit.store(), id, facts["items"], by=act())
    return closed_at(id, position), 200, kept(position)


@organisation.post("/places/<uuid:id>/closures/public-holidays")
@organisation.arguments(Year)
@organisation.response(200, ClosedDates)
@needs("settings:write")
def close_public_holidays(facts: dict[str, Any], id: UUID) -> Any:
    """Closes every public holiday of the place's country in a year."""
    position = agenda.close_public_holidays(visit.store(), id, facts["year"], by=act())
    return closed_at(id, position), 200, kept(position)


def closed_at(place_id: UUID, position: int = 0) -> dict[str, Any]:
    dates = left(Closures, closures_id(place_id), position).dates if position else closed_dates(*house(), place_id)
    return {"items": [{"on": on, "name": name} for on, name in sorted(dates.items())]}


@organisation.get("/terms")
@organisation.response(200, HouseTerms)
@needs("settings:read")
def read_terms() -> Any:
    """The house's own booking terms; services, resources and places may have others."""
    return tagged(body_of(booking_terms(*house())))


@organisation.put("/terms")
@organisation.arguments(HouseTerms)
@organisation.response(200, HouseTerms)
@needs("settings:write")
def set_terms(facts: dict[str, Any]) -> Any:
    """Sets the terms of promises made from now on; what is left out takes its default."""
    position = agenda.set_booking_terms(visit.store(), **facts, by=act(terms_id(visit.house())))
    return tagged(body_of(left(BookingTerms, terms_id(visit.house()), position)), **kept(position))


