"""One action of an appointment taken back: as a new fact, with the rules of today, whatever happened since."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from agenda.timetable import settings_in
from booking import events
from booking.allocation import allocate, must_be_allowed
from booking.appointment import ENDED, STATUS_AFTER, WAITING, Appointment
from booking.making import wanted_again
from booking.online import for_the_house
from booking.queries import streams
from kernel.actors import Act
from kernel.changes import changed_fields
from kernel.errors import NotFound, Refusal
from kernel.events import Event
from kernel.store import Log, Store, command


class ActionOvertaken(Refusal):
    """The appointment went on since: what came later would have to be taken back first."""

    status = 409


class Past(NamedTuple):
    """Facts of one command, the appointment as it was before them and after that command, and the last fact that
    settled how it stands."""

    facts: list[Event]
    before: Appointment
    after: Appointment
    settled: Event

    def has(self, *kinds: type[Event]) -> bool:
        return any(isinstance(fact, kinds) for fact in self.facts)


@command("agenda.write")
@for_the_house
def take_back(
    log: Log,
    id: UUID,
    version: int,
    *,
    is_whole: bool = False,
    override: Collection[str] = (),
    reason: str = "",
    tells_client: bool = True,
    by: Act,
) -> None:
    """Makes undone what the fact of this version did, or with `is_whole` everything that was done to the appointment
    by the same command: its time, its fields or its state are again what they were.

    Refuses when the time is no longer free, or when the state was settled otherwise since.
    """
    must_be_allowed(override, reason, by)
    appointment = log.get(Appointment, id)
    past = past_of(log.connection, id, version, is_whole=is_whole)
    by = by.because(log.write(reason, kind="reason", about=appointment.client_id))
    if past.has(events.AppointmentMoved):
        return_to(log, appointment, past, override, by, tells_client=tells_client)
    appointment.edit(by, **fields_before(past))
    if past.has(*STATUS_AFTER):
        must_be_latest(past)
        settle_again(log, appointment, past, override, by, tells_client=tells_client)
    log.keep(appointment)


def appointment_before(store: Store, organisation_id: UUID, id: UUID, version: int, *, is_whole: bool) -> Appointment:
    """The appointment as it was before what `take_back` would make undone."""
    with store.reading(organisation_id) as db:
        return past_of(db, id, version, is_whole=is_whole).before


def past_of(db: Connection, id: UUID, version: int, *, is_whole: bool) -> Past:
    told = streams(db, [id]).get(id, [])
    if not 0 < version <= len(told):
        raise NotFound(kind="Event", id=f"{id}/{version}")
    together = [fact for fact in told if fact.command == told[version - 1].command]
    facts = together if is_whole else [told[version - 1]]
    before = Appointment.replay(id, told[: facts[0].originator_version - 1]) or Appointment(id=id)
    after = Appointment.replay(id, told[: together[-1].originator_version])
    settled = [fact for fact in told if type(fact) in STATUS_AFTER]
    return Past(facts, before, after, settled[-1])


def must_be_latest(past: Past) -> None:
    if past.settled not in past.facts:
        raise ActionOvertaken


def return_to(
    log: Log,
    appointment: Appointment,
    past: Past,
    override: Collection[str],
    by: Act,
    *,
    tells_client: bool,
) -> None:
    """To the time, the people and the length of before, and to its price unless that was changed since."""
    before = past.before
    place, act = place_again(log, before, override, by)
    appointment.move(**place.time(), by=act, is_exception=before.is_exception, tells_client=tells_client)
    if appointment.price_cents == past.after.price_cents:
        appointment.edit(act, price_cents=before.price_cents)


def place_again(log: Log, before: Appointment, override: Collection[str], by: Act) -> tuple[Any, Act]:
    settings = settings_in(log)
    asked, starts_at = wanted_again(before), before.starts_at
    place = allocate(log, settings, starts_at, asked, by, override=override, without=[before.id])
    return place, by.because(by.reason_id, place.set_aside)


def fields_before(past: Past) -> dict[str, Any]:
    edits = (fact for fact in past.facts if isinstance(fact, events.AppointmentEdited))
    return {name: getattr(past.before, name) for edit in edits for name in changed_fields(edit)}


def settle_again(
    log: Log, appointment: Appointment, past: Past, override: Collection[str], by: Act, *, tells_client: bool
) -> None:
    """The state of before, whatever deeds lead back to it."""
    if past.before.status in (*ENDED, ""):
        give_up(appointment, by, tells_client=tells_client)
        return
    if appointment.status in ENDED:
        place, by = place_again(log, appointment, override, by)
        appointment.restore(place.segments, by, tells_client=tells_client)
    be_booked(appointment, by, tells_client=tells_client)
    be_again(log, appointment, past.before.status, by)


def give_up(appointment: Appointment, by: Act, *, tells_client: bool) -> None:
    """A request is declined only by whoever may approve it."""
    if appointment.status in WAITING:
        appointment.decline(by.using("requests.approve"), tells_client=tells_client)
    else:
        appointment.cancel(by, is_by_client=False, tells_client=tells_client)


def be_booked(appointment: Appointment, by: Act, *, tells_client: bool) -> None:
    """A request becomes a promise only by whoever may approve it."""
    match appointment.status:
        case "requested":
            appointment.approve(by.using("requests.approve"), tells_client=tells_client)
        case "proposed":
            appointment.confirm(by, tells_client=tells_client)
        case "arrived" | "completed" | "missed":
            appointment.reopen(by)


def be_again(log: Log, appointment: Appointment, status: str, by: Act) -> None:
    match status:
        case "requested" | "proposed":
            hours = settings_in(log).terms.request_hours
            appointment.wait_again(status, by.at + timedelta(hours=hours), by)
        case "arrived":
            appointment.arrive(by)
        case "completed":
            appointment.complete(by)
        case "missed":
            appointment.miss(by)
