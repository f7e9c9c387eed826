"""Whatever a visit asks for, the resources it gets are open, free and its own; and no visit is missed."""

import os
from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agenda.hours import OpenPeriod
from agenda.slots import Ask, Calendar, Rules, Taken, Window
from agenda.visits import Need, Part, Segment, choices, visits

EXAMPLES = 5000 if os.environ.get("CARNET_FULL") else 150
quick = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])

UTC_ZONE = ZoneInfo("UTC")
ON = date(2026, 6, 15)
ORIGIN = int(datetime(2026, 6, 15, 9, tzinfo=UTC).timestamp()) // 60
NOW = datetime(2026, 6, 15, 9, 30, tzinfo=UTC)
WINDOW = Window(ORIGIN, ORIGIN + 240)
PEOPLE = [UUID(int=number) for number in range(1, 5)]


def spans(longest: int) -> st.SearchStrategy[tuple[int, int]]:
    starts = st.integers(0, 30).map(lambda steps: ORIGIN - 30 + steps * 10)
    return st.tuples(starts, st.integers(1, longest).map(lambda steps: steps * 10)).map(lambda x: (x[0], x[0] + x[1]))


periods = st.lists(spans(30).map(lambda span: OpenPeriod(*span, ON)), min_size=1, max_size=3)
buffers = st.sampled_from([0, 0, 10, 40])
taken = st.lists(
    st.builds(lambda span, before, after: Taken(*span, before=before, after=after), spans(6), buffers, buffers),
    max_size=3,
)
whole_day = st.just([OpenPeriod(ORIGIN, ORIGIN + 360, ON)])


@st.composite
def calendars(draw) -> dict[UUID, Calendar]:
    def calendar(each: UUID) -> Calendar:
        hours = draw(whole_day | periods | st.none())
        return Calendar(each, hours, draw(taken), {ON: draw(st.integers(0, 2))}, UTC_ZONE)

    return {each: calendar(each) for each in PEOPLE}


@st.composite
def needs(draw) -> Need:
    candidates = draw(st.permutations(PEOPLE))[: draw(st.integers(1, 3))]
    durations = draw(st.none() | st.dictionaries(st.sampled_from(candidates), st.sampled_from([20, 50]), max_size=2))
    return Need(candidates, durations)


intervals = st.sampled_from([None, 10, 20])
asks = st.tuples(st.sampled_from([10, 30, 40]), buffers, buffers, intervals).map(lambda each: Ask(*each))
segments = st.lists(st.builds(Segment, asks, st.lists(needs(), min_size=1, max_size=2)), min_size=1, max_size=3)
limits = st.builds(Rules, st.sampled_from([0, 30]), st.none(), st.sampled_from([None, 2]))


@quick
@given(segments, calendars(), limits)
def test_visits_are_all_that_trying_everybody_finds(asked, held, rules):
    found = {visit.start: visit.parts for visit in visits(asked, held, rules, NOW, WINDOW)}
    for start in range(WINDOW.first, WINDOW.last, 10):
        tried = everybody_tried(asked, held, rules, start)
        assert found.get(start) == min(tried, key=lambda parts: preference(asked, held, parts), default=None)


@quick
@given(segments, calendars(), limits)
def test_choices_are_all_who_serve_in_some_visit(asked, held, rules):
    for start in range(WINDOW.first, WINDOW.last, 30):
        tried = everybody_tried(asked, held, rules, start)
        serving = [
            [
                [each for each in need.candidates if any(parts[i].resource_ids[j] == each for parts in tried)]
                for j, need in enumerate(segment.needs)
            ]
            for i, segment in enumerate(asked)
        ]
        assert choices(asked, held, rules, NOW, start) == serving


@quick
@given(segments, calendars(), limits)
def test_a_visit_has_nobody_twice_and_no_pause(asked, held, rules):
    for visit in visits(asked, held, rules, NOW, WINDOW):
        assert [part.start for part in visit.parts] == [visit.start, *(part.end for part in visit.parts[:-1])]
        assert all(len(set(part.resource_ids)) == len(part.resource_ids) for part in visit.parts)
        assert all(is_open(held[each], part) for part in visit.parts for each in part.resource_ids)


def everybody_tried(asked: list[Segment], held: dict, rules: Rules, start: int) -> list[tuple[Part, ...]]:
    teams = [product(*(need.candidates for need in segment.needs)) for segment in asked]
    tried = (placed(asked, held, choice, start) for choice in product(*teams))
    return [parts for parts in tried if is_possible(asked, held, rules, parts)]


def placed(asked: list[Segment], held: dict, choice: tuple, start: int) -> tuple[Part, ...]:
    parts = []
    for index, (segment, team) in enumerate(zip(asked, choice, strict=True)):
        lead = lead_of(segment, held)
        length = (segment.needs[lead].durations or {}).get(team[lead], segment.ask.duration)
        parts.append(Part(index, start, start + length, team))
        start += length
    return tuple(parts)


def lead_of(segment: Segment, held: dict) -> int:
    leads = (
        i for i, need in enumerate(segment.needs) if any(held[each].periods is not None for each in need.candidates)
    )
    return next(leads, 0)


def is_possible(asked: list[Segment], held: dict, rules: Rules, parts: tuple[Part, ...]) -> bool:
    leads = [part.resource_ids[lead_of(segment, held)] for segment, part in zip(asked, parts, strict=True)]
    return (
        datetime.fromtimestamp(parts[0].start * 60, UTC) >= NOW + timedelta(minutes=rules.min_notice_minutes)
        and all(len(set(part.resource_ids)) == len(part.resource_ids) for part in parts)
        and (rules.max_per_day is None or all(held[each].daily[ON] < rules.max_per_day for each in leads))
        and is_on_grid(asked[0].ask, held[leads[0]], parts[0])
        and all(is_open(held[each], part) for part in parts for each in part.resource_ids)
        and all(is_free(held[each], *run) for each in PEOPLE for run in runs(asked, parts, each))
    )


def is_on_grid(ask: Ask, calendar: Calendar, part: Part) -> bool:
    step = ask.interval or part.end - part.start
    if calendar.periods is None:
        return part.start % 1440 % step == 0
    return any(
        period.start <= part.start and part.end <= period.end and (part.start - period.start) % step == 0
        for period in calendar.periods
    )


def is_open(calendar: Calendar, part: Part) -> bool:
    spans_of = calendar.periods
    return spans_of is None or any(each.start <= part.start and part.end <= each.end for each in spans_of)


def runs(asked: list[Segment], parts: tuple[Part, ...], resource_id: UUID) -> list[tuple[int, int, int, int]]:
    """Stretches served without a break: their start, end, and the buffers around the whole."""
    found = []
    for segment, part in zip(asked, parts, strict=True):
        if resource_id not in part.resource_ids:
            continue
        start, before = part.start, segment.ask.before
        if found and found[-1][1] == part.start:
            start, _, before, _ = found.pop()
        found.append((start, part.end, before, segment.ask.after))
    return found


def is_free(calendar: Calendar, start: int, end: int, before: int, after: int) -> bool:
    return not any(
        max(start, row.start - row.before) < min(end, row.end + row.after)
        or max(start - before, row.start) < min(end + after, row.end)
        for row in calendar.taken
    )


def preference(asked: list[Segment], held: dict, parts: tuple[Part, ...]) -> list[int]:
    ranks = []
    for segment, part in zip(asked, parts, strict=True):
        chosen = [need.candidates.index(each) for need, each in zip(segment.needs, part.resource_ids, strict=True)]
        ranks += [chosen[lead_of(segment, held)], *chosen]
    return ranks
