"""Appointments over HTTP: booking, reading, moving, settling, undoing."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import fields, post_load, validate

from agenda.service import LONGEST_MINUTES
from agenda.wanted import Wanted
from booking import commands, queries
from booking.appointment import MADE, STATUS_AFTER
from booking.queries import WORDS_OF, AppointmentRead
from booking.rules import RULES
from kernel.zones import day_spans, instant_of
from projections import appointments as listing
from projections.appointments import Filter
from web import visit
from web.api.call import act, existing, fresh_id, house, kept, made, tagged
from web.api.family import Family
from web.api.fields import WORDS, Body, Cents, Day, Page, Text, Whole, cursor_of, local, page_of, read_cursor
from web.entry import needs
from web.forms import Instant

appointments = Family("appointments", __name__, description="The promises of a time, and all that happens to them.")

STATUSES = tuple(dict.fromkeys(STATUS_AFTER.values()))
ONLINE = "Hold this call to what holds for clients online, though the token might act as the desk."


class ServiceAsked(Body):
    """A service of the visit, with the resources that were chosen; the others are found."""

    service_id = fields.UUID(required=True)
    resource_ids = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=20))
    duration_minutes = Whole(1, LONGEST_MINUTES, load_default=None, allow_none=True)

    @post_load
    def to_wanted(self, facts: dict[str, Any], **_: Any) -> Wanted:
        return Wanted(facts["service_id"], tuple(facts["resource_ids"]), facts["duration_minutes"])


class Overridable(Body):
    """Rules are set aside by the desk alone, by name, with a reason that stays in the history."""

    override = fields.List(fields.String(validate=validate.OneOf(sorted(RULES))), load_default=list)
    reason = Text(WORDS, load_default="")
    online = fields.Boolean(load_default=False, metadata={"description": ONLINE})


class SpokenBody(Body):
    note = Text(WORDS, metadata={"description": "For the team alone."})
    client_note = Text(WORDS, metadata={"description": "What the client said."})
    location = Text(WORDS)
    video_link = Text(WORDS)


class WordsBody(SpokenBody):
    answers = Text(WORDS)


class Book(Overridable, WordsBody):
    id = fields.UUID(metadata={"description": "Yours for good; drawn for you when left out."})
    client_id = fields.UUID(load_default=None, allow_none=True)
    starts_at = Instant(required=True)
    services = fields.List(fields.Nested(ServiceAsked), required=True, validate=validate.Length(1, 10))
    status = fields.String(load_default="booked", validate=validate.OneOf(list(MADE)))
    price_cents = Cents(allow_none=True, load_default=None)
    is_asked_for = fields.Boolean(load_default=False)
    hold_id = fields.UUID(load_default=None, allow_none=True, metadata={"description": "A hold that becomes it."})


class Move(Overridable):
    starts_at = Instant(required=True)
    services = fields.List(
        fields.Nested(ServiceAsked), validate=validate.Length(1, 10), metadata={"description": "As now, if left out."}
    )


class Reasoned(Body):
    reason = Text(WORDS, load_default="")


class Plain(Body):
    """Nothing to say."""


class Cancel(Reasoned):
    is_by_client = fields.Boolean(load_default=False, metadata={"description": "Who gave it up."})
    online = fields.Boolean(load_default=False, metadata={"description": ONLINE})


class Edit(WordsBody):
    client_id = fields.UUID(allow_none=True)
    price_cents = Cents(allow_none=True)
    is_asked_for = fields.Boolean()


class UseBody(Body):
    resource_id = fields.UUID()
    is_lead = fields.Boolean()


class SegmentBody(Body):
    service_id = fields.UUID()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    before_minutes = fields.Integer()
    after_minutes = fields.Integer()
    uses = fields.List(fields.Nested(UseBody))


class PromiseTerms(Body):
    services = fields.List(fields.String())
    lead_minutes = fields.Integer()
    horizon_days = fields.Integer(allow_none=True)
    notice_minutes = fields.Integer()
    needs_approval = fields.Boolean()


class AppointmentBody(Body):
    id = fields.UUID()
    version = fields.Integer()
    status = fields.String(validate=validate.OneOf(STATUSES))
    client_id = fields.UUID(allow_none=True)
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    zone = fields.String(metadata={"description": "Of the place; every instant here carries its offset."})
    wall_at = fields.String(metadata={"description": "What the clock on the wall says at the start."})
    services = fields.List(fields.Nested(SegmentBody))
    price_cents = fields.Integer(allow_none=True)
    currency = fields.String()
    is_asked_for = fields.Boolean()
    is_by_client = fields.Boolean()
    expires_at = fields.AwareDateTime(allow_none=True)
    note = fields.String()
    client_note = fields.String()
    location = fields.String()
    video_link = fields.String()
    answers = fields.String()
    source_id = fields.String()
    series_id = fields.UUID(allow_none=True)
    occurrence_on = fields.Date(allow_none=True, metadata={"description": "Its name in the series."})
    terms = fields.Nested(PromiseTerms, metadata={"description": "In force when it was made; they stay."})


class AskedPage(Page):
    first = Day(data_key="from", load_default=None, metadata={"description": "First local date of the start."})
    last = Day(data_key="to", load_default=None, metadata={"description": "Last local date, included."})
    client_id = fields.UUID(load_default=None)
    service_id = fields.UUID(load_default=None)
    resource_id = fields.UUID(load_default=None)
    status = fields.List(fields.String(validate=validate.OneOf(STATUSES)), load_default=None)


class Appointments(Body):
    items = fields.List(fields.Nested(AppointmentBody))
    next = fields.String(allow_none=True, metadata={"description": "The `cursor` of the next page; null at the end."})


@appointments.get("/appointments")
@appointments.arguments(AskedPage, location="query")
@appointments.response(200, Appointments)
@needs("appointments:read")
def list_appointments(facts: dict[str, Any]) -> Any:
    """Appointments by start, ended ones too, narrowed by what is given."""
    after = read_cursor(facts["cursor"], tuple[datetime, UUID])
    with visit.store().reading(visit.house()) as db:
        found = listing.page(db, filter_of(facts), after, facts["limit"])
        bodies = [body_of(each) for each in queries.appointments(db, [id for id, _ in found])]
    last = cursor_of(found[-1][1], found[-1][0]) if found else ""
    return page_of(bodies, facts["limit"], last)


def filter_of(facts: dict[str, Any]) -> Filter:
    first, last = facts["first"], facts["last"]
    return Filter(
        starts_from=instant_of(day_spans(visit.zone(), first, first)[0][0]) if first else None,
        starts_before=instant_of(day_spans(visit.zone(), last, last)[0][1]) if last else None,
        client_id=facts["client_id"],
        service_id=facts["service_id"],
        resource_id=facts["resource_id"],
        statuses=facts["status"],
    )


@appointments.post("/appointments")
@appointments.arguments(Book)
@appointments.response(201, AppointmentBody)
@needs("appointments:write")
def book(facts: dict[str, Any]) -> Any:
    """Makes an appointment with all that it needs, or none of it.

    `requested` waits for the house to approve, `proposed` for the client to confirm; both hold their time.
    """
    id, by = fresh_id(facts), act(is_online=facts.pop("online"))
    who, when, wanted = facts.pop("client_id"), facts.pop("starts_at"), facts.pop("services")
    position = commands.book_appointment(visit.store(), id, who, when, wanted, **facts, by=by)
    return made(as_of(id, position), position)


@appointments.get("/appointments/<uuid:id>")
@appointments.response(200, AppointmentBody)
@needs("appointments:read")
def read(id: UUID) -> Any:
    """One appointment as it is now."""
    return tagged(body_of(existing(queries.appointment(*house(), id), "Appointment", id)))


@appointments.route("/appointments/<uuid:id>", methods=["PATCH"])
@appointments.arguments(Edit)
@appointments.response(200, AppointmentBody)
@needs("appointments:write")
def edit(facts: dict[str, Any], id: UUID) -> Any:
    """Changes the fields named; empty words take a text away."""
    words = {name: facts.pop(name) for name in WORDS_OF if name in facts}
    return done(id, commands.edit_appointment(visit.store(), id, words=words, **facts, by=act(id)))


@appointments.post("/appointments/<uuid:id>/move")
@appointments.arguments(Move)
@appointments.response(200, AppointmentBody)
@needs("appointments:write")
def move(facts: dict[str, Any], id: UUID) -> Any:
    """Another time, other people or rooms, other services or lengths; the appointment stays the same one."""
    by, wanted = act(id, is_online=facts.pop("online")), facts.pop("services", None)
    return done(id, commands.move_appointment(visit.store(), id, facts.pop("starts_at"), wanted=wanted, **facts, by=by))


@appointments.post("/appointments/<uuid:id>/cancel")
@appointments.arguments(Cancel)
@appointments.response(200, AppointmentBody)
@needs("appointments:write")
def cancel(facts: dict[str, Any], id: UUID) -> Any:
    """Ends it and gives its time back."""
    by = act(id, is_online=facts.pop("online"))
    return done(id, commands.cancel_appointment(visit.store(), id, **facts, by=by))


@appointments.post("/appointments/<uuid:id>/restore")
@appointments.arguments(Overridable)
@appointments.response(200, AppointmentBody)
@needs("appointments:write")
def restore(facts: dict[str, Any], id: UUID) -> Any:
    """Brings a cancelled, declined or expired one back at its time, if that is still free."""
    by = act(id, is_online=facts.pop("online"))
    return done(id, commands.restore_appointment(visit.store(), id, **facts, by=by))


def settle(name: str, command: Callable[..., int], sentence: str, schema: type[Body] = Plain) -> None:
    """One route for each way of settling an appointment that needs nothing but perhaps a reason."""

    @needs("appointments:write")
    def view(facts: dict[str, Any], id: UUID) -> Any:
        return done(id, command(visit.store(), id, **facts, by=act(id)))

    view.__name__, view.__doc__ = name, sentence
    answered = appointments.response(200, AppointmentBody)(view)
    appointments.post(f"/appointments/<uuid:id>/{name}")(appointments.arguments(schema)(answered))


settle("approve", commands.approve_appointment, "The house says yes to a request.")
settle("confirm", commands.confirm_appointment, "The client says yes to a proposal.")
settle("decline", commands.decline_appointment, "A request or proposal comes to nothing.", Reasoned)
settle("arrive", commands.mark_arrived, "The client is here.")
settle("complete", commands.mark_completed, "It took place.")
settle("miss", commands.mark_missed, "The client did not come.", Reasoned)
settle("reopen", commands.reopen_appointment, "Arrived, completed or missed was noted by mistake.")


def done(id: UUID, position: int) -> Any:
    return tagged(as_of(id, position), **kept(position))


def as_of(id: UUID, position: int) -> dict[str, Any]:
    """The appointment as this call left it, also when the call is only repeated later."""
    return body_of(existing(queries.appointment(*house(), id, position or None), "Appointment", id))


def body_of(read: AppointmentRead) -> dict[str, Any]:
    found, zone = read.appointment, read.appointment.zone
    return {
        **{name: getattr(found, name) for name in found.__struct_fields__ if name in AppointmentBody._declared_fields},
        **read.words,
        "starts_at": local(found.segments[0].starts_at, zone),
        "ends_at": local(found.segments[-1].ends_at, zone),
        "expires_at": local(found.expires_at, zone),
        "services": [segment_body(segment, zone) for segment in found.segments],
    }


def segment_body(segment: Any, zone: str) -> dict[str, Any]:
    return {
        "service_id": segment.service_id,
        "starts_at": local(segment.starts_at, zone),
        "ends_at": local(segment.ends_at, zone),
        "before_minutes": segment.before_minutes,
        "after_minutes": segment.after_minutes,
        "uses": segment.uses,
    }
