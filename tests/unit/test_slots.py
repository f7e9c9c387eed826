"""The starts of one resource, rule by rule."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from agenda.hours import OpenPeriod
from agenda.slots import Ask, Calendar, Rules, Taken, Window, count_by_day, first, starts
from kernel.zones import minute_of

PARIS = ZoneInfo("Europe/Paris")
ON = date(2026, 6, 15)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
NO_RULES = Rules()
DAY = Window.of_days(PARIS, ON, ON)


def at(text: str, day: int = 15) -> int:
    return minute_of(datetime(2026, 6, day, int(text[:2]), int(text[3:]), tzinfo=PARIS))


def taken(start: str, end: str, **terms) -> Taken:
    return Taken(at(start), at(end), **terms)


def calendar(*rows: Taken, opens: str = "09:00", closes: str = "12:00", **terms) -> Calendar:
    return Calendar(UUID(int=1), [OpenPeriod(at(opens), at(closes), ON)], rows, terms.pop("daily", {}), PARIS, **terms)


def seen(calendar: Calendar, ask: Ask, rules: Rules = NO_RULES, now: datetime = LONG_AGO, window: Window = DAY):
    found = starts(calendar, ask, rules, now, window)
    return [f"{datetime.fromtimestamp(start * 60, PARIS):%H:%M}" for start in found]


def test_starts_follow_each_other_by_the_duration():
    assert seen(calendar(), Ask(60)) == ["09:00", "10:00", "11:00"]


def test_starts_follow_the_interval_while_the_service_ends_in_time():
    assert seen(calendar(), Ask(90, interval=45)) == ["09:00", "09:45", "10:30"]


def test_what_is_taken_does_not_move_the_grid():
    assert seen(calendar(taken("09:10", "09:20")), Ask(30)) == ["09:30", "10:00", "10:30", "11:00", "11:30"]


def test_touching_is_free():
    assert seen(calendar(taken("08:00", "09:00"), taken("10:00", "11:00")), Ask(60)) == ["09:00", "11:00"]


@pytest.mark.parametrize(
    ("ask", "row", "offered"),
    [
        (Ask(30), {"after": 30}, ["09:00", "09:30", "11:00", "11:30"]),
        (Ask(30), {"before": 30}, ["09:00", "10:30", "11:00", "11:30"]),
        (Ask(30, before=30), {}, ["09:00", "09:30", "11:00", "11:30"]),
        (Ask(30, after=30), {}, ["09:00", "10:30", "11:00", "11:30"]),
        (Ask(30, before=30), {"after": 30}, ["09:00", "09:30", "11:00", "11:30"]),
        (Ask(30, after=30), {"before": 30}, ["09:00", "10:30", "11:00", "11:30"]),
        (Ask(30, before=30), {"is_absence": True}, ["09:00", "09:30", "11:00", "11:30"]),
    ],
)
def test_of_two_buffers_the_larger_counts(ask, row, offered):
    assert seen(calendar(taken("10:00", "10:30", **row)), ask) == offered


def test_buffers_may_stick_out_of_the_opening_hours():
    assert seen(calendar(closes="10:00"), Ask(60, before=30, after=30)) == ["09:00"]


def test_touching_periods_are_not_joined_and_a_shared_start_is_listed_once():
    touching = [OpenPeriod(at("09:00"), at("10:00"), ON), OpenPeriod(at("10:00"), at("11:00"), ON)]
    assert seen(calendar()._replace(periods=touching), Ask(90)) == []
    nested = [OpenPeriod(at("09:00"), at("12:00"), ON), OpenPeriod(at("10:00"), at("12:00"), ON)]
    assert seen(calendar()._replace(periods=nested), Ask(60)) == ["09:00", "10:00", "11:00"]


def test_a_class_shares_its_seats_until_it_is_full():
    joined = taken("10:00", "11:00", seats=9, capacity=10)
    assert "10:00" in seen(calendar(joined), Ask(60, capacity=10))
    assert "10:00" not in seen(calendar(joined), Ask(60, capacity=10, seats=2))
    assert "10:00" not in seen(calendar(joined._replace(seats=10)), Ask(60, capacity=10))


def test_a_class_may_be_shared_but_not_run_into():
    ask = Ask(60, interval=30, capacity=10)
    assert seen(calendar(taken("10:00", "11:00", capacity=10)), ask) == ["09:00", "09:30", "10:00", "10:30", "11:00"]
    assert seen(calendar(taken("10:00", "11:00", capacity=10, after=30)), ask) == ["09:00", "09:30", "10:00"]
    assert seen(calendar(taken("10:00", "11:00", capacity=10, before=30)), ask) == ["10:00", "10:30", "11:00"]
    booked = calendar(taken("10:00", "11:00", capacity=10))
    assert seen(booked, ask._replace(before=30)) == ["09:00", "09:30", "10:00"]
    assert seen(booked, ask._replace(after=30)) == ["10:00", "10:30", "11:00"]


def test_an_appointment_for_one_excludes_a_class_and_a_class_an_appointment():
    assert seen(calendar(taken("10:00", "11:00")), Ask(60, capacity=10)) == ["09:00", "11:00"]
    assert seen(calendar(taken("10:00", "11:00", capacity=10)), Ask(60)) == ["09:00", "11:00"]


def test_an_absence_blocks_whatever_the_capacity():
    away = taken("10:00", "11:00", capacity=10, is_absence=True)
    assert seen(calendar(away), Ask(60, capacity=10)) == ["09:00", "11:00"]


def test_more_seats_than_there_are_find_nothing():
    assert seen(calendar(), Ask(60, capacity=3, seats=4)) == []


def test_a_room_of_three_beds_serves_three_at_once():
    beds = [taken("10:00", "11:00", capacity=3)] * 2
    assert "10:00" in seen(calendar(*beds, capacity=3), Ask(60))
    assert "10:00" not in seen(calendar(*beds, beds[0], capacity=3), Ask(60))


def test_notice_is_kept_to_the_second():
    now, rules = datetime(2026, 6, 15, 8, 0, tzinfo=PARIS), Rules(min_notice_minutes=120)
    assert seen(calendar(), Ask(60), rules, now) == ["10:00", "11:00"]
    assert seen(calendar(), Ask(60), rules, now.replace(microsecond=1)) == ["11:00"]


def test_the_last_day_of_the_horizon_counts_whole():
    now = datetime(2026, 6, 13, 23, 59, tzinfo=PARIS)
    assert len(seen(calendar(), Ask(60), Rules(booking_window_days=2), now)) == 3
    assert seen(calendar(), Ask(60), Rules(booking_window_days=1), now) == []


def test_a_full_day_has_no_more_starts():
    assert seen(calendar(daily={ON: 2}), Ask(60), Rules(max_per_day=2)) == []
    assert seen(calendar(daily={ON: 1}), Ask(60), Rules(max_per_day=2)) == ["09:00", "10:00", "11:00"]
    assert seen(calendar(), Ask(60), Rules(max_per_day=0)) == []


def test_a_resource_may_have_a_smaller_daily_limit_of_its_own():
    assert seen(calendar(daily={ON: 1}, max_per_day=1), Ask(60), Rules(max_per_day=2)) == []


def test_instants_ask_for_starts_from_the_first_until_before_the_last():
    nine = datetime(2026, 6, 15, 9, tzinfo=PARIS)
    window = Window.between(nine + timedelta(seconds=1), nine + timedelta(hours=2))
    assert seen(calendar(), Ask(60), window=window) == ["10:00"]


def test_a_day_shown_twice_has_only_its_own_starts():
    st_johns, sixth = ZoneInfo("America/St_Johns"), date(2010, 11, 6)
    eleven = minute_of(datetime(2010, 11, 6, 23, tzinfo=st_johns))
    night = calendar()._replace(periods=[OpenPeriod(eleven, eleven + 150, sixth)], zone=st_johns)
    sundays = starts(
        night, Ask(30), Rules(), LONG_AGO.replace(year=2010), Window.of_days(st_johns, *[date(2010, 11, 7)] * 2)
    )
    assert [start - eleven for start in sundays] == [60, 120]


def test_what_never_closes_begins_its_grid_at_midnight():
    found = seen(calendar()._replace(periods=None), Ask(7 * 60))
    assert found == ["00:00", "07:00", "14:00", "21:00"]


def test_a_calendar_without_periods_has_no_starts():
    assert seen(calendar()._replace(periods=[]), Ask(60)) == []
    assert seen(calendar(), Ask(60), window=Window.of_days(PARIS, ON, date(2026, 6, 14))) == []


def test_starts_are_counted_by_local_day():
    assert count_by_day([at("00:00"), at("23:59"), at("00:00", 16)], PARIS) == {ON: 2, date(2026, 6, 16): 1}


def test_the_first_start_is_looked_for_no_further_than_needed():
    asked = []

    def search(window: Window) -> list[int]:
        asked.append(window.last - window.first)
        return [minute for minute in (at("09:00", 29),) if window.holds(minute)]

    assert first(search, DAY._replace(last=DAY.first + 90 * 1440)) == at("09:00", 29)
    assert asked == [7 * 1440, 14 * 1440]
    assert first(search, DAY) is None
