"""What holds for those who book themselves, by whatever way: a program without the desk's scope, or a page for clients.

Every command about promises is `for_clients_too`, and then asks here, or `for_the_house` alone. `Act.is_client` says
who is bound; nobody who is gets past by another command, another face or a series.
"""

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID, uuid5

from agenda.events import ServiceNeed
from agenda.service import Service
from agenda.timetable import Settings, settings_of
from agenda.wanted import Wanted, candidates_of
from booking.appointment import Appointment
from booking.series.series import Series
from clients.queries import must_not_be_blocked, visible_file
from kernel.actors import Act
from kernel.errors import Refusal
from kernel.store import Log, Store

Facts = Mapping[str, Any]
Decide = TypeVar("Decide", bound=Callable[..., Any])

# What a client says of an appointment; its other words and its price are the house's.
OWN_WORDS = frozenset(("client_note", "answers"))
# How much time one program keeps from all others by holds, and one client by requests that nobody has answered.
MOST_HOLDS, MOST_REQUESTS = 10, 5
HOLDS = """
SELECT count(DISTINCT c.stream_id) FROM claims c
JOIN events e ON (e.organisation_id, e.stream_id, e.version) = (c.organisation_id, c.stream_id, 1)
WHERE c.expires_at > %s AND c.kind = 'hold' AND e.state::json ->> 'by' = %s"""
REQUESTS = """
SELECT count(DISTINCT c.stream_id) FROM claims c
JOIN events e ON (e.organisation_id, e.stream_id, e.version) = (c.organisation_id, c.stream_id, 1)
WHERE c.expires_at > %s AND c.kind = 'visit' AND e.name = 'AppointmentRequested'
    AND e.state::json ->> 'client_id' = %s"""


class HouseAlone(Refusal):
    """Clients book, move, confirm and cancel; this is for the house."""

    status = 403


class ServiceNotOnline(Refusal):
    """The service is not offered online, or no more at all."""

    status = 403


class ResourceNotOnline(Refusal):
    """Somebody or something chosen does not serve this, or not any more."""

    status = 403


class LengthNotOnline(Refusal):
    """How long a service takes is the house's to say."""

    status = 403


class FieldOfTheHouse(Refusal):
    """The price and the words of the team are the house's to write; `fields` says which were sent."""

    status = 403


class ApprovalNeeded(Refusal):
    """The house approves each time: what it promised is moved, put back or repeated by the house."""

    status = 403


class TooManyHolds(Refusal):
    """So much time is held already; a hold becomes an appointment, is given up, or ends by itself."""

    status = 429


class TooManyRequests(Refusal):
    """So many requests of this client wait already; the house answers them first."""

    status = 429


def for_the_house(decide: Decide) -> Decide:
    """Says on a command that clients do not have it. It goes below the command's own decorator."""

    @functools.wraps(decide)
    def run(*args: Any, **facts: Any) -> Any:
        if facts["by"].is_client:
            raise HouseAlone
        return decide(*args, **facts)

    run.binds_clients = True
    return run


def for_clients_too(decide: Decide) -> Decide:
    """Says on a command that clients have it, within what holds for them."""
    decide.binds_clients = True
    return decide


def must_be_offered(settings: Settings, wanted: Iterable[Wanted], by: Act, *, known: Sequence[Wanted] = ()) -> None:
    """Services that are offered online, by those who serve them, as long as they take. What an appointment has already,
    its `known`, it keeps but for a service or somebody that is offered no more."""
    if by.is_client:
        for each in wanted:
            must_be_offered_as_such(settings, each, is_known=each in known)


def must_be_offered_as_such(settings: Settings, wanted: Wanted, *, is_known: bool) -> None:
    service = settings.services.get(wanted.service_id)
    # One that there is not is found missing by whoever asks the engine.
    if service is None:
        return
    must_be_online(service)
    if not is_known and wanted.duration_minutes is not None:
        raise LengthNotOnline(service_id=str(service.id))
    needs = [rule for rule in service.needs or [ServiceNeed("practitioner")] for _ in range(rule.count)]
    free = [candidates_of(settings, service, rule) for rule in needs]
    for id in dict.fromkeys(wanted.resource_ids):
        fit = next((candidates for candidates in free if id in candidates), None)
        if fit is None:
            raise ResourceNotOnline(resource_id=str(id))
        free.remove(fit)


def must_be_online(service: Service) -> None:
    if not (service.is_active and service.is_online):
        raise ServiceNotOnline(service_id=str(service.id))


def must_be_found_online(store: Store, organisation_id: UUID, service_ids: Iterable[UUID]) -> None:
    """Clients find no start of what they cannot book."""
    with store.reading(organisation_id) as db:
        known = settings_of(db, organisation_id).services
    for id in service_ids:
        if id in known:
            must_be_online(known[id])


def status_for(settings: Settings, status: str, by: Act) -> str:
    """What an appointment begins as: where the house approves, clients ask. They propose nothing to themselves."""
    if not by.is_client:
        return status
    if status == "proposed":
        raise HouseAlone
    return "requested" if settings.terms.needs_approval else status


def must_be_free_to_change(settings: Settings, status: str, by: Act) -> None:
    """A time that the house has to approve is not had by moving, putting back or repeating another."""
    if by.is_client and settings.terms.needs_approval and status != "requested":
        raise ApprovalNeeded


def booked_for(log: Log, client_id: UUID, by: Act) -> UUID:
    """The visible file of this client, whatever it was merged into. Refuses those who may not book online."""
    file_id = visible_file(log.connection, client_id)
    if by.is_client:
        must_not_be_blocked(log, file_id)
    return file_id


def must_be_theirs_to_change(log: Log, appointment: Appointment, settings: Settings, by: Act) -> None:
    """Refuses a client who may not book online, and a time that the house would have to approve."""
    if appointment.client_id:
        booked_for(log, appointment.client_id, by)
    must_be_free_to_change(settings, appointment.status, by)


def must_be_theirs_to_restore(appointment: Appointment, by: Act) -> None:
    """What the house declined, or let expire, is not a client's to promise."""
    if by.is_client and appointment.status != "cancelled":
        raise HouseAlone


def must_be_theirs_to_decline(appointment: Appointment, by: Act) -> None:
    """A client says no to a proposal; a request is answered by the house."""
    if by.is_client and appointment.status == "requested":
        raise HouseAlone


def must_be_theirs_to_say(said: Facts, by: Act, *, listed: int | None = None) -> None:
    """Of words and price those that a client may send: what they wish to say, and what it costs anyway."""
    of_house = [name for name, value in said.items() if value not in (None, "", listed) and name not in OWN_WORDS]
    if by.is_client and of_house:
        raise FieldOfTheHouse(fields=sorted(of_house))


def must_be_theirs_to_edit(known: Appointment | Series, facts: Facts, words: Mapping[str, str], by: Act) -> None:
    """The same of changes: what stays as it is may be sent. A client makes a visit nobody's no more than free."""
    changed = [name for name, value in facts.items() if value != getattr(known, name)]
    of_house = [name for name in changed if name != "client_id" or facts[name] is None]
    of_house += [name for name in words if name not in OWN_WORDS]
    if by.is_client and of_house:
        raise FieldOfTheHouse(fields=sorted(of_house))


def must_not_hold_more(log: Log, by: Act) -> None:
    """Those of one actor take turns here, before they lock any resource."""
    if by.is_client:
        log.lock([uuid5(by.organisation_id, by.actor)])
        if log.connection.execute(HOLDS, (by.at, by.actor), prepare=True).fetchone()[0] >= MOST_HOLDS:
            raise TooManyHolds(most=MOST_HOLDS)


def must_not_ask_more(log: Log, client_id: UUID | None, by: Act) -> None:
    if by.is_client and client_id:
        log.lock([uuid5(client_id, "requests")])
        if log.connection.execute(REQUESTS, (by.at, str(client_id)), prepare=True).fetchone()[0] >= MOST_REQUESTS:
            raise TooManyRequests(most=MOST_REQUESTS)
