"""The starts of visits: several resources at once, several services in a row."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from agenda.slots import Calendar, Rules, Window, starts
from agenda.visits_board import Board
from agenda.visits_search import Need, Part, Search, Segment

__all__ = ["Need", "Part", "Segment", "Visit", "choices", "visits"]

Calendars = Mapping[UUID, Calendar]


class Visit(NamedTuple):
    start: int
    parts: tuple[Part, ...]


class Plan(NamedTuple):
    """What every search for the same question shares: the leading need of each segment, the first lead's starts."""

    leads: Sequence[int]
    grid: Mapping[UUID, set[int]]
    board: Board


def visits(
    segments: Sequence[Segment], calendars: Calendars, rules: Rules, now: datetime, window: Window
) -> list[Visit]:
    """One visit for each bookable start of the window, with the preferred resources that make it possible.

    The grid is that of the first segment's lead, who is also preferred first. Segments follow each other without a
    gap; buffers between two of them do not count for a resource that serves both. `max_per_day` counts for the leads,
    on the local date their part starts.
    """
    if len(segments) == 1 and len(segments[0].needs) == 1:
        return _alone(segments[0], calendars, rules, now, window)
    plan = _plan(segments, calendars, rules, now, window)
    search = Search(segments, *plan)
    found = ((start, search.parts(0, start)) for start in sorted(set().union(*plan.grid.values())))
    return [Visit(start, parts) for start, parts in found if parts]


def _alone(segment: Segment, calendars: Calendars, rules: Rules, now: datetime, window: Window) -> list[Visit]:
    """One service that takes one resource, as most do: each start goes to the first who offers it."""
    (need,) = segment.needs
    parts: dict[int, Part] = {}
    for each in need.candidates:
        ask = segment.ask._replace(duration=need.duration(each, segment.ask))
        for start in starts(calendars[each], ask, rules, now, window):
            if start not in parts:
                parts[start] = Part(0, start, start + ask.duration, (each,))
    return [Visit(start, (parts[start],)) for start in sorted(parts)]


def choices(
    segments: Sequence[Segment], calendars: Calendars, rules: Rules, now: datetime, start: int
) -> list[list[list[UUID]]]:
    """Who can serve a visit at that start: for each segment, for each of its needs, the candidates that can."""
    plan = _plan(segments, calendars, rules, now, Window(start, start + 1))

    def can_serve(segment: int, need: int, resource_id: UUID) -> bool:
        pinned = _pinned(segments, segment, need, resource_id)
        return Search(pinned, *plan).parts(0, start) is not None

    return [
        [[each for each in need.candidates if can_serve(i, j, each)] for j, need in enumerate(segment.needs)]
        for i, segment in enumerate(segments)
    ]


def _plan(segments: Sequence[Segment], calendars: Calendars, rules: Rules, now: datetime, window: Window) -> Plan:
    leads = [segment.lead(calendars) for segment in segments]
    grid = _grid(segments, leads[0], calendars, rules, now, window)
    found = set().union(*grid.values()) or {0}
    reach = Window(min(found), max(found) + 1 + sum(segment.longest() for segment in segments))
    return Plan(leads, grid, Board(calendars, rules, reach))


def _grid(
    segments: Sequence[Segment], lead: int, calendars: Calendars, rules: Rules, now: datetime, window: Window
) -> Mapping[UUID, set[int]]:
    """Starts of those who may lead the first segment; who may stay for the second may need no time after it."""
    ask, need = segments[0].ask, segments[0].needs[lead]
    staying = segments[1].resource_ids() if len(segments) > 1 else ()
    asks = {
        each: ask._replace(duration=need.duration(each, ask), after=0 if each in staying else ask.after)
        for each in need.candidates
    }
    return {each: set(starts(calendars[each], asks[each], rules, now, window)) for each in need.candidates}


def _pinned(segments: Sequence[Segment], segment: int, need: int, resource_id: UUID) -> list[Segment]:
    pinned, needs = list(segments), list(segments[segment].needs)
    needs[need] = needs[need]._replace(candidates=(resource_id,))
    pinned[segment] = pinned[segment]._replace(needs=needs)
    return pinned
