"""Folds the log in its order and names every promise that the rules in force at its place refuse.

Without a line of the engine: hours, closures, absences, buffers and capacity are looked at minute by minute. Only the
settings themselves are folded by their own aggregates.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from agenda.closures import Closures
from agenda.events import (
    BookingTermsSet,
    DatesClosed,
    DatesReopened,
    DayHoursCleared,
    DayHoursSet,
    HoursSet,
    PerformerAssigned,
    PerformerRemoved,
    ResourceAdded,
    ResourceChanged,
    ServiceAdded,
    ServiceChanged,
)
from agenda.hours import Period
from agenda.resource import Resource
from agenda.service import Service
from agenda.terms import BookingTerms
from booking.events import AppointmentMade, AppointmentMoved, AppointmentRestored, Segment, TimeHeld, Use
from kernel.aggregate import Aggregate
from kernel.events import Claim, Event
from tests.properties.lifecycle import Kind, Row, Wish, day, met_rows, minute

SETTINGS: dict[type[Event], type[Aggregate]] = {
    **dict.fromkeys((ResourceAdded, ResourceChanged, HoursSet, DayHoursSet, DayHoursCleared), Resource),
    **dict.fromkeys((ServiceAdded, ServiceChanged, PerformerAssigned, PerformerRemoved), Service),
    **dict.fromkeys((DatesClosed, DatesReopened), Closures),
    BookingTermsSet: BookingTerms,
}
# Facts that decided on a time; what approves or confirms one says it again.
PROMISES = (AppointmentMade, AppointmentMoved, AppointmentRestored, TimeHeld)
# A booking under this source asked for whoever is free.
ANYBODY = "anybody"


class Fault(NamedTuple):
    """A promise, and a rule in force before it that it breaks without having set it aside."""

    position: int
    promise: str
    rule: str


class Order:
    """The rules and the ledger at one place of the log."""

    def __init__(self) -> None:
        self.settings: dict[UUID, Aggregate] = {}
        self.claims: dict[UUID, list[Claim]] = {}
        self.rows: dict[tuple[UUID, date], dict[UUID, list[Row]]] = defaultdict(dict)
        self.counted: dict[tuple[UUID, date], set[UUID]] = defaultdict(set)
        self.promises = 0

    def faults(self, events: Iterable[Event]) -> Iterator[Fault]:
        """What one command does, it does at once."""
        for _, together in groupby(events, lambda event: event.command):
            yield from self.after(list(together))

    def after(self, events: list[Event]) -> Iterator[Fault]:
        for event in events:
            if event.claims() is not None:
                self.free(event.originator_id)
        for event in events:
            if isinstance(event, PROMISES):
                self.promises += 1
                yield from (Fault(event.position, type(event).__name__, rule) for rule in self.broken(event))
            self.apply(event)

    def apply(self, event: Event) -> None:
        if claims := event.claims():
            self.take(event.originator_id, claims)
        elif kind := SETTINGS.get(type(event)):
            self.settings.setdefault(event.originator_id, kind(id=event.originator_id)).apply(event)

    def of_kind(self, kind: type[Aggregate]) -> list[Aggregate]:
        return [each for each in self.settings.values() if isinstance(each, kind)]

    # The ledger

    def free(self, stream: UUID) -> None:
        for claim in self.claims.pop(stream, ()):
            for on in days_of(claim):
                self.rows[claim.resource_id, on].pop(stream, None)
            self.counted[claim.resource_id, claim.counts_on].discard(stream)

    def take(self, stream: UUID, claims: list[Claim]) -> None:
        self.claims[stream] = claims
        for claim in claims:
            for on in days_of(claim):
                self.rows[claim.resource_id, on].setdefault(stream, []).append(row_of(stream, claim))
            if claim.counts_on:
                self.counted[claim.resource_id, claim.counts_on].add(stream)

    def near(self, resource: UUID, on: date) -> list[Row]:
        return [row for rows in self.rows[resource, on].values() for row in rows]

    # The rules

    def broken(self, event: Event) -> Iterator[str]:
        for segment in event.segments:
            for use in segment.uses:
                yield from set(self.met(segment, use)) - set(event.override)
            if not isinstance(event, AppointmentRestored):
                yield from self.unlike_service(segment)
            if isinstance(event, AppointmentMade):
                yield from self.unlike_promise(event, segment)

    def met(self, segment: Segment, use: Use) -> Iterator[str]:
        """What stands in the way of one resource."""
        resource, service = self.settings[use.resource_id], self.settings[segment.service_id]
        start, end = (int(each.timestamp()) // 60 for each in (segment.starts_at, segment.ends_at))
        on, capacity = day(start), max(service.capacity, resource.capacity)
        if not resource.is_active:
            yield "retired"
        if use.capacity != capacity:
            yield "capacity of before"
        if resource.has_hours and not any(opens <= start < end <= closes for opens, closes in self.open(resource, on)):
            yield "outside_hours"
        most = resource.max_per_day
        if use.is_lead and most is not None and len(self.counted[resource.id, on]) >= most:
            yield "day_full"
        kind = Kind(service.id, end - start, 1, capacity, segment.before_minutes, segment.after_minutes)
        yield from met_rows(Wish(kind, resource.id, start), self.near(resource.id, on))

    def open(self, resource: Resource, on: date) -> Iterator[tuple[int, int]]:
        """A person's own word for a date stands also where the place is closed."""
        dated = next((each.periods for each in resource.hours.dated if each.on == on), None)
        closed = any(on in each.dates for each in self.of_kind(Closures))
        weekly = [] if closed else [each for each in resource.hours.weekly if each.weekday == on.weekday()]
        return (span(on, period) for period in (weekly if dated is None else dated))

    def unlike_service(self, segment: Segment) -> Iterator[str]:
        service = self.settings[segment.service_id]
        if (segment.before_minutes, segment.after_minutes) != (service.before_minutes, service.after_minutes):
            yield "buffers of before"

    def unlike_promise(self, event: AppointmentMade, segment: Segment) -> Iterator[str]:
        """What a new promise copies: length, price, terms, and who gives the service."""
        service, lead = self.settings[segment.service_id], segment.uses[0].resource_id
        terms = next(iter(self.of_kind(BookingTerms)), BookingTerms(id=lead))
        if segment.ends_at - segment.starts_at != service.duration_minutes * (date.resolution / 1440):
            yield "length of before"
        if event.price_cents != service.price_cents:
            yield "price of before"
        if (event.terms.notice_minutes, event.terms.needs_approval) != (terms.notice_minutes, terms.needs_approval):
            yield "terms of before"
        if event.source_id == ANYBODY and not service.performer(lead):
            yield "performers of before"


def span(on: date, period: Period) -> tuple[int, int]:
    return minute(on, period.start), minute(on, period.end)


def row_of(stream: UUID, claim: Claim) -> Row:
    start, end = (int(each.timestamp()) // 60 for each in (claim.starts_at, claim.ends_at))
    return Row(stream, start, end, claim.before_minutes, claim.after_minutes, claim.capacity, claim.seat == 0)


def days_of(claim: Claim) -> set[date]:
    """The days of an ordinary visit, and of an absence of several."""
    start, end = (int(each.timestamp()) // 60 for each in (claim.starts_at, claim.ends_at))
    return {day(each) for each in (*range(start, end, 720), end - 1)}
