"""Everything that happens, over HTTP, in the order of the log."""

from typing import Any

from marshmallow import fields

from projections import feed
from web import visit
from web.api.family import Family
from web.api.fields import AskedWhole, Body, Text
from web.entry import needs

events = Family("events", __name__, description="What happened, oldest first, after a position that you keep.")

LAST_POSITION = 2**62


class AskedEvents(Body):
    after = AskedWhole(0, LAST_POSITION, load_default=0, metadata={"description": "The last position that you saw."})
    limit = AskedWhole(1, 500, load_default=100)
    name = fields.List(
        Text(100), load_default=None, metadata={"description": "Only of these."}
    )
    stream_id = fields.UUID(load_default=None, metadata={"description": "Of one appointment, client, service …"})


class FactBody(Body):
    position = fields.Integer(metadata={"description": "Its place in the one order; each is seen once."})
    name = fields.String(metadata={"description": "AppointmentBooked, AppointmentMoved, ClientChanged …"})
    stream_id = fields.UUID(metadata={"description": "Whose event it is."})
    version = fields.Integer()
    at = fields.AwareDateTime(metadata={"description": "When we learned it, in UTC."})
    happened_at = fields.AwareDateTime(allow_none=True, metadata={"description": "When it happened, if earlier."})
    zone = fields.String(metadata={"description": "The zone of `at` and `happened_at`: UTC."})
    actor = fields.String()
    on_behalf_of = fields.String()
    origin = fields.String()
    command_id = fields.UUID(metadata={"description": "Events of one command share it."})
    override = fields.List(fields.String())
    reason_id = fields.UUID(allow_none=True)
    facts = fields.Dict(keys=fields.String(), metadata={"description": "The event's own fields; never a word."})


class Facts(Body):
    items = fields.List(fields.Nested(FactBody))
    last = fields.Integer(metadata={"description": "Send it as `after` next time."})


@events.get("/events")
@events.arguments(AskedEvents, location="query")
@events.response(200, Facts)
@needs("events:read")
def since(facts: dict[str, Any]) -> Any:
    """The events after a position. When there are none, ask again later with the same position."""
    with visit.store().reading(visit.house()) as db:
        found = feed.since(
            db, facts["after"], names=facts["name"], stream_id=facts["stream_id"], limit=facts["limit"]
        )
    return {"items": [body_of(fact) for fact in found], "last": found[-1].position if found else facts["after"]}


def body_of(fact: feed.Fact) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in fact.__struct_fields__}


