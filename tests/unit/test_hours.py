"""Opening hours: which periods a date has, what is malformed, what overlaps."""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest

from agenda.hours import DatedHours, DatedPeriod, Hours, WeeklyPeriod, closed_periods, open_periods
from agenda.hours_checks import overlaps, problems
from kernel.zones import day_spans, instant_of, local_date, minute_of, parse_wall, wall_minute

PARIS = ZoneInfo("Europe/Paris")
MONDAY = date(2026, 6, 15)
SUNDAY = date(2026, 6, 21)
LYON, NICE = UUID(int=1), UUID(int=2)
MORNING = WeeklyPeriod(0, "09:00", "12:00", LYON)
AFTERNOON = WeeklyPeriod(0, "14:00", "18:00", NICE)


def clock(hours, first, last=None, zone=PARIS, closed_on=None):
    periods = open_periods(hours, first, last or first, lambda _: zone, closed_on or {})
    return [tuple(f"{instant_of(m).astimezone(zone):%d %H:%M}" for m in (each.start, each.end)) for each in periods]


def test_a_weekday_has_its_periods_every_week():
    hours = Hours([MORNING, AFTERNOON])
    assert clock(hours, MONDAY, date(2026, 6, 22)) == [
        ("15 09:00", "15 12:00"),
        ("15 14:00", "15 18:00"),
        ("22 09:00", "22 12:00"),
        ("22 14:00", "22 18:00"),
    ]


def test_a_period_names_its_day_and_its_place():
    (period,) = open_periods(Hours([MORNING]), MONDAY, MONDAY, lambda _: PARIS)
    assert (period.on, period.place_id) == (MONDAY, LYON)


def test_each_place_has_its_own_clock():
    zones = {LYON: PARIS, NICE: ZoneInfo("America/New_York")}
    periods = open_periods(Hours([MORNING, AFTERNOON]), MONDAY, MONDAY, zones.get)
    assert [instant_of(each.start).hour for each in periods] == [7, 18]


def test_a_season_includes_its_first_and_last_day():
    hours = Hours([WeeklyPeriod(0, "09:00", "12:00", from_on=MONDAY, until_on=date(2026, 6, 22))])
    assert [start for start, _ in clock(hours, date(2026, 6, 1), date(2026, 7, 6))] == ["15 09:00", "22 09:00"]


def test_alternate_weeks_count_from_the_week_of_the_first_day():
    sunday_before, hours = date(2026, 6, 14), [WeeklyPeriod(0, "09:00", "12:00", from_on=MONDAY, every_weeks=2)]
    assert [start for start, _ in clock(Hours(hours), MONDAY, date(2026, 7, 13))] == [
        "15 09:00",
        "29 09:00",
        "13 09:00",
    ]
    shifted = Hours([msgspec.structs.replace(hours[0], from_on=sunday_before)])
    assert [start for start, _ in clock(shifted, MONDAY, date(2026, 7, 13))] == ["22 09:00", "06 09:00"]


def test_a_dated_entry_replaces_the_weekly_hours_of_its_day():
    dated = [DatedHours(MONDAY, [DatedPeriod("20:00", "21:00")]), DatedHours(date(2026, 6, 22), reason="Congrès")]
    assert clock(Hours([MORNING], dated), MONDAY, date(2026, 6, 28)) == [("15 20:00", "15 21:00")]


def test_a_closed_place_takes_its_weekly_periods_away_and_keeps_them_to_say_why():
    hours, closed_on = Hours([MORNING, AFTERNOON]), {LYON: {MONDAY}}
    assert clock(hours, MONDAY, closed_on=closed_on) == [("15 14:00", "15 18:00")]
    (closed,) = closed_periods(hours, MONDAY, MONDAY, lambda _: PARIS, closed_on)
    assert closed.place_id == LYON


def test_who_works_on_a_holiday_by_name_works():
    hours = Hours([MORNING], [DatedHours(MONDAY, [DatedPeriod("10:00", "11:00", LYON)])])
    assert clock(hours, MONDAY, closed_on={LYON: {MONDAY}}) == [("15 10:00", "15 11:00")]


@pytest.mark.parametrize(
    ("start", "end", "seen"),
    [
        ("22:00", "02:00", [("15 22:00", "16 02:00")]),
        ("00:00", "24:00", [("15 00:00", "16 00:00")]),
        ("22:00", "00:00", [("15 22:00", "16 00:00")]),
        ("09:00", "09:00", []),
    ],
)
def test_an_end_before_the_start_is_the_next_day(start, end, seen):
    assert clock(Hours([WeeklyPeriod(0, start, end)]), MONDAY) == seen


def test_periods_that_touch_are_not_joined():
    hours = Hours([WeeklyPeriod(0, "09:00", "10:00"), WeeklyPeriod(0, "10:00", "11:00")])
    assert len(clock(hours, MONDAY)) == 2


def test_in_spring_a_period_inside_the_missing_hour_is_none():
    march = date(2026, 3, 29)
    hours = [WeeklyPeriod(6, "02:00", "03:00"), WeeklyPeriod(6, "02:30", "03:00"), WeeklyPeriod(6, "02:30", "04:00")]
    assert [clock(Hours([each]), march) for each in hours] == [[], [], [("29 03:30", "29 04:00")]]


def test_a_day_that_no_clock_showed_has_no_hours():
    apia, skipped = ZoneInfo("Pacific/Apia"), date(2011, 12, 30)
    daily = Hours([WeeklyPeriod(weekday, "09:00", "10:00") for weekday in range(7)])
    seen = clock(daily, date(2011, 12, 29), date(2011, 12, 31), apia)
    assert seen == [("29 09:00", "29 10:00"), ("31 09:00", "31 10:00")]
    assert wall_minute(apia, skipped, 0) is None
    assert day_spans(apia, skipped, skipped) == ()


def test_a_date_shown_twice_over_midnight_is_held_whole():
    st_johns, sixth = ZoneInfo("America/St_Johns"), date(2010, 11, 6)
    assert [end - start for start, end in day_spans(st_johns, sixth, sixth)] == [24 * 60, 59]


def test_offsets_with_seconds_do_not_matter():
    monrovia, on = ZoneInfo("Africa/Monrovia"), date(1960, 1, 4)
    assert local_date(monrovia, wall_minute(monrovia, on, 600)) == on
    assert len(open_periods(Hours([MORNING]), on, on, lambda _: monrovia)) == 1


def test_an_instant_is_a_minute_rounded_down_or_up():
    instant = instant_of(100)
    assert minute_of(instant) == minute_of(instant, up=True) == 100
    later = instant.replace(microsecond=1)
    assert (minute_of(later), minute_of(later, up=True)) == (100, 101)


@pytest.mark.parametrize("text", ["9:00", "09h00", "25:00", "24:01", "09:60", "-1:00", "", "0900", "٠٩:٠٠"])
def test_a_time_not_of_the_day_is_refused(text):
    with pytest.raises(ValueError, match="time"):
        parse_wall(text)


@pytest.mark.parametrize(
    ("weekly", "code"),
    [
        (WeeklyPeriod(0, "9:00", "12:00"), "bad_time"),
        (WeeklyPeriod(0, "24:00", "12:00"), "bad_time"),
        (WeeklyPeriod(7, "09:00", "12:00"), "bad_weekday"),
        (WeeklyPeriod(0, "09:00", "12:00", every_weeks=0), "bad_every_weeks"),
        (WeeklyPeriod(0, "09:00", "12:00", every_weeks=2), "every_weeks_without_from"),
        (WeeklyPeriod(0, "09:00", "12:00", from_on=SUNDAY, until_on=MONDAY), "until_before_from"),
    ],
)
def test_malformed_hours_are_named(weekly, code):
    assert problems(Hours([weekly, weekly])) == [code]


def test_dated_entries_are_checked_too():
    twice = [DatedHours(MONDAY, [DatedPeriod("09:00", "x")]), DatedHours(MONDAY)]
    assert problems(Hours([MORNING], twice)) == ["bad_time", "date_twice"]
    assert problems(Hours([MORNING], [DatedHours(MONDAY)])) == []


def weekly(start, end, weekday=0, **terms):
    return WeeklyPeriod(weekday, start, end, **terms)


@pytest.mark.parametrize(
    ("one", "other", "is_overlap"),
    [
        (weekly("09:00", "12:00"), weekly("11:00", "13:00"), True),
        (weekly("09:00", "12:00"), weekly("09:00", "12:00"), True),
        (weekly("09:00", "12:00"), weekly("12:00", "13:00"), False),
        (weekly("09:00", "12:00"), weekly("11:00", "13:00", 1), False),
        (weekly("22:00", "02:00"), weekly("01:00", "03:00", 1), True),
        (weekly("22:00", "02:00", 6), weekly("01:00", "03:00", 0), True),
        (weekly("22:00", "02:00"), weekly("02:00", "03:00", 1), False),
        (weekly("09:00", "12:00", until_on=MONDAY), weekly("09:00", "12:00", from_on=SUNDAY), False),
        (weekly("09:00", "12:00", until_on=MONDAY), weekly("09:00", "12:00", from_on=MONDAY), True),
        (
            weekly("09:00", "12:00", from_on=MONDAY, every_weeks=2),
            weekly("09:00", "12:00", from_on=date(2026, 6, 22), every_weeks=2),
            False,
        ),
        (
            weekly("09:00", "12:00", from_on=MONDAY, every_weeks=2),
            weekly("09:00", "12:00", from_on=date(2026, 6, 22), every_weeks=3),
            True,
        ),
    ],
)
def test_weekly_periods_overlap_only_on_dates_they_share(one, other, is_overlap):
    assert overlaps(Hours([one, other])) == ([(one, other)] if is_overlap else [])


def test_an_overlap_that_dated_hours_undo_is_none():
    one, other = weekly("09:00", "12:00", until_on=MONDAY), weekly("11:00", "13:00", from_on=MONDAY)
    assert overlaps(Hours([one, other], [DatedHours(MONDAY)])) == []


def test_dated_periods_overlap_each_other_and_the_nights_around_them():
    night, early = DatedPeriod("20:00", "02:00"), weekly("01:00", "03:00", 1)
    assert overlaps(Hours([early], [DatedHours(MONDAY, [night])])) == [(night, early)]
    late, dawn = weekly("22:00", "06:00", 6), DatedPeriod("05:00", "07:00")
    assert overlaps(Hours([late], [DatedHours(MONDAY, [dawn])])) == [(late, dawn)]
    noon = DatedPeriod("06:30", "12:00")
    assert overlaps(Hours([], [DatedHours(MONDAY, [dawn, noon])])) == [(dawn, noon)]


def test_hours_survive_being_stored():
    hours = Hours([MORNING, weekly("09:00", "12:00", from_on=MONDAY, every_weeks=2)], [DatedHours(MONDAY)])
    assert msgspec.json.decode(msgspec.json.encode(hours), type=Hours) == hours
