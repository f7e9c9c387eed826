"""A resource whose time can be booked: a practitioner, a room, a machine; and when it works."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from agenda.events import DayHoursCleared, DayHoursSet, HoursSet, ResourceAdded, ResourceChanged
from agenda.hours import DatedHours, DatedPeriod, Hours
from agenda.hours_checks import overlaps, problems
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.changes import differing, must_not_be_negative, take
from kernel.errors import Refusal
from kernel.events import Event
from kernel.rights import Touched

KINDS = ("practitioner", "room", "machine")


class ResourceKindUnknown(Refusal):
    pass


class HoursNotValid(Refusal):
    pass


class HoursOverlap(Refusal):
    pass


class Resource(Aggregate, kw_only=True):
    is_listed: ClassVar[bool] = True

    kind: str = "practitioner"
    name_id: UUID | None = None
    trade: str = ""
    colour: str = ""
    capacity: int = 1
    place_ids: list[UUID] = []
    rank: int = 0
    has_hours: bool = True
    max_per_day: int | None = None
    is_active: bool = True
    lead_minutes: int | None = None
    horizon_days: int | None = None
    notice_minutes: int | None = None
    hours: Hours = Hours()

    def touches(self) -> Touched:
        return [frozenset([self.id])]

    def add(self, by: Act, **facts: Any) -> None:
        if facts["kind"] not in KINDS:
            raise ResourceKindUnknown(kind=facts["kind"])
        must_not_be_negative(facts)
        self.trigger(ResourceAdded, by, **facts)

    def change(self, by: Act, **wanted: Any) -> None:
        must_not_be_negative(wanted)
        if changes := differing(self, wanted):
            self.trigger(ResourceChanged, by, **changes)

    def set_hours(self, hours: Hours, by: Act) -> None:
        must_hold(hours)
        if hours != self.hours:
            self.trigger(HoursSet, by, hours=hours)

    def set_day(self, on: date, periods: list[DatedPeriod], cause: str, by: Act) -> None:
        day = DatedHours(on, periods, cause)
        must_hold(Hours(self.hours.weekly, [*self.other_days(on), day]))
        if day not in self.hours.dated:
            self.trigger(DayHoursSet, by, on=on, periods=periods, cause=cause)

    def clear_day(self, on: date, by: Act) -> None:
        if len(self.other_days(on)) < len(self.hours.dated):
            self.trigger(DayHoursCleared, by, on=on)

    def other_days(self, on: date) -> list[DatedHours]:
        return [day for day in self.hours.dated if day.on != on]

    def evolve(self, event: Event) -> None:
        match event:
            case ResourceAdded() | ResourceChanged() | HoursSet():
                take(self, event)
            case DayHoursSet():
                day = DatedHours(event.on, event.periods, event.cause)
                self.hours = Hours(self.hours.weekly, [*self.other_days(event.on), day])
            case DayHoursCleared():
                self.hours = Hours(self.hours.weekly, self.other_days(event.on))


def must_hold(hours: Hours) -> None:
    if found := problems(hours):
        raise HoursNotValid(problems=found)
    if found := overlaps(hours):
        raise HoursOverlap(overlaps=[[str(one), str(other)] for one, other in found])
