"""Answers about services, resources and free time, for deciding and for showing alike."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from agenda.absence import Absence, must_go_forward
from agenda.explain import Obstacle, why_not
from agenda.hours import Hours, open_periods
from agenda.inherited import for_clients
from agenda.options import AgendaOptions
from agenda.resource import Resource
from agenda.service import Service
from agenda.slots import Calendar, Rules, Taken, Window, count_by_day, starts
from agenda.slots import first as first_of
from agenda.terms import BookingTerms
from agenda.timetable import Settings, calendars, live, reach, settings_of, taken_rows
from agenda.visits import Segment, Visit, visits
from agenda.wanted import Wanted, asked_of, longest
from kernel.store import Store, listed
from kernel.texts import words_of
from kernel.zones import DAY, instant_of, minute_of

FOR_EVER_DAYS = 366


class ResourceCard(Struct, frozen=True, kw_only=True):
    """A column of the agenda: who or what it is."""

    id: UUID
    name: str
    kind: str
    trade: str
    colour: str
    rank: int
    capacity: int
    is_active: bool
    place_ids: list[UUID]
    zone: str
    has_hours: bool = True


class Slot(Struct, frozen=True, kw_only=True):
    """A start that can be booked now: instants, and the resources of each part in a row."""

    starts_at: datetime
    ends_at: datetime
    resource_ids: list[list[UUID]]


def services(store: Store, organisation_id: UUID, *, is_active: bool = True) -> list[Service]:
    """Services by category and name: the active ones, or those that are no more."""
    with store.reading(organisation_id) as db:
        known = settings_of(db, organisation_id).services.values()
    wanted = (each for each in known if each.is_active == is_active)
    return sorted(wanted, key=lambda each: (each.category, each.name, each.id))


def service(store: Store, organisation_id: UUID, id: UUID) -> Service | None:
    """One service, active or not."""
    return store.find(organisation_id, Service, id)


def booking_terms(store: Store, organisation_id: UUID) -> BookingTerms:
    """The house's terms; the usual ones when none were set."""
    with store.reading(organisation_id) as db:
        return settings_of(db, organisation_id).terms


def agenda_options(store: Store, organisation_id: UUID) -> AgendaOptions:
    """How the house draws its agenda; the usual way when nothing was set."""
    with store.reading(organisation_id) as db:
        return settings_of(db, organisation_id).options


def resource(store: Store, organisation_id: UUID, id: UUID) -> Resource | None:
    """One resource with its hours, active or not."""
    return store.find(organisation_id, Resource, id)


def absence(store: Store, organisation_id: UUID, id: UUID) -> Absence | None:
    return store.find(organisation_id, Absence, id)


def closed_dates(store: Store, organisation_id: UUID, place_id: UUID) -> dict[date, str]:
    """The dates on which a place is closed, in order, with the names of public holidays."""
    with store.reading(organisation_id) as db:
        return dict(sorted(settings_of(db, organisation_id).closed_on.get(place_id, {}).items()))


def resources(store: Store, organisation_id: UUID, kind: str | None = None) -> list[ResourceCard]:
    with store.reading(organisation_id) as db:
        return [each for each in resource_cards(db, organisation_id) if kind in (None, each.kind)]


def retired_resources(store: Store, organisation_id: UUID) -> list[ResourceCard]:
    """Those that are no more, and may come back."""
    with store.reading(organisation_id) as db:
        settings = settings_of(db, organisation_id)
        return cards_of(db, settings, (each for each in settings.resources.values() if not each.is_active))


def resource_cards(db: Connection, organisation_id: UUID) -> list[ResourceCard]:
    """Active resources in the order of the columns."""
    settings = settings_of(db, organisation_id)
    return cards_of(db, settings, (each for each in settings.resources.values() if each.is_active))


def cards_of(db: Connection, settings: Settings, some: Iterable[Resource]) -> list[ResourceCard]:
    known = list(some)
    names = words_of(db, (each.name_id for each in known))
    cards = [card_of(settings, each, names.get(each.name_id, "")) for each in known]
    return sorted(cards, key=lambda card: (card.rank, card.name))


def card_of(settings: Settings, resource: Resource, name: str) -> ResourceCard:
    return ResourceCard(
        id=resource.id,
        name=name,
        kind=resource.kind,
        trade=resource.trade,
        colour=resource.colour,
        rank=resource.rank,
        capacity=resource.capacity,
        is_active=resource.is_active,
        place_ids=resource.place_ids,
        zone=settings.zone_at(resource).key,
        has_hours=resource.has_hours,
    )


def find_slots(
    store: Store,
    organisation_id: UUID,
    wanted: Sequence[Wanted],
    first: date,
    last: date,
    now: datetime,
    *,
    for_staff: bool,
) -> list[Slot]:
    """Bookable starts for a visit between two local dates, both included, in order; one for each start minute.

    Lead time and horizon hold unless it is `for_staff`.
    """
    with store.reading(organisation_id) as db:
        settings = settings_of(db, organisation_id)
        window = Window.of_days(settings.zone, first, last)
        return [slot_of(visit) for visit in found(db, settings, wanted, window, now, for_staff=for_staff)]


def starts_by_resource(
    store: Store, organisation_id: UUID, wanted: Wanted, first: date, last: date, now: datetime, *, for_staff: bool
) -> dict[UUID, list[datetime]]:
    """For each who may lead this service, every bookable start between two local dates, both included."""
    with store.reading(organisation_id) as db:
        settings = settings_of(db, organisation_id)
        asked = asked_of(settings, wanted)
        window = Window.of_days(settings.zone, first, last)
        lead = asked.needs[0]
        boards = boards_of(db, settings, [wanted], [asked], lead.candidates, window, now, for_staff=for_staff)
    asks = {id: asked.ask._replace(duration=lead.duration(id, asked.ask)) for id in lead.candidates}
    return {id: [*map(instant_of, starts(boards[id], asks[id], Rules(), now, window))] for id in lead.candidates}


def first_slot(
    store: Store, organisation_id: UUID, wanted: Sequence[Wanted], after: datetime, now: datetime, *, for_staff: bool
) -> Slot | None:
    """The first bookable start from an instant on, looked for in growing steps up to a year ahead."""
    with store.reading(organisation_id) as db:
        settings = settings_of(db, organisation_id)
        window = Window.between(after, max(after, now) + FOR_EVER_DAYS * DAY)
        visit = first_of(lambda part: found(db, settings, wanted, part, now, for_staff=for_staff), window)
        return slot_of(visit) if visit else None


def free_days(
    store: Store,
    organisation_id: UUID,
    wanted: Sequence[Wanted],
    first: date,
    last: date,
    now: datetime,
    *,
    for_staff: bool,
) -> dict[date, int]:
    """How many starts each local date of a month still offers; dates without any are absent."""
    with store.reading(organisation_id) as db:
        settings = settings_of(db, organisation_id)
        window = Window.of_days(settings.zone, first, last)
        offered = found(db, settings, wanted, window, now, for_staff=for_staff)
        return count_by_day((visit.start for visit in offered), settings.zone)


def refused_starts(
    store: Store, organisation_id: UUID, wanted: Wanted, first: date, last: date, now: datetime, *, for_staff: bool
) -> list[tuple[UUID, datetime, list[Obstacle]]]:
    """Why each start of each candidate's grid between two dates is not offered."""
    with store.reading(organisation_id) as db:
        settings = settings_of(db, organisation_id)
        asked = asked_of(settings, wanted)
        window = Window.of_days(settings.zone, first, last)
        lead = asked.needs[0]
        boards = boards_of(db, settings, [wanted], [asked], lead.candidates, window, now, for_staff=for_staff)
        return [
            (id, instant_of(start), reasons)
            for id in lead.candidates
            for start, reasons in why_not(boards[id], asked.ask, Rules(), now, window)
        ]


def found(
    db: Connection, settings: Settings, wanted: Sequence[Wanted], window: Window, now: datetime, *, for_staff: bool
) -> list[Visit]:
    asked = [asked_of(settings, each) for each in wanted]
    ids = {id for segment in asked for need in segment.needs for id in need.candidates}
    boards = boards_of(db, settings, wanted, asked, ids, window, now, for_staff=for_staff)
    return visits(asked, boards, Rules(), now, window)


def boards_of(
    db: Connection,
    settings: Settings,
    wanted: Sequence[Wanted],
    asked: list[Segment],
    ids: Collection[UUID],
    window: Window,
    now: datetime,
    *,
    for_staff: bool,
) -> dict[UUID, Calendar]:
    rows = live(taken_rows(db, ids, *reach(settings, window, longest(asked))), now)
    boards = calendars(settings, rows, window)
    return boards if for_staff else for_clients(settings, boards, (each.service_id for each in wanted))


def slot_of(visit: Visit) -> Slot:
    return Slot(
        starts_at=instant_of(visit.start),
        ends_at=instant_of(visit.parts[-1].end),
        resource_ids=[list(part.resource_ids) for part in visit.parts],
    )


def left_outside(
    store: Store, organisation_id: UUID, resource_id: UUID, hours: Hours, now: datetime, days: int = FOR_EVER_DAYS
) -> list[Taken]:
    """The appointments from now on that new hours would leave outside. They stay unless somebody moves them."""
    with store.reading(organisation_id) as db:
        settings = settings_of(db, organisation_id)
        resource = settings.resources[resource_id]
        zone = settings.zone_at(resource)
        rows = future_rows(db, resource_id, now, days)
        first, last = now.astimezone(zone).date() - DAY, (now + days * DAY).astimezone(zone).date()
        periods = open_periods(hours, first, last, settings.zone_of, settings.closures_for(resource))
    return [row for row in rows if not any(p.start <= row.start and row.end <= p.end for p in periods)]


def hit_by_absence(
    store: Store, organisation_id: UUID, resource_id: UUID, starts_at: datetime, ends_at: datetime, now: datetime
) -> list[Taken]:
    """The appointments that an absence would cover."""
    must_go_forward(starts_at, ends_at)
    with store.reading(organisation_id) as db:
        rows = taken_rows(db, [resource_id], minute_of(starts_at), minute_of(ends_at, up=True))
    return [row for row in live(rows, now)[resource_id] if row.seat]


def future_rows(db: Connection, resource_id: UUID, now: datetime, days: int) -> list[Taken]:
    rows = taken_rows(db, [resource_id], minute_of(now), minute_of(now + days * DAY))
    return [row for row in live(rows, now)[resource_id] if row.seat]


def receiving_at(db: Connection, place_ids: Collection[UUID]) -> frozenset[UUID]:
    """The people who receive at any of these places, at all of them when they name none; and the rooms and things that
    are nowhere else, since whoever reaches one reaches every appointment in it."""
    return frozenset(each.id for each in listed(db, Resource) if receives(each, set(place_ids)))


def receives(resource: Resource, at: set[UUID]) -> bool:
    places = set(resource.place_ids)
    if resource.kind == "practitioner":
        return not places or bool(places & at)
    return bool(places) and places <= at
