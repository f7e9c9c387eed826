"""One day over HTTP as the desk sees it: a column for each resource, open and away times, every appointment in it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from flask import Response, current_app
from marshmallow import fields, validate
from msgspec.structs import replace

from projections import desk
from projections.desk import Absent, Column, Line
from web import visit
from web.api.family import Family
from web.api.fields import Body
from web.api.resources import day_of
from web.entry import needs

days = Family("days", __name__, description="The agenda of one day.")


class AskedDay(Body):
    resource_id = fields.List(
        fields.UUID(),
        load_default=None,
        validate=validate.Length(max=200),
        metadata={"description": "All practitioners when left out."},
    )


class Span(Body):
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()


class AbsentBody(Span):
    absence_id = fields.UUID()
    reason = fields.String()


class LineBody(Span):
    appointment_id = fields.UUID()
    version = fields.Integer()
    status = fields.String()
    part = fields.Integer(metadata={"description": "Which service of the visit, from 0."})
    parts = fields.Integer()
    client_id = fields.UUID(allow_none=True)
    client_name = fields.String()
    service_id = fields.UUID()
    resource_id = fields.UUID()
    zone = fields.String(metadata={"description": "Of the place."})
    service_name = fields.String()
    colour = fields.String()
    is_lead = fields.Boolean()
    is_asked_for = fields.Boolean()
    has_note = fields.Boolean()
    has_location = fields.Boolean()
    capacity = fields.Integer(metadata={"description": "How many may share the time of this service."})
    shown_on = fields.Date(metadata={"description": "The local date whose column this is."})


class ColumnBody(Body):
    resource_id = fields.UUID()
    name = fields.String()
    fill = fields.Integer(allow_none=True, metadata={"description": "Percent of open time booked; null when closed."})
    open = fields.List(fields.Nested(Span))
    absences = fields.List(fields.Nested(AbsentBody))
    appointments = fields.List(fields.Nested(LineBody))


class AgendaBody(Body):
    on = fields.Date()
    zone = fields.String(metadata={"description": "Every instant here carries its offset."})
    closed = fields.String(metadata={"description": "The holiday for which a place is closed, if one is."})
    pending = fields.Integer(metadata={"description": "Requests that wait for the house, from this day on."})
    columns = fields.List(fields.Nested(ColumnBody))


@days.get("/days/<on>")
@days.arguments(AskedDay, location="query")
@days.alt_response(200, schema=AgendaBody)
@needs("appointments:read")
def day(facts: dict[str, Any], on: str) -> Response:
    """A day's columns. Written straight from the rows: a day of fifty people holds a thousand of them."""
    found = desk.day(visit.store(), visit.house(), day_of(on), facts["resource_id"])
    zone = ZoneInfo(found.zone)
    columns = [column_body(each, zone) for each in found.columns]
    body = {"on": found.on, "zone": found.zone, "closed": found.closed, "pending": found.pending, "columns": columns}
    return current_app.response_class(msgspec.json.encode(body), content_type="application/json")


def column_body(column: Column, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "resource_id": column.resource.id,
        "name": column.resource.name,
        "fill": column.fill,
        "open": [span(*period, zone) for period in column.periods],
        "absences": [absent_body(each, zone) for each in column.absences],
        "appointments": [line_body(line, zone) for line in column.lines],
    }


def line_body(line: Line, zone: ZoneInfo) -> Line:
    """Only for writing: two wall times of one zone are not to be compared when clocks change."""
    return replace(line, starts_at=line.starts_at.astimezone(zone), ends_at=line.ends_at.astimezone(zone))


def span(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> dict[str, Any]:
    return {"starts_at": starts_at.astimezone(zone), "ends_at": ends_at.astimezone(zone)}


def absent_body(absent: Absent, zone: ZoneInfo) -> dict[str, Any]:
    more = {"absence_id": absent.absence_id, "reason": absent.reason}
    return span(absent.starts_at, absent.ends_at, zone) | more

