"""Appointments over HTTP: booking, reading, moving, settling, undoing."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from booking import commands, queries
from booking.queries import WORDS_OF, AppointmentRead
from kernel.zones import day_spans, instant_of
from projections import appointments as listing
from projections.appointments import Filter
from web import visit
from web.api.appointment_bodies import (
    AppointmentBody,
    Appointments,
    AskedPage,
    Book,
    Cancel,
    Decline,
    Edit,
    Move,
    Plain,
    Reasoned,
    Restore,
    Telling,
)
from web.api.call import DESK, act, existing, fresh_id, house, kept, made, tagged
from web.api.family import Family
from web.api.fields import Body, cursor_of, local, page_of, read_cursor
from web.entry import needs

appointments = Family("appointments", __name__, description="The promises of a time, and all that happens to them.")


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
@appointments.arguments(Restore)
@appointments.response(200, AppointmentBody)
@needs("appointments:write")
def restore(facts: dict[str, Any], id: UUID) -> Any:
    """Brings a cancelled, declined or expired one back at its time, if that is still free."""
    by = act(id, is_online=facts.pop("online"))
    return done(id, commands.restore_appointment(visit.store(), id, **facts, by=by))


def settle(
    name: str, command: Callable[..., int], sentence: str, schema: type[Body] = Plain, scope: str = DESK
) -> None:
    """One route for each way of settling an appointment that needs nothing but perhaps a reason."""

    @needs(scope)
    def view(facts: dict[str, Any], id: UUID) -> Any:
        return done(id, command(visit.store(), id, **facts, by=act(id)))

    view.__name__, view.__doc__ = name, sentence
    answered = appointments.response(200, AppointmentBody)(view)
    appointments.post(f"/appointments/<uuid:id>/{name}")(appointments.arguments(schema)(answered))


settle("approve", commands.approve_appointment, "The house says yes to a request.", Telling)
settle("confirm", commands.confirm_appointment, "The client says yes to a proposal.", Telling, "appointments:write")
settle("decline", commands.decline_appointment, "A request or proposal comes to nothing.", Decline)
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
