"""Each reason why a start is not offered, with its facts."""

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from agenda.explain import obstacles, why_not
from agenda.hours import OpenPeriod
from agenda.slots import Ask, Calendar, Rules, Taken, Window

ZONE = ZoneInfo("UTC")
ON = date(2026, 6, 15)
NOW = datetime(2026, 6, 14, 9, tzinfo=UTC)
NINE = int(datetime(2026, 6, 15, 9, tzinfo=UTC).timestamp()) // 60
LUNCH = UUID(int=7)
HOUR, NO_RULES = Ask(60), Rules()


def calendar(*rows: Taken, **terms) -> Calendar:
    return Calendar(UUID(int=1), [OpenPeriod(NINE, NINE + 180, ON)], rows, {ON: 3}, ZONE, **terms)


def busy(start: int, end: int, **terms) -> Taken:
    return Taken(NINE + start, NINE + end, id=LUNCH, **terms)


def reasons(held: Calendar, start: int, ask: Ask = HOUR, rules: Rules = NO_RULES) -> dict:
    return {each.code: each.facts for each in obstacles(held, ask, rules, NOW, NINE + start)}


def test_what_is_offered_has_no_obstacle():
    assert reasons(calendar(), 0) == {}


def test_outside_the_hours_names_the_date():
    assert reasons(calendar(), -60) == {"outside_hours": {"on": ON}}


def test_a_closed_place_is_named():
    held = calendar()._replace(periods=[], closed=[OpenPeriod(NINE, NINE + 180, ON, LUNCH)])
    assert reasons(held, 0) == {"place_closed": {"on": ON, "place_id": LUNCH}}


def test_off_the_grid_names_the_grid():
    assert reasons(calendar(), 70) == {"not_on_grid": {"period_start_minute": NINE, "interval_minutes": 60}}


def test_too_late_names_the_closing_time():
    late = {"closing_minute": NINE + 180, "over_minutes": 30}
    assert reasons(calendar(), 150, Ask(60, interval=30)) == {"ends_after_closing": late}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (busy(30, 40), "taken"),
        (busy(30, 40, is_absence=True), "absent"),
        (busy(60, 70, before=1), "buffer"),
        (busy(-10, 0, after=1), "buffer"),
    ],
)
def test_what_is_in_the_way_is_named(row, code):
    (facts,) = [reasons(calendar(row), 0)[code]]
    assert (facts["id"], facts["start_minute"], facts["end_minute"]) == (LUNCH, row.start, row.end)


@pytest.mark.parametrize("ask", [Ask(60, after=1), Ask(60, before=1)])
def test_our_own_buffer_may_be_what_is_too_long(ask):
    assert reasons(calendar(busy(60, 70), busy(-10, 0)), 0, ask).keys() == {"buffer"}


def test_a_full_class_names_when_it_is_full():
    full = {"capacity": 2, "seats": 1, "start_minute": NINE, "end_minute": NINE + 60}
    assert reasons(calendar(busy(0, 60, seats=2, capacity=2)), 0, Ask(60, capacity=2)) == {"capacity_full": full}
    assert reasons(calendar(), 0, Ask(60, seats=2)).keys() == {"capacity_full"}


def test_one_appointment_in_the_way_is_one_reason():
    assert reasons(calendar(busy(0, 60)), 0, Ask(60, capacity=10)).keys() == {"taken"}
    assert reasons(calendar(busy(0, 60, capacity=10)), 0).keys() == {"taken"}


def test_where_nothing_closes_midnight_is_no_obstacle():
    held = calendar()._replace(periods=None)
    assert reasons(held, 14 * 60 + 30, Ask(60, interval=30)) == {}
    assert reasons(held, 15 * 60 + 10, Ask(60, interval=30)).keys() == {"not_on_grid"}


def test_the_limits_are_named_with_what_they_are():
    rules = Rules(min_notice_minutes=25 * 60, booking_window_days=0, max_per_day=3)
    assert reasons(calendar(), 0, rules=rules) == {
        "notice_too_short": {"earliest_minute": NINE + 60, "notice_minutes": 1500},
        "beyond_horizon": {"on": ON, "last_on": date(2026, 6, 14)},
        "day_full": {"on": ON, "count": 3, "max_per_day": 3},
    }


def test_every_refused_start_of_the_grid_is_explained():
    window, closed = Window.of_days(ZONE, ON, ON), [OpenPeriod(NINE + 240, NINE + 300, ON)]
    refused = why_not(calendar(busy(70, 80), closed=closed), Ask(60, interval=45), Rules(), NOW, window)
    codes = [(start - NINE, *(each.code for each in found)) for start, found in refused]
    assert codes == [
        (45, "taken"),
        (135, "ends_after_closing"),
        (240, "place_closed"),
        (285, "place_closed"),
    ]
