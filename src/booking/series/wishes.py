"""What each occurrence of a series is to become: by the rule, or by the choice made for it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from agenda.timetable import Settings
from agenda.wanted import Wanted
from booking.allocation import must_be_allowed
from booking.series.events import Occurrence, SeriesService
from booking.series.series import occurrence_id
from kernel.actors import Act
from kernel.errors import NotFound, Refusal
from kernel.zones import instant_of, parse_wall, wall_minute


class WallTimeNotValid(Refusal):
    """A time of day is written HH:MM, from 00:00 to 23:59."""


class Choice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What to do with one occurrence: skip it, leave it where it stands (of those that exist), another start (an aware
    instant), another person, or rules set aside for a reason."""

    is_skipped: bool = False
    is_left: bool = False
    starts_at: datetime | None = None
    resource_id: UUID | None = None
    override: tuple[str, ...] = ()
    reason: str = ""

    @property
    def is_exception(self) -> bool:
        return self.starts_at is not None or self.resource_id is not None


# By the date that names the occurrence.
Choices = Mapping[date, Choice]
AS_PLANNED = Choice()
NO_CHOICES: Choices = MappingProxyType({})


class Pattern(NamedTuple):
    """When on the wall of a zone every occurrence starts, and what is done then."""

    zone: str
    wall_time: str
    wanted: tuple[Wanted, ...]

    def starts_at(self, on: date) -> datetime:
        """RFC 5545: in a gap of the clock the offset before it, in an overlap the first time."""
        minute = wall_minute(ZoneInfo(self.zone), on, minutes_of_day(self.wall_time))
        if minute is None:
            raise WallTimeNotValid(on=on, wall_time=self.wall_time)
        return instant_of(minute)


class Wish(NamedTuple):
    """One occurrence as it is to be."""

    on: date
    id: UUID
    starts_at: datetime
    wanted: Sequence[Wanted]
    choice: Choice = AS_PLANNED


def wishes(
    settings: Settings, series_id: UUID, pattern: Pattern, occurrences: Iterable[Occurrence], choices: Choices
) -> list[Wish]:
    """One for each occurrence that is not skipped or left where it is."""
    chosen = ((each, choices.get(each.on, AS_PLANNED)) for each in occurrences)
    return [
        wish(settings, series_id, pattern, each, choice)
        for each, choice in chosen
        if not (choice.is_skipped or choice.is_left)
    ]


def wish(settings: Settings, series_id: UUID, pattern: Pattern, occurrence: Occurrence, choice: Choice) -> Wish:
    starts_at = choice.starts_at or pattern.starts_at(occurrence.planned_on)
    wanted = with_person(settings, pattern.wanted, choice.resource_id) if choice.resource_id else pattern.wanted
    return Wish(occurrence.on, occurrence_id(series_id, occurrence.on), starts_at, wanted, choice)


def person_of(settings: Settings, wanted: Sequence[Wanted]) -> UUID | None:
    """The practitioner chosen for the first service, else whoever was chosen for it; None when it is left open."""
    chosen = wanted[0].resource_ids if wanted else ()
    known = (settings.resources.get(id) for id in chosen)
    people = [each.id for each in known if each and each.kind == "practitioner"]
    return next(iter([*people, *chosen]), None)


def with_person(settings: Settings, wanted: Sequence[Wanted], person: UUID) -> tuple[Wanted, ...]:
    """The same services given by this person wherever the first one's was to give them."""
    before = person_of(settings, wanted)
    return tuple(
        each._replace(resource_ids=(person, *(id for id in each.resource_ids if id != before)))
        if before is None or before in each.resource_ids
        else each
        for each in wanted
    )


def zone_for(settings: Settings, wanted: Sequence[Wanted]) -> str:
    """The zone on whose wall the series is planned: the person's, else the house's."""
    person = settings.resources.get(person_of(settings, wanted))
    return (settings.zone_at(person) if person else settings.zone).key


def minutes_of_day(wall_time: str) -> int:
    try:
        minutes = parse_wall(wall_time)
    except ValueError as wrong:
        raise WallTimeNotValid(wall_time=wall_time) from wrong
    if wall_time == "24:00":
        raise WallTimeNotValid(wall_time=wall_time)
    return minutes


def must_be_known(choices: Choices, occurrences: Iterable[Occurrence]) -> None:
    """A choice for a date that is not in question would be overlooked in silence."""
    if unknown := choices.keys() - {each.on for each in occurrences}:
        raise NotFound(kind="Occurrence", id=str(min(unknown)))


def must_be_allowed_all(choices: Choices, by: Act) -> None:
    for choice in choices.values():
        must_be_allowed(choice.override, choice.reason, by)


def as_services(wanted: Iterable[Wanted]) -> list[SeriesService]:
    return [SeriesService(each.service_id, list(each.resource_ids), *each[2:]) for each in wanted]


def as_wanted(services: Iterable[SeriesService]) -> tuple[Wanted, ...]:
    return tuple(
        Wanted(each.service_id, tuple(each.resource_ids), each.duration_minutes, each.takes_only_these)
        for each in services
    )
