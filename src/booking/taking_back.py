"""One action of an appointment taken back: as a new fact, with the rules of today, whatever happened since."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from agenda.timetable import settings_of
from booking import events
from booking.allocation import allocate, must_be_allowed
from booking.appointment import STATUS_AFTER, WAITING, Appointment
from booking.commands import wanted_again
from booking.queries import streams
from kernel.actors import Act
from kernel.changes import changed_fields
from kernel.errors import NotFound, Refusal
from kernel.events import Event
from kernel.store import Log, command

GIVEN_UP = (events.AppointmentCancelled, events.AppointmentDeclined, events.AppointmentExpired)
NOTED = (events.ClientArrived, events.AppointmentCompleted, events.AppointmentMissed)
MADE_OR_BACK = (events.AppointmentMade, events.AppointmentRestored)
ANSWERED = (events.AppointmentApproved, events.AppointmentConfirmed)


class ActionOvertaken(Refusal):
    """The appointment went on since: what came later would have to be taken back first."""

    status = 409


class ActionStands(Refusal):
    """An action of this kind is not taken back; there is another for that."""


class Past(NamedTuple):
    """An action of an appointment: the fact, the appointment as it was before, and the last fact of its state."""

    event: Event
    before: Appointment
    settled: Event


@command("agenda.write")
def take_back(
    log: Log,
    id: UUID,
    version: int,
    *,
    override: Collection[str] = (),
    reason: str = "",
    tells_client: bool = True,
    by: Act,
) -> None:
    """Makes undone what the fact of this version did: its time, its fields or its state are again what they were.

    Refuses when the time is no longer free, or when the state was settled otherwise since.
    """
    must_be_allowed(override, reason, by)
    appointment = log.get(Appointment, id)
    past = past_of(log, id, version)
    by = by.because(log.write(reason, kind="reason", about=appointment.client_id))
    if isinstance(past.event, events.AppointmentMoved):
        return_to(log, appointment, past.before, override, by, tells_client=tells_client)
    elif isinstance(past.event, events.AppointmentEdited):
        appointment.edit(by, **fields_before(past))
    else:
        must_be_latest(past)
        settle_again(log, appointment, past, override, by, tells_client=tells_client)
    log.keep(appointment)


def past_of(log: Log, id: UUID, version: int) -> Past:
    told = streams(log.connection, [id], None)[id]
    if not 0 < version <= len(told):
        raise NotFound(kind="Event", id=f"{id}/{version}")
    before = Appointment.replay(id, told[: version - 1]) or Appointment(id=id)
    settled = [event for event in told if type(event) in STATUS_AFTER]
    return Past(told[version - 1], before, settled[-1])


def must_be_latest(past: Past) -> None:
    if past.event is not past.settled:
        raise ActionOvertaken


def return_to(
    log: Log,
    appointment: Appointment,
    before: Appointment,
    override: Collection[str],
    by: Act,
    *,
    tells_client: bool,
) -> None:
    """To the time, the people and the length of before."""
    place, act = place_again(log, before, override, by)
    appointment.move(**place.time(), by=act, is_exception=before.is_exception, tells_client=tells_client)
    appointment.edit(act, price_cents=before.price_cents)


def place_again(log: Log, before: Appointment, override: Collection[str], by: Act) -> tuple[Any, Act]:
    settings = settings_of(log.connection, by.organisation_id)
    asked, starts_at = wanted_again(before), before.starts_at
    place = allocate(log, settings, starts_at, asked, by, override=override, without=[before.id])
    return place, by.because(by.reason_id, place.set_aside)


def fields_before(past: Past) -> dict[str, Any]:
    return {name: getattr(past.before, name) for name in changed_fields(past.event)}


def settle_again(
    log: Log, appointment: Appointment, past: Past, override: Collection[str], by: Act, *, tells_client: bool
) -> None:
    """The state of before, whatever deed leads back to it."""
    event, before = past.event, past.before
    if isinstance(event, GIVEN_UP):
        place, act = place_again(log, appointment, override, by)
        appointment.restore(place.segments, act, tells_client=tells_client)
        wait_as_before(log, appointment, before, act)
    elif isinstance(event, MADE_OR_BACK):
        appointment.cancel(by, is_by_client=False, tells_client=tells_client)
    elif isinstance(event, ANSWERED):
        wait_as_before(log, appointment, before, by)
    elif isinstance(event, NOTED):
        appointment.reopen(by)
        note_again(appointment, before.status, by)
    elif isinstance(event, events.AppointmentReopened):
        note_again(appointment, before.status, by)
    else:
        raise ActionStands


def wait_as_before(log: Log, appointment: Appointment, before: Appointment, by: Act) -> None:
    if before.status in WAITING:
        hours = settings_of(log.connection, by.organisation_id).terms.request_hours
        appointment.wait_again(before.status, by.at + timedelta(hours=hours), by)


def note_again(appointment: Appointment, status: str, by: Act) -> None:
    match status:
        case "arrived":
            appointment.arrive(by)
        case "completed":
            appointment.complete(by)
        case "missed":
            appointment.miss(by)
