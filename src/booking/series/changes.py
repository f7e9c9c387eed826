"""What a change of a series would do to its occurrences: worked out once, for the preview and for the commit."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection

from agenda.timetable import Settings
from agenda.wanted import Wanted
from booking.appointment import ENDED
from booking.making import wanted_again
from booking.series.events import Occurrence
from booking.series.members import Member, concerned, members
from booking.series.rule import MOST, Rule, SeriesTooLong, sound
from booking.series.series import Series, SeriesEmpty
from booking.series.text import read_rule
from booking.series.wishes import (
    AS_PLANNED,
    Choices,
    Pattern,
    Wish,
    as_wanted,
    minutes_of_day,
    must_be_known,
    wish,
    wishes,
    zone_for,
)


class Plan(NamedTuple):
    """The wishes of a change, whose time counts as free meanwhile, what it touches and what it leaves."""

    wishes: list[Wish]
    occurrences: list[Occurrence]
    pattern: Pattern
    touched: list[Member] = []
    kept: list[Member] = []
    rule: Rule | None = None
    missing_months: list[date] = []

    def freed(self, choices: Choices) -> frozenset[UUID]:
        """The appointments whose present time counts as free: all that change their place or are cancelled."""
        left = {on for on, choice in choices.items() if choice.is_left}
        return frozenset(each.appointment.id for each in self.touched if each.occurrence.on not in left)


class Movement(NamedTuple):
    """From one occurrence on, by its name, or of all: some days earlier or later, another time on the wall (HH:MM),
    other services, people or lengths. What is left out stays. Exceptions stay where they are unless included."""

    from_on: date | None = None
    days: int = 0
    wall_time: str = ""
    wanted: tuple[Wanted, ...] = ()
    includes_exceptions: bool = False


def planned(
    settings: Settings,
    id: UUID,
    first_on: date,
    wall_time: str,
    rule: Rule,
    wanted: tuple[Wanted, ...],
    choices: Choices,
    zone: str = "",
) -> Plan:
    """A new series from its first date on."""
    rule, pattern = rule.filled(first_on), Pattern(zone or zone_for(settings, wanted), wall_time, wanted)
    minutes_of_day(wall_time)
    occurrences = [Occurrence(on, on) for on in rule.dates(first_on)]
    must_be_known(choices, occurrences)
    wished = wishes(settings, id, pattern, occurrences, choices)
    return Plan(wished, occurrences, pattern, rule=rule, missing_months=rule.missing_months(first_on))


def moved(
    db: Connection, settings: Settings, series: Series, movement: Movement, choices: Choices, now: datetime
) -> Plan:
    """Every occurrence concerned, at its new date and time with its new people."""
    found = concerned(db, series, movement.from_on, now, includes_exceptions=movement.includes_exceptions)
    if not found.touched:
        raise SeriesEmpty
    pattern = Pattern(
        series.zone, movement.wall_time or series.wall_time, movement.wanted or as_wanted(series.services)
    )
    minutes_of_day(pattern.wall_time)
    shift = timedelta(movement.days)
    new = [Occurrence(each.on, each.planned_on + shift) for each, _ in found.touched]
    must_be_known(choices, new)
    rule = read_rule(series.rule).moved(movement.days)
    wished = wishes(settings, series.id, pattern, new, choices)
    return Plan(wished, new, pattern, found.touched, found.kept, rule)


def extended(db: Connection, settings: Settings, series: Series, rule: Rule, choices: Choices) -> Plan:
    """Further occurrences up to a later end; none when it is not later. One that was cancelled with others and brought
    back alone since is of the series again, where it stands."""
    pattern = Pattern(series.zone, series.wall_time, as_wanted(series.services))
    new = series.named(further_dates(series, rule))
    must_be_known(choices, new)
    known = members(db, series, new)
    standing = {each.appointment.id for each in known if each.appointment.status not in ENDED}
    wished = [each for each in wishes(settings, series.id, pattern, new, choices) if each.id not in standing]
    over = [each for each in known if each.appointment.id not in standing]
    return Plan(wished, new, pattern, over, rule=rule)


def restored(db: Connection, settings: Settings, series: Series, choices: Choices) -> Plan:
    """What was cancelled together last, each where it was."""
    back = series.restorable
    must_be_known(choices, back)
    found = [each for each in members(db, series, back) if each.appointment.status in ENDED]
    wished = [wish_back(settings, series, each, choices) for each in found if is_wished(each, choices)]
    pattern = Pattern(series.zone, series.wall_time, as_wanted(series.services))
    return Plan(wished, back, pattern, found)


def is_wished(member: Member, choices: Choices) -> bool:
    choice = choices.get(member.occurrence.on, AS_PLANNED)
    return not (choice.is_skipped or choice.is_left)


def wish_back(settings: Settings, series: Series, member: Member, choices: Choices) -> Wish:
    occurrence, appointment = member
    choice = choices.get(occurrence.on, AS_PLANNED)
    pattern = Pattern(series.zone, series.wall_time, tuple(wanted_again(appointment)))
    asked = wish(settings, series.id, pattern, occurrence, choice)
    return asked if choice.starts_at else asked._replace(starts_at=appointment.starts_at)


def further_dates(series: Series, rule: Rule) -> list[date]:
    """The dates after the last one so far, up to the new end."""
    have, last_on = len(series.occurrences), series.last_on
    wanting = MOST if rule.count is None else max(0, rule.count - have)
    # The last date so far may be one of the rule's, which goes on from it.
    going_on = rule if rule.count is None else rule.ending(count=min(MOST, wanting + 1))
    new = [on for on in going_on.dates(last_on) if on > last_on][:wanting]
    if have + len(new) > MOST:
        raise SeriesTooLong(most=MOST)
    return new


def new_end(series: Series, count: int | None, until_on: date | None) -> Rule:
    return sound(read_rule(series.rule).ending(count=count, until_on=until_on))


def beyond(series: Series, rule: Rule) -> list[Occurrence]:
    """The occurrences after the new end."""
    if rule.count is not None:
        return series.occurrences[rule.count :]
    return [each for each in series.occurrences if each.planned_on > rule.until_on]
