"""Free time over HTTP: every start, the first one, the days of a month, and why a start is not offered."""

from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, post_load, validate

from agenda import queries
from agenda.explain import Obstacle
from agenda.queries import Slot
from agenda.service import LONGEST_MINUTES
from agenda.wanted import Wanted
from booking.online import must_be_found_online
from kernel.zones import DAY, instant_of
from web import visit
from web.api.call import house, is_at_desk
from web.api.family import Family
from web.api.fields import AskedWhole, Body, Day, local
from web.entry import needs
from web.forms import Instant

slots = Family("slots", __name__, description="Bookable starts, found by the very engine that books.")

MOST_DAYS = 62
ONLINE = "As clients find them online, within lead time and horizon; so it is for a token without appointments:desk."


class Asked(Body):
    """A visit of several services is asked for by repeating `service_id` in their order."""

    service_id = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 10))
    resource_id = fields.List(
        fields.UUID(), load_default=list, validate=validate.Length(max=20), metadata={"description": "Only with these."}
    )
    duration_minutes = AskedWhole(1, LONGEST_MINUTES, metadata={"description": "In place of the service's own."})
    online = fields.Boolean(load_default=False, metadata={"description": ONLINE})

    @post_load
    def to_wanted(self, facts: dict[str, Any], **_: Any) -> dict[str, Any]:
        minutes = facts.pop("duration_minutes", None)
        resources = tuple(facts.pop("resource_id"))
        facts["wanted"] = [Wanted(id, resources, minutes) for id in facts.pop("service_id")]
        facts["for_staff"] = not facts.pop("online") and is_at_desk()
        return facts


class AskedDays(Asked):
    first = Day(required=True, data_key="from", metadata={"description": "First local date."})
    last = Day(required=True, data_key="to", metadata={"description": f"Last local date, at most {MOST_DAYS} on."})

    @post_load
    def to_dates(self, facts: dict[str, Any], **_: Any) -> dict[str, Any]:
        if not facts["first"] <= facts["last"] <= facts["first"] + MOST_DAYS * DAY:
            raise ValidationError({"to": [f"from `from` to {MOST_DAYS} days after it"]})
        return facts


class AskedAfter(Asked):
    after = Instant(load_default=None, metadata={"description": "Now, if left out."})


class SlotBody(Body):
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    zone = fields.String()
    resource_ids = fields.List(
        fields.List(fields.UUID()), metadata={"description": "Who serves each part of the visit, in a row."}
    )


class Slots(Body):
    zone = fields.String()
    items = fields.List(fields.Nested(SlotBody))


class FirstSlot(Body):
    slot = fields.Nested(SlotBody, allow_none=True)


class FreeDay(Body):
    on = fields.Date()
    starts = fields.Integer(metadata={"description": "How many starts this date still offers."})


class FreeDays(Body):
    items = fields.List(fields.Nested(FreeDay))


class Reason(Body):
    code = fields.String()
    facts = fields.Dict(keys=fields.String())


class RefusedStart(Body):
    resource_id = fields.UUID()
    starts_at = fields.AwareDateTime()
    zone = fields.String()
    reasons = fields.List(fields.Nested(Reason))


class RefusedStarts(Body):
    items = fields.List(fields.Nested(RefusedStart))


@slots.get("/slots")
@slots.arguments(AskedDays, location="query")
@slots.response(200, Slots)
@needs("slots:read", "appointments:read")
def find(facts: dict[str, Any]) -> Any:
    """Every start that can be booked now, one for each minute at which somebody is free."""
    found = queries.find_slots(*house(), facts["wanted"], facts["first"], facts["last"], visit.now(), **staff(facts))
    return {"zone": visit.zone().key, "items": [body_of(slot) for slot in found]}


def staff(facts: dict[str, Any]) -> dict[str, bool]:
    if not facts["for_staff"]:
        must_be_found_online(*house(), (each.service_id for each in facts["wanted"]))
    return {"for_staff": facts["for_staff"]}


def body_of(slot: Slot) -> dict[str, Any]:
    zone = visit.zone().key
    times = {"starts_at": local(slot.starts_at, zone), "ends_at": local(slot.ends_at, zone)}
    return times | {"zone": zone, "resource_ids": slot.resource_ids}


@slots.get("/slots/first")
@slots.arguments(AskedAfter, location="query")
@slots.response(200, FirstSlot)
@needs("slots:read", "appointments:read")
def first(facts: dict[str, Any]) -> Any:
    """The first start from an instant on, up to a year ahead; null when there is none."""
    now = visit.now()
    found = queries.first_slot(*house(), facts["wanted"], facts["after"] or now, now, **staff(facts))
    return {"slot": body_of(found) if found else None}


@slots.get("/slots/days")
@slots.arguments(AskedDays, location="query")
@slots.response(200, FreeDays)
@needs("slots:read", "appointments:read")
def days(facts: dict[str, Any]) -> Any:
    """The dates that still offer a start; the others are left out."""
    found = queries.free_days(*house(), facts["wanted"], facts["first"], facts["last"], visit.now(), **staff(facts))
    return {"items": [{"on": on, "starts": starts} for on, starts in found.items()]}


@slots.get("/slots/refused")
@slots.arguments(AskedDays, location="query")
@slots.response(200, RefusedStarts)
@needs("appointments:read")
def refused(facts: dict[str, Any]) -> Any:
    """Why each start of each person's grid that is not offered is not, from the engine that refuses it.

    For one service. A reason's facts say what it met, in instants and plain values.
    """
    wanted = facts["wanted"][0]
    found = queries.refused_starts(*house(), wanted, facts["first"], facts["last"], visit.now(), **staff(facts))
    return {"items": [refusal_of(*each) for each in found]}


def refusal_of(resource_id: UUID, starts_at: datetime, reasons: list[Obstacle]) -> dict[str, Any]:
    zone = visit.zone().key
    told = [{"code": reason.code, "facts": facts_of(reason, zone)} for reason in reasons]
    return {"resource_id": resource_id, "starts_at": local(starts_at, zone), "zone": zone, "reasons": told}


def facts_of(reason: Obstacle, zone: str) -> dict[str, Any]:
    """The engine counts in epoch minutes; programs read instants, under a name that ends in `_at`."""
    return dict(fact_of(name, value, zone) for name, value in reason.facts.items() if value is not None)


def fact_of(name: str, value: Any, zone: str) -> tuple[str, Any]:
    if name.endswith("_minute"):
        return f"{name.removesuffix('_minute')}_at", local(instant_of(value), zone).isoformat()
    return name, value if isinstance(value, bool | int) else str(value)
