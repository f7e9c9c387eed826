"""What can be asked of services, resources, hours, absences, closures and terms."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import holidays

from accounts.organisation import Organisation
from accounts.place import Place
from agenda.absence import Absence, AbsenceOverlaps
from agenda.closures import Closures, closures_id
from agenda.hours import DatedPeriod, Hours, Period
from agenda.options import AgendaOptions, options_id
from agenda.resource import Resource
from agenda.service import Performer, Service
from agenda.terms import BookingTerms, terms_id
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.errors import Refusal
from kernel.store import Log, command


class CountryUnknown(Refusal):
    """No calendar of public holidays is known for this country."""


OTHER_ABSENCES = """
SELECT stream_id FROM claims
WHERE resource_id = %s AND ends_at > %s AND starts_at < %s AND seat = 0 AND stream_id <> %s ORDER BY starts_at"""


@command("settings.write", is_exclusive=True)
def add_service(log: Log, id: UUID, *, by: Act, **facts: Any) -> None:
    """`facts` are the fields of ServiceAdded."""
    must_exist(log, Resource, needed(facts))
    service = Service(id=id)
    service.add(by, **facts)
    log.keep(service)


@command("settings.write", is_exclusive=True)
def change_service(log: Log, id: UUID, *, by: Act, **facts: Any) -> None:
    service = log.get(Service, id)
    must_exist(log, Resource, needed(facts))
    service.change(by, **facts)
    log.keep(service)


@command("settings.write", is_exclusive=True)
def assign_performer(
    log: Log,
    service_id: UUID,
    resource_id: UUID,
    *,
    duration_minutes: int | None = None,
    price_cents: int | None = None,
    by: Act,
) -> None:
    """This person performs the service, in an own time or at an own price where given."""
    service = log.get(Service, service_id)
    log.get(Resource, resource_id)
    service.assign(Performer(resource_id, duration_minutes, price_cents), by)
    log.keep(service)


@command("settings.write", is_exclusive=True)
def remove_performer(log: Log, service_id: UUID, resource_id: UUID, *, by: Act) -> None:
    service = log.get(Service, service_id)
    log.get(Resource, resource_id)
    service.remove(resource_id, by)
    log.keep(service)


@command("settings.write", is_exclusive=True)
def set_performers(log: Log, service_id: UUID, performers: list[Performer], *, by: Act) -> None:
    """These perform the service from now on, in their own times and at their own prices; nobody else does."""
    service = log.get(Service, service_id)
    named = {each.resource_id for each in performers}
    must_exist(log, Resource, named)
    for gone in {each.resource_id for each in service.performers} - named:
        service.remove(gone, by)
    for each in performers:
        service.assign(each, by)
    log.keep(service)


@command("settings.write", is_exclusive=True)
def add_resource(
    log: Log, id: UUID, *, kind: str, name: str, is_last: bool = False, by: Act, **facts: Any
) -> None:
    """`facts` are the other fields of ResourceAdded; one that `is_last` stands after all that there are."""
    must_exist(log, Place, facts.get("place_ids", ()))
    if is_last:
        facts["rank"] = sum(each.is_active for each in log.list(Resource))
    resource = Resource(id=id)
    resource.add(by, kind=kind, name_id=log.write(name, kind="name", about=id), **facts)
    log.keep(resource)


@command("settings.write", is_exclusive=True)
def change_resource(log: Log, id: UUID, *, name: str = "", by: Act, **facts: Any) -> None:
    resource = log.get(Resource, id)
    must_exist(log, Place, facts.get("place_ids", ()))
    if name:
        facts["name_id"] = log.write(name, kind="name", about=id)
    resource.change(by, **facts)
    log.keep(resource)


@command("settings.write", is_exclusive=True)
def order_resources(log: Log, ids: list[UUID], *, by: Act) -> None:
    """The columns stand in this order."""
    ordered = [log.get(Resource, id) for id in ids]
    for rank, resource in enumerate(ordered):
        resource.change(by, rank=rank)
    log.keep(*ordered)


@command("hours.write", is_exclusive=True)
def set_hours(log: Log, resource_id: UUID, hours: Hours, *, by: Act) -> None:
    """Replaces all hours of a resource. Appointments that they leave outside stay; `left_outside` lists them."""
    resource = log.get(Resource, resource_id)
    must_exist(log, Place, places_of([*hours.weekly, *(period for day in hours.dated for period in day.periods)]))
    resource.set_hours(hours, by)
    log.keep(resource)


@command("hours.write", is_exclusive=True)
def set_day_hours(
    log: Log, resource_id: UUID, on: date, periods: list[DatedPeriod], *, cause: str = "", by: Act
) -> None:
    """Replaces the weekly hours of one date; no periods close it."""
    resource = log.get(Resource, resource_id)
    must_exist(log, Place, places_of(periods))
    resource.set_day(on, periods, cause, by)
    log.keep(resource)


@command("hours.write", is_exclusive=True)
def clear_day_hours(log: Log, resource_id: UUID, on: date, *, by: Act) -> None:
    resource = log.get(Resource, resource_id)
    resource.clear_day(on, by)
    log.keep(resource)


@command("absences.write")
def plan_absence(
    log: Log,
    id: UUID,
    resource_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    *,
    is_whole_days: bool = False,
    reason: str = "",
    override: tuple[str, ...] = (),
    by: Act,
) -> None:
    """Takes a stretch out of booking. Appointments in it stay. Another absence there is refused, unless overridden."""
    log.get(Resource, resource_id)
    log.lock([resource_id])
    must_be_alone(log, id, resource_id, starts_at, ends_at, override)
    absence = Absence(id=id)
    act = by.because(log.write(reason, kind="absence", about=resource_id), override)
    absence.plan(resource_id, starts_at, ends_at, is_whole_days, act)
    log.keep(absence)


@command("absences.write")
def move_absence(
    log: Log,
    id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    *,
    is_whole_days: bool = False,
    reason: str = "",
    override: tuple[str, ...] = (),
    by: Act,
) -> None:
    """Other instants, and another reason where one is given."""
    absence = log.get(Absence, id)
    log.lock([absence.resource_id])
    must_be_alone(log, id, absence.resource_id, starts_at, ends_at, override)
    reason_id = log.write(reason, kind="absence", about=absence.resource_id)
    absence.move(starts_at, ends_at, is_whole_days, by.because(reason_id, override))
    log.keep(absence)


@command("absences.write")
def cancel_absence(log: Log, id: UUID, *, by: Act) -> None:
    absence = log.get(Absence, id)
    log.lock([absence.resource_id])
    absence.cancel(by)
    log.keep(absence)


@command("absences.write")
def restore_absence(log: Log, id: UUID, *, override: tuple[str, ...] = (), by: Act) -> None:
    """Brings back a cancelled absence as it was."""
    absence = log.get(Absence, id)
    log.lock([absence.resource_id])
    must_be_alone(log, id, absence.resource_id, absence.starts_at, absence.ends_at, override)
    absence.restore(by.because(None, override))
    log.keep(absence)


@command("settings.write", is_exclusive=True)
def close_dates(log: Log, place_id: UUID, named: dict[date, str], *, by: Act) -> None:
    """The place receives nobody on these dates. Appointments on them stay."""
    log.get(Place, place_id)
    closures = log.find(Closures, closures_id(place_id)) or Closures(id=closures_id(place_id))
    closures.close(place_id, named, by)
    log.keep(closures)


@command("settings.write", is_exclusive=True)
def close_public_holidays(log: Log, place_id: UUID, year: int, *, by: Act) -> None:
    """Closes the place on all public holidays of its country in a year, named in the house's language where known."""
    place = log.get(Place, place_id)
    language = log.get(Organisation, by.organisation_id).language
    close_dates(log, place_id, public_holidays(place.country, year, language), by=by)


@command("settings.write", is_exclusive=True)
def reopen_dates(log: Log, place_id: UUID, dates: list[date], *, by: Act) -> None:
    closures = log.get(Closures, closures_id(place_id))
    closures.reopen(dates, by)
    log.keep(closures)


@command("settings.write", is_exclusive=True)
def set_booking_terms(log: Log, *, by: Act, **terms: Any) -> None:
    """`terms` are the fields of BookingTermsSet. Appointments made before keep the terms they were made under."""
    known = log.find(BookingTerms, terms_id(by.organisation_id)) or BookingTerms(id=terms_id(by.organisation_id))
    known.set(by, **terms)
    log.keep(known)


@command("settings.write", is_exclusive=True)
def set_agenda_options(log: Log, *, by: Act, **options: Any) -> None:
    """`options` are the fields of AgendaOptionsSet; what is not named is as usual."""
    id = options_id(by.organisation_id)
    known = log.find(AgendaOptions, id) or AgendaOptions(id=id)
    known.set(by, **options)
    log.keep(known)


def public_holidays(country: str, year: int, language: str) -> dict[date, str]:
    try:
        known = holidays.country_holidays(country)
    except NotImplementedError as unknown:  # what the library says of a country that it does not know
        raise CountryUnknown(country=country) from unknown
    named_in = language if language in known.supported_languages else known.default_language
    named = holidays.country_holidays(country, years=year, language=named_in)
    return {on: name.replace("'", "’") for on, name in named.items()}


def needed(facts: dict[str, Any]) -> set[UUID]:
    """The resources that the needs of a service name."""
    return {id for need in facts.get("needs", ()) for id in need.resource_ids}


def places_of(periods: Iterable[Period]) -> set[UUID]:
    return {period.place_id for period in periods if period.place_id}


def must_exist(log: Log, kind: type[Aggregate], ids: Iterable[UUID]) -> None:
    for id in ids:
        log.get(kind, id)


def must_be_alone(
    log: Log, id: UUID, resource_id: UUID, starts_at: datetime, ends_at: datetime, override: tuple[str, ...]
) -> None:
    if "overlap" in override:
        return
    if other := log.connection.execute(OTHER_ABSENCES, (resource_id, starts_at, ends_at, id)).fetchone():
        raise AbsenceOverlaps(absence_id=str(other[0]))
