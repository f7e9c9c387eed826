"""Visits of several services, people, rooms."""

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from agenda.hours import OpenPeriod
from agenda.slots import Ask, Calendar, Rules, Taken, Window
from agenda.visits import Need, Segment, choices, visits

ZONE = ZoneInfo("UTC")
ON = date(2026, 6, 15)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
NINE = int(datetime(2026, 6, 15, 9, tzinfo=UTC).timestamp()) // 60
DAY = Window.of_days(ZONE, ON, ON)
ANNA, BORIS, ROOM, OTHER_ROOM = (UUID(int=number) for number in range(1, 5))
NO_RULES = Rules()
MORNING = [OpenPeriod(NINE, NINE + 180, ON)]


def calendar(each: UUID, *rows: Taken, periods=MORNING, daily=0) -> Calendar:
    return Calendar(each, periods, rows, {ON: daily}, ZONE)


def room(each: UUID, *rows: Taken) -> Calendar:
    return calendar(each, *rows, periods=None)


def busy(start: int, end: int, **terms) -> Taken:
    return Taken(NINE + start, NINE + end, **terms)


def found(segments, *calendars, rules=NO_RULES):
    held = {each.resource_id: each for each in calendars}
    return [
        (visit.start - NINE, [(part.start - NINE, part.end - NINE, *part.resource_ids) for part in visit.parts])
        for visit in visits(segments, held, rules, NOW, DAY)
    ]


def served_by(segments, *calendars, **terms):
    return {
        start: [each for part in parts for each in part[2:]] for start, parts in found(segments, *calendars, **terms)
    }


def test_a_person_and_a_room_are_both_needed():
    segments = [Segment(Ask(60), [Need([ANNA]), Need([ROOM, OTHER_ROOM])])]
    got = served_by(segments, calendar(ANNA, busy(0, 30)), room(ROOM, busy(60, 90)), room(OTHER_ROOM, busy(130, 140)))
    assert got == {60: [ANNA, OTHER_ROOM], 120: [ANNA, ROOM]}


def test_the_person_rules_the_grid_even_when_the_room_is_named_first():
    segments = [Segment(Ask(60), [Need([ROOM]), Need([ANNA])])]
    late = calendar(ANNA, periods=[OpenPeriod(NINE + 15, NINE + 90, ON)])
    assert served_by(segments, room(ROOM), late) == {15: [ROOM, ANNA]}


def test_the_preferred_resource_serves_where_it_can():
    segments = [Segment(Ask(60), [Need([BORIS, ANNA])])]
    got = served_by(segments, calendar(ANNA), calendar(BORIS, busy(0, 60)))
    assert got == {0: [ANNA], 60: [BORIS], 120: [BORIS]}


def test_nobody_serves_two_needs_at_once():
    pair = [Segment(Ask(60), [Need([ANNA, BORIS]), Need([ANNA])])]
    assert served_by(pair, calendar(ANNA), calendar(BORIS))[0] == [BORIS, ANNA]
    assert served_by([Segment(Ask(60), [Need([ANNA]), Need([ANNA])])], calendar(ANNA)) == {}


def test_services_follow_each_other_without_a_pause():
    segments = [Segment(Ask(60, interval=30), [Need([ANNA])]), Segment(Ask(30), [Need([BORIS])])]
    got = found(segments, calendar(ANNA), calendar(BORIS, busy(60, 90)))
    assert got[0] == (30, [(30, 90, ANNA), (90, 120, BORIS)])


def test_the_second_service_needs_no_grid_but_an_open_period():
    segments = [Segment(Ask(50), [Need([ANNA])]), Segment(Ask(60), [Need([BORIS])])]
    assert list(served_by(segments, calendar(ANNA), calendar(BORIS))) == [0, 50]


def test_the_second_service_starts_when_the_chosen_person_has_finished():
    first = Segment(Ask(30), [Need([ANNA, BORIS], durations={BORIS: 45})])
    segments = [first, Segment(Ask(30), [Need([ROOM])])]
    got = found(segments, calendar(ANNA, busy(0, 20)), calendar(BORIS), room(ROOM))
    assert got[0] == (0, [(0, 45, BORIS), (45, 75, ROOM)])
    assert got[1] == (30, [(30, 60, ANNA), (60, 90, ROOM)])


def test_who_stays_for_the_next_service_needs_no_buffer_in_between():
    segments = [Segment(Ask(60, after=90), [Need([ANNA])]), Segment(Ask(30), [Need([ANNA])])]
    assert 0 in served_by(segments, calendar(ANNA, busy(90, 120)))
    assert 0 not in served_by(segments, calendar(ANNA, busy(80, 120)))
    leaving = [segments[0], Segment(Ask(30), [Need([BORIS])])]
    assert 0 not in served_by(leaving, calendar(ANNA, busy(90, 120)), calendar(BORIS))


def test_who_has_no_time_for_the_buffer_stays_even_if_another_is_preferred():
    segments = [Segment(Ask(60, after=90), [Need([ANNA])]), Segment(Ask(30), [Need([BORIS]), Need([ROOM, ANNA])])]
    others = calendar(BORIS), room(ROOM)
    assert served_by(segments, calendar(ANNA), *others)[0] == [ANNA, BORIS, ROOM]
    assert served_by(segments, calendar(ANNA, busy(90, 120)), *others)[0] == [ANNA, BORIS, ANNA]


def test_the_outer_buffers_of_a_visit_are_kept():
    segments = [Segment(Ask(30, before=20, interval=10), [Need([ANNA])]), Segment(Ask(30, after=20), [Need([ANNA])])]
    assert list(served_by(segments, calendar(ANNA, busy(0, 10), busy(120, 130)))) == [30, 40]


def test_the_daily_limit_is_the_leads_own():
    segments = [Segment(Ask(60), [Need([ANNA]), Need([ROOM])])]
    crowded = room(ROOM)._replace(daily={ON: 9})
    assert len(found(segments, calendar(ANNA, daily=1), crowded, rules=Rules(max_per_day=2))) == 3
    assert found(segments, calendar(ANNA, daily=2), crowded, rules=Rules(max_per_day=2)) == []
    assert found(segments, calendar(ANNA), crowded._replace(max_per_day=9)) == []


def test_who_is_free_then_lists_all_who_can_serve():
    held = {each.resource_id: each for each in (calendar(ANNA, busy(30, 60)), calendar(BORIS), room(ROOM))}
    segments = [Segment(Ask(30), [Need([ANNA, BORIS]), Need([ROOM])]), Segment(Ask(30), [Need([ANNA, BORIS])])]
    assert choices(segments, held, Rules(), NOW, NINE) == [[[ANNA, BORIS], [ROOM]], [[BORIS]]]
    assert choices(segments, held, Rules(), NOW, NINE + 1) == [[[], []], [[]]]
