"""Absences over HTTP: stretches of a resource's time that are not for booking."""

from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import fields, validate

from agenda import commands
from agenda.absence import Absence
from agenda.timetable import settings_of
from kernel.texts import words_of
from kernel.zones import DAY, day_spans, instant_of
from projections import absences as absences_view
from projections.absences import AbsenceLine
from web import visit
from web.api.call import act, fresh_id, kept, left, made, tagged
from web.api.family import Family
from web.api.fields import WORDS, Body, Day, Page, Paged, Text, local, slice_of
from web.api.organisation import body_of
from web.entry import needs
from web.forms import Instant

absences = Family("absences", __name__, description="When somebody or something is away.")

MOST_DAYS = 366


class MoveAbsence(Body):
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    is_whole_days = fields.Boolean(load_default=False)
    override = fields.List(
        fields.String(validate=validate.OneOf(["overlap"])),
        load_default=list,
        metadata={"description": "`overlap` lets it lie over another absence."},
    )


class PlanAbsence(MoveAbsence):
    id = fields.UUID()
    resource_id = fields.UUID(required=True)
    reason = Text(WORDS, load_default="")


class AbsenceBody(Body):
    id = fields.UUID()
    version = fields.Integer()
    resource_id = fields.UUID()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    zone = fields.String()
    is_cancelled = fields.Boolean()


class AbsenceLineBody(Body):
    id = fields.UUID()
    resource_id = fields.UUID()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    zone = fields.String()
    is_whole_days = fields.Boolean()
    reason = fields.String()


class Absences(Paged):
    items = fields.List(fields.Nested(AbsenceLineBody))


class AskedAbsences(Page):
    first = Day(required=True, data_key="from", metadata={"description": "First local date."})
    last = Day(required=True, data_key="to", metadata={"description": "Last local date, included."})
    resource_id = fields.UUID()


@absences.get("/absences")
@absences.arguments(AskedAbsences, location="query")
@absences.response(200, Absences)
@needs("settings:read")
def list_absences(facts: dict[str, Any]) -> Any:
    """The absences that touch these local dates, at most a year of them."""
    first, last = facts["first"], min(facts["last"], facts["first"] + MOST_DAYS * DAY)
    spans = day_spans(visit.zone(), first, last)
    if not spans:
        return {"items": [], "next": None}
    with visit.store().reading(visit.house()) as db:
        settings = settings_of(db, visit.house())
        found = absences_view.between(db, instant_of(spans[0][0]), instant_of(spans[-1][1]))
        reasons = words_of(db, (each.reason_id for each in found))
    zones = {id: settings.zone_at(each).key for id, each in settings.resources.items()}
    asked_for = [each for each in found if facts.get("resource_id", each.resource_id) == each.resource_id]
    lines = [line_of(each, zones[each.resource_id], reasons.get(each.reason_id, "")) for each in asked_for]
    return slice_of(lines, facts)


def line_of(found: AbsenceLine, zone: str, reason: str) -> dict[str, Any]:
    return {
        "id": found.absence_id,
        "resource_id": found.resource_id,
        "starts_at": local(found.starts_at, zone),
        "ends_at": local(found.ends_at, zone),
        "zone": zone,
        "is_whole_days": found.is_whole_days,
        "reason": reason,
    }


@absences.post("/absences")
@absences.arguments(PlanAbsence)
@absences.response(201, AbsenceBody)
@needs("settings:write")
def plan_absence(facts: dict[str, Any]) -> Any:
    """Takes a stretch out of booking. Appointments in it stay until somebody moves them."""
    id = fresh_id(facts)
    facts["override"] = tuple(facts["override"])
    position = commands.plan_absence(visit.store(), id, facts.pop("resource_id"), **facts, by=act())
    return made(absence(id, position), position)


@absences.get("/absences/<uuid:id>")
@absences.response(200, AbsenceBody)
@needs("settings:read")
def read_absence(id: UUID) -> Any:
    """One absence, cancelled or not."""
    return tagged(absence(id))


@absences.post("/absences/<uuid:id>/move")
@absences.arguments(MoveAbsence)
@absences.response(200, AbsenceBody)
@needs("settings:write")
def move_absence(facts: dict[str, Any], id: UUID) -> Any:
    """Other instants for the same absence."""
    absence(id)
    facts["override"] = tuple(facts["override"])
    starts_at: datetime = facts.pop("starts_at")
    position = commands.move_absence(visit.store(), id, starts_at, facts.pop("ends_at"), **facts, by=act(id))
    return tagged(absence(id, position), **kept(position))


@absences.delete("/absences/<uuid:id>")
@absences.response(200, AbsenceBody)
@needs("settings:write")
def cancel_absence(id: UUID) -> Any:
    """The time can be booked again; the absence stays in the history."""
    absence(id)
    position = commands.cancel_absence(visit.store(), id, by=act(id))
    return tagged(absence(id, position), **kept(position))


@absences.post("/absences/<uuid:id>/restore")
@absences.response(200, AbsenceBody)
@needs("settings:write")
def restore_absence(id: UUID) -> Any:
    """A cancelled absence stands again as it was, unless another one is there by now."""
    absence(id)
    position = commands.restore_absence(visit.store(), id, by=act(id))
    return tagged(absence(id, position), **kept(position))


def absence(id: UUID, position: int = 0) -> dict[str, Any]:
    found = left(Absence, id, position)
    body = body_of(found)
    zone = zone_of(found)
    return body | {"starts_at": local(found.starts_at, zone), "ends_at": local(found.ends_at, zone), "zone": zone}


def zone_of(found: Absence) -> str:
    with visit.store().reading(visit.house()) as db:
        settings = settings_of(db, visit.house())
        return settings.zone_at(settings.resources[found.resource_id]).key


