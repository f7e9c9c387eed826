"""Holds over HTTP: time kept for somebody who is still filling a form."""

from typing import Any
from uuid import UUID

from marshmallow import fields, validate

from booking import commands, queries
from web import visit
from web.api.appointment_bodies import SegmentBody, ServiceAsked
from web.api.appointments import segment_body
from web.api.call import act, existing, fresh_id, house, kept, made, tagged
from web.api.family import Family
from web.api.fields import Body, local
from web.entry import needs
from web.forms import Instant

holds = Family("holds", __name__, description="Time kept for whoever is filling a form, for as long as terms say.")


class HoldTime(Body):
    id = fields.UUID()
    starts_at = Instant(required=True)
    services = fields.List(fields.Nested(ServiceAsked), required=True, validate=validate.Length(1, 10))


class HoldBody(Body):
    id = fields.UUID()
    version = fields.Integer()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    zone = fields.String()
    services = fields.List(fields.Nested(SegmentBody))
    expires_at = fields.AwareDateTime()
    is_over = fields.Boolean(metadata={"description": "Given up, expired, or become an appointment."})


@holds.post("/holds")
@holds.arguments(HoldTime)
@holds.response(201, HoldBody)
@needs("appointments:write")
def hold(facts: dict[str, Any]) -> Any:
    """Keeps a start for a few minutes; name it as `hold_id` when booking."""
    id = fresh_id(facts)
    position = commands.hold_time(visit.store(), id, facts["starts_at"], facts["services"], by=act())
    return made(one(id), position)


@holds.get("/holds/<uuid:id>")
@holds.response(200, HoldBody)
@needs("appointments:read")
def read(id: UUID) -> Any:
    """One hold, over or not."""
    return tagged(one(id))


@holds.delete("/holds/<uuid:id>")
@holds.response(200, HoldBody)
@needs("appointments:write")
def release(id: UUID) -> Any:
    """Gives the time back before it expires."""
    position = commands.release_hold(visit.store(), id, by=act(id))
    return tagged(one(id), **kept(position))


def one(id: UUID) -> dict[str, Any]:
    found = existing(queries.hold(*house(), id), "Hold", id)
    zone = found.zone
    return {
        "id": found.id,
        "version": found.version,
        "starts_at": local(found.segments[0].starts_at, zone),
        "ends_at": local(found.segments[-1].ends_at, zone),
        "zone": zone,
        "services": [segment_body(segment, zone) for segment in found.segments],
        "expires_at": local(found.expires_at, zone),
        "is_over": found.is_over or visit.now() >= found.expires_at,
    }
