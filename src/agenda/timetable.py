"""Reading what slot search needs: one query for the settings, one for all taken time of all resources."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from psycopg import Connection

from accounts.organisation import Organisation
from accounts.place import Place
from agenda.closures import Closures
from agenda.hours import OpenPeriod, closed_periods, open_periods
from agenda.options import AgendaOptions, options_id
from agenda.question import Question
from agenda.resource import Resource
from agenda.service import Service
from agenda.slots import Calendar, Taken
from agenda.terms import BookingTerms, terms_id
from agenda.windows import Window
from kernel.aggregate import Aggregate
from kernel.store import Log, lock_keys
from kernel.zones import DAY, instant_of, local_date

LISTED = (Organisation, Place, Closures, Resource, Service, BookingTerms, AgendaOptions, Question)
KINDS = {kind.__name__: kind for kind in LISTED}
SETTINGS = "SELECT kind, state FROM states WHERE kind = ANY(%s)"
# A transaction that has written may see settings that it will roll back: those are not for others.
REVISION = "SELECT revision, pg_current_xact_id_if_assigned() IS NULL FROM revisions"

# Plain comparisons of instants, so that the index by end serves under row-level security; epoch minutes are
# computed by the server, outwards, because the engine wants nothing else.
COLUMNS = """
SELECT floor(date_part('epoch', starts_at) / 60)::integer, ceil(date_part('epoch', ends_at) / 60)::integer, 1,
    before_minutes, after_minutes, capacity, seat = 0, stream_id, resource_id, seat, counts_on, expires_at"""
# Resource by resource, as `locked_claims` does: one good plan, whatever the server knows of the table.
TAKEN = f"""{COLUMNS} FROM unnest(%s::uuid[]) AS asked (id) CROSS JOIN LATERAL (
    SELECT * FROM claims WHERE resource_id = asked.id AND ends_at > %s AND starts_at < %s OFFSET 0) taken"""
LOCKED = f"{COLUMNS} FROM locked_claims(%s, %s, %s, %s)"


class Settings:
    """The organisation's agenda settings, shared and never changed in place."""

    def __init__(self, organisation_id: UUID, states: Iterable[tuple[str, str]]):
        self.by_kind: dict[str, dict[UUID, Aggregate]] = {name: {} for name in KINDS}
        for kind, state in states:
            aggregate = msgspec.json.decode(state, type=KINDS[kind])
            self.by_kind[kind][aggregate.id] = aggregate
        self.organisation: Organisation = next(iter(self.by_kind["Organisation"].values()))
        self.places: dict[UUID, Place] = self.by_kind["Place"]
        self.resources: dict[UUID, Resource] = self.by_kind["Resource"]
        self.services: dict[UUID, Service] = self.by_kind["Service"]
        known_terms = self.by_kind["BookingTerms"].values()
        self.terms: BookingTerms = next(iter(known_terms), None) or BookingTerms(id=terms_id(organisation_id))
        self.questions: dict[UUID, Question] = self.by_kind["Question"]
        known_options = self.by_kind["AgendaOptions"].values()
        self.options: AgendaOptions = next(iter(known_options), None) or AgendaOptions(id=options_id(organisation_id))
        self.closed_on = {closures.place_id: closures.dates for closures in self.by_kind["Closures"].values()}

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.organisation.zone)

    def zone_of(self, place_id: UUID | None) -> ZoneInfo:
        place = self.places.get(place_id)
        return ZoneInfo(place.zone) if place else self.zone

    def zone_at(self, resource: Resource) -> ZoneInfo:
        """The zone in which this resource's days are counted: its first place's, or the house's."""
        return self.zone_of(resource.place_ids[0] if resource.place_ids else None)

    def closures_for(self, resource: Resource) -> dict[UUID | None, Collection[date]]:
        """Periods without a place are held at the resource's first place."""
        home = resource.place_ids[0] if resource.place_ids else next(iter(self.places), None)
        return self.closed_on | {None: self.closed_on.get(home, ())}


# What some resources have taken.
Ledger = dict[UUID, list[Taken]]

known_settings: dict[UUID, tuple[int, Settings]] = {}
MOST_KNOWN = 256


def settings_of(db: Connection, organisation_id: UUID) -> Settings:
    """The settings as this transaction sees them; read again only when something in them has changed."""
    revision, is_committed = db.execute(REVISION, prepare=True).fetchone() or (0, False)
    known = known_settings.get(organisation_id)
    if known and known[0] == revision:
        return known[1]
    settings = Settings(organisation_id, db.execute(SETTINGS, (list(KINDS),), prepare=True).fetchall())
    if is_committed:
        remember(organisation_id, (revision, settings))
    return settings


def settings_in(log: Log) -> Settings:
    """The settings that a command decides on: nobody changes them beside it, so they are those of its beginning."""
    known = known_settings.get(log.by.organisation_id)
    if known and known[0] == log.revision and not log.is_exclusive:
        return known[1]
    return settings_of(log.connection, log.by.organisation_id)


def remember(organisation_id: UUID, known: tuple[int, Settings]) -> None:
    """Keeps the settings of the houses asked about last, so that many houses do not fill the memory."""
    known_settings.pop(organisation_id, None)
    known_settings[organisation_id] = known
    if len(known_settings) > MOST_KNOWN:
        known_settings.pop(next(iter(known_settings)), None)


def taken_rows(db: Connection, ids: Collection[UUID], first: int, last: int) -> Ledger:
    """What the ledger holds of these resources between two epoch minutes, expired or not."""
    return rows_by_resource(db, ids, TAKEN, (list(ids), instant_of(first), instant_of(last)))


def locked_rows(log: Log, ids: Collection[UUID], first: int, last: int) -> Ledger:
    """The same, after every other transaction that holds one of these resources has ended; they are held from now."""
    keys = lock_keys(log.by.organisation_id, ids)
    return rows_by_resource(log.connection, ids, LOCKED, (keys, list(ids), instant_of(first), instant_of(last)))


def rows_by_resource(
    db: Connection, ids: Collection[UUID], query: str, values: tuple[Any, ...]
) -> Ledger:
    rows: Ledger = {id: [] for id in ids}
    current, taken = None, []
    with db.cursor(binary=True) as cursor:
        for row in map(Taken._make, cursor.execute(query, values, prepare=True).fetchall()):
            # They come resource by resource; hashing an identifier for each of them would cost a tenth of the search.
            if row.resource_id.int != current:
                current, taken = row.resource_id.int, rows[row.resource_id]
            taken.append(row)
    return rows


def live(rows: Ledger, now: datetime, without: Collection[UUID] = ()) -> Ledger:
    """The rows that still hold their time, leaving out some streams."""
    return {
        id: [row for row in taken if (row.expires_at is None or not row.is_over(now)) and row.id not in without]
        for id, taken in rows.items()
    }


def calendars(settings: Settings, rows: Ledger, window: Window) -> dict[UUID, Calendar]:
    """The engine's view of each resource over a window of starts."""
    return {id: calendar(settings, settings.resources[id], taken, window) for id, taken in rows.items()}


def calendar(settings: Settings, resource: Resource, rows: list[Taken], window: Window) -> Calendar:
    zone = settings.zone_at(resource)
    first, last = window.period_dates(zone)
    closed_on = settings.closures_for(resource)
    counted = {(row.id, row.counts_on) for row in rows if row.counts_on}
    daily: dict[date, int] = {}
    for _, on in counted:
        daily[on] = daily.get(on, 0) + 1
    return Calendar(
        resource_id=resource.id,
        periods=open_periods(resource.hours, first, last, settings.zone_of, closed_on) if resource.has_hours else None,
        taken=rows,
        daily=daily,
        zone=zone,
        closed=closed_by_place(settings, resource, first, last, closed_on),
        capacity=resource.capacity,
        max_per_day=resource.max_per_day,
    )


def closed_by_place(
    settings: Settings, resource: Resource, first: date, last: date, closed_on: dict[UUID | None, Collection[date]]
) -> Sequence[OpenPeriod]:
    """The periods that closures take away, where there are any."""
    is_touched = resource.has_hours and any(first <= on <= last for dates in closed_on.values() for on in dates)
    return closed_periods(resource.hours, first, last, settings.zone_of, closed_on) if is_touched else ()


def reach(settings: Settings, window: Window, longest: int) -> tuple[int, int]:
    """The epoch minutes whose taken rows may bear on a start in the window: whole local days, and what follows."""
    first, last = local_date(settings.zone, window.first) - DAY, local_date(settings.zone, window.last) + 2 * DAY
    days = Window.of_days(settings.zone, first, last)
    return days.first, days.last + longest
