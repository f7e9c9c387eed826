"""A series: appointments of one client that come back by a rule and can be changed together."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid5

from booking.series import events
from booking.series.events import Occurrence, SeriesService
from booking.series.text import read_rule, write_rule
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.changes import changed_fields, differing, take
from kernel.errors import NotFound, Refusal
from kernel.events import Event
from kernel.rights import Touched

FACTS = ("price_cents", "is_asked_for", "note_id", "client_note_id", "location_id", "video_link_id")
A_DAY = timedelta(days=1)


class SeriesExists(Refusal):
    status = 409


class SeriesEmpty(Refusal):
    """There is no occurrence to do this to, or none would be made."""


class Series(Aggregate, kw_only=True):
    """`cancelled` are the places that left the series together last, some of them `empty`; `rule_before` was its rule
    until then."""

    begins_with: ClassVar[tuple[type[Event], ...]] = (events.SeriesPlanned,)

    client_id: UUID | None = None
    rule: str = ""
    zone: str = ""
    wall_time: str = ""
    services: list[SeriesService] = []
    occurrences: list[Occurrence] = []
    skipped: list[date] = []
    cancelled: list[Occurrence] = []
    empty: list[date] = []
    rule_before: str = ""
    price_cents: int | None = None
    is_asked_for: bool = False
    note_id: UUID | None = None
    client_note_id: UUID | None = None
    location_id: UUID | None = None
    video_link_id: UUID | None = None

    @property
    def made(self) -> list[Occurrence]:
        skipped = set(self.skipped)
        return [each for each in self.occurrences if each.on not in skipped]

    @property
    def restorable(self) -> list[Occurrence]:
        """What was cancelled together last and is not back."""
        return [each for each in self.cancelled if each.on not in self.empty]

    @property
    def last_on(self) -> date:
        """The last date that the rule has given so far."""
        if not self.occurrences:
            raise SeriesEmpty
        return max(each.planned_on for each in self.occurrences)

    def from_one_on(self, on: date | None) -> list[Occurrence]:
        """All occurrences in order, or those from the one of this name on, skipped ones among them."""
        names = [each.on for each in self.occurrences]
        if on is not None and on not in names:
            raise NotFound(kind="Occurrence", id=str(on))
        return self.occurrences[names.index(on) :] if on else self.occurrences

    def named(self, dates: Collection[date]) -> list[Occurrence]:
        """Further occurrences on these dates. Where an earlier one was moved by days and still has the date as its
        name, the new one is named by the next day that is nobody's name."""
        names, new = {each.on for each in self.occurrences}, []
        for planned_on in dates:
            on = planned_on
            while on in names:
                on += A_DAY
            names.add(on)
            new.append(Occurrence(on, planned_on))
        return new

    def touches(self) -> Touched:
        """Nothing of its own: its appointments say whose time it takes, and none of it changes without them."""
        return []

    def plan(self, by: Act, **facts: Any) -> None:
        if self.version:
            raise SeriesExists
        if len(facts["occurrences"]) == len(facts["skipped"]):
            raise SeriesEmpty
        self.trigger(events.SeriesPlanned, by, **facts)

    def move(self, from_on: date, shift_days: int, by: Act, **time: Any) -> None:
        rule = write_rule(read_rule(self.rule).moved(shift_days))
        self.trigger(events.SeriesMoved, by, from_on=from_on, shift_days=shift_days, rule=rule, **time)

    def edit(self, from_on: date, by: Act, **wanted: Any) -> None:
        self.trigger(events.SeriesEdited, by, from_on=from_on, **differing(self, wanted))

    def extend(self, rule: str, occurrences: list[Occurrence], skipped: list[date], by: Act) -> None:
        self.trigger(events.SeriesExtended, by, rule=rule, occurrences=occurrences, skipped=skipped)

    def cancel(self, dates: list[date], ended: Collection[date], by: Act) -> None:
        """`ended` are occurrences that were over already, each cancelled alone."""
        if not dates:
            raise SeriesEmpty
        later = {each.on for each in self.from_one_on(dates[0])}
        empty = sorted(later.intersection(self.skipped).union(later.intersection(ended)))
        gone = {*dates, *empty}
        left = [each for each in self.occurrences if each.on not in gone]
        self.trigger(events.SeriesCancelled, by, rule=self.rule_for(left), cancelled=dates, empty=empty)

    def restore(self, by: Act) -> None:
        if not self.restorable:
            raise SeriesEmpty
        dates = [each.on for each in self.restorable]
        self.trigger(events.SeriesRestored, by, rule=self.rule_before, restored=dates)

    def rule_for(self, left: list[Occurrence]) -> str:
        """The rule as it ends with these, in the way it ended before."""
        rule = read_rule(self.rule)
        if not left:
            return self.rule
        if rule.count is not None:
            return write_rule(rule.ending(count=len(left)))
        return write_rule(rule.ending(until_on=max(each.planned_on for each in left)))

    def evolve(self, event: Event) -> None:
        match event:
            case events.SeriesPlanned():
                take(self, event)
            case events.SeriesMoved():
                self.shift(event)
            case events.SeriesEdited():
                self.correct(event)
            case events.SeriesExtended():
                self.add(event)
            case _:
                self.change_members(event)

    def change_members(self, event: Event) -> None:
        match event:
            case events.SeriesCancelled():
                self.remove(event)
            case events.SeriesRestored():
                self.rule = event.rule
                self.occurrences = in_order([*self.occurrences, *self.cancelled])
                self.cancelled = []

    def shift(self, event: events.SeriesMoved) -> None:
        self.rule, self.wall_time, self.services = event.rule, event.wall_time, event.services
        first = [each.on for each in self.occurrences].index(event.from_on)
        days = timedelta(event.shift_days)
        later = [Occurrence(each.on, each.planned_on + days) for each in self.occurrences[first:]]
        self.occurrences = [*self.occurrences[:first], *later]

    def correct(self, event: events.SeriesEdited) -> None:
        for name, value in changed_fields(event).items():
            if name in FACTS:
                setattr(self, name, value)

    def remove(self, event: events.SeriesCancelled) -> None:
        gone = {*event.cancelled, *event.empty}
        self.rule_before, self.rule, self.empty = self.rule, event.rule, event.empty
        self.cancelled = [each for each in self.occurrences if each.on in gone]
        self.occurrences = [each for each in self.occurrences if each.on not in gone]

    def add(self, event: events.SeriesExtended) -> None:
        new = {each.on for each in event.occurrences}
        self.rule = event.rule
        self.skipped = [on for on in self.skipped if on not in new] + event.skipped
        # What is back in the series cannot be brought back once more.
        self.cancelled = [each for each in self.cancelled if each.on not in new]
        self.occurrences = in_order([*self.occurrences, *event.occurrences])


def in_order(occurrences: list[Occurrence]) -> list[Occurrence]:
    return sorted(occurrences, key=lambda each: (each.planned_on, each.on))


def occurrence_id(series_id: UUID, on: date) -> UUID:
    """The appointment that this occurrence is, known before it is made."""
    return uuid5(series_id, on.isoformat())
