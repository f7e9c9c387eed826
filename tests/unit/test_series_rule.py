"""How appointments come back: the dates of a rule, its text, and what no rule can be."""

from datetime import UTC, date, datetime

import pytest

from agenda.wanted import Wanted
from booking.series.rule import DaysNotMovable, Rule, RuleEndMissing, RuleNotValid, SeriesTooLong
from booking.series.text import RuleNotUnderstood, read_rule, write_rule
from booking.series.wishes import Pattern, WallTimeNotValid
from kernel.errors import Refusal

TUESDAY = date(2026, 11, 24)


def days(rule: Rule, first_on: date = TUESDAY) -> list[str]:
    return [f"{on:%m-%d}" for on in rule.filled(first_on).dates(first_on)]


def test_every_week_on_the_day_it_begins():
    assert days(Rule(unit="week", count=3)) == ["11-24", "12-01", "12-08"]


def test_every_second_week_on_tuesday_and_thursday():
    rule = Rule(unit="week", every=2, weekdays=(1, 3), count=5)
    assert days(rule) == ["11-24", "11-26", "12-08", "12-10", "12-22"]


def test_weeks_are_counted_from_monday_whatever_the_first_day():
    # Begun on a Thursday, the Tuesday of the same week is past and the next one is two weeks away.
    rule = Rule(unit="week", every=2, weekdays=(1, 3), count=3)
    assert days(rule, date(2026, 11, 26)) == ["11-26", "12-08", "12-10"]


def test_the_first_date_is_the_first_that_the_rule_knows():
    assert days(Rule(unit="week", weekdays=(4,), count=2)) == ["11-27", "12-04"]


def test_the_last_date_counts():
    assert days(Rule(unit="day", every=3, until_on=date(2026, 11, 30))) == ["11-24", "11-27", "11-30"]


def test_months_without_a_31st_are_left_out_and_named():
    rule = Rule(unit="month", month_day=31, count=4)
    assert days(rule, date(2026, 12, 31)) == ["12-31", "01-31", "03-31", "05-31"]
    assert rule.missing_months(date(2026, 12, 31)) == [date(2027, 2, 1), date(2027, 4, 1)]


def test_a_31st_missing_at_the_end_of_a_rule_that_ends_on_a_date_is_named_too():
    rule = Rule(unit="month", month_day=31, until_on=date(2027, 4, 30))
    assert rule.missing_months(date(2027, 3, 31)) == [date(2027, 4, 1)]


def test_29_february_comes_back_every_fourth_year():
    rule = Rule(unit="month", every=12, month_day=29, count=3)
    assert rule.dates(date(2028, 2, 29)) == [date(2028, 2, 29), date(2032, 2, 29), date(2036, 2, 29)]


def test_the_last_friday_of_the_month():
    assert days(Rule(unit="month", weekdays=(4,), nth=-1, count=3)) == ["11-27", "12-25", "01-29"]


def test_a_fifth_friday_is_rare():
    rule = Rule(unit="month", weekdays=(4,), nth=5, count=3)
    assert days(rule) == ["01-29", "04-30", "07-30"]
    assert rule.missing_months(TUESDAY)[0] == date(2027, 2, 1)


def test_more_than_52_times():
    assert len(Rule(unit="day", count=1000).dates(TUESDAY)) == 1000


@pytest.mark.parametrize(
    "rule",
    [
        Rule(unit="day", until_on=date(2036, 11, 24)),
        Rule(unit="month", every=12, count=30),
        Rule(unit="month", every=12, month_day=30, count=1).filled(TUESDAY),
        Rule(unit="week", until_on=date(2100, 1, 1)),
    ],
)
def test_no_series_goes_on_for_ever(rule: Rule):
    with pytest.raises(SeriesTooLong):
        rule.filled(date(2027, 2, 1)).dates(date(2027, 2, 1))


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"unit": "year", "count": 2}, RuleNotValid),
        ({"unit": "week", "every": 0, "count": 2}, RuleNotValid),
        ({"unit": "week", "weekdays": (7,), "count": 2}, RuleNotValid),
        ({"unit": "week", "weekdays": (1, 1), "count": 2}, RuleNotValid),
        ({"unit": "day", "weekdays": (1,), "count": 2}, RuleNotValid),
        ({"unit": "month", "weekdays": (1,), "count": 2}, RuleNotValid),
        ({"unit": "month", "weekdays": (1, 2), "nth": 1, "count": 2}, RuleNotValid),
        ({"unit": "month", "weekdays": (1,), "nth": 6, "count": 2}, RuleNotValid),
        ({"unit": "month", "month_day": 32, "count": 2}, RuleNotValid),
        ({"unit": "week", "month_day": 3, "count": 2}, RuleNotValid),
        ({"unit": "week", "count": 1001}, RuleNotValid),
        ({"unit": "week"}, RuleEndMissing),
        ({"unit": "week", "count": 2, "until_on": date(2027, 1, 1)}, RuleEndMissing),
    ],
)
def test_what_no_rule_can_be(facts: dict, refusal: type[Refusal]):
    with pytest.raises(refusal):
        Rule(**facts).filled(TUESDAY)


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=10",
        "FREQ=DAILY;UNTIL=20270131",
        "FREQ=MONTHLY;BYMONTHDAY=31;COUNT=4",
        "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR;COUNT=4",
        "FREQ=MONTHLY;BYDAY=2TU;UNTIL=20271231",
    ],
)
def test_a_rule_is_written_as_it_was_read(text: str):
    assert write_rule(read_rule(text)) == text


def test_a_rule_is_read_in_the_writings_of_others():
    rule = read_rule(" RRULE:count=3;byday=TH,TU;freq=weekly;wkst=mo ")
    assert write_rule(rule) == "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=3"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "every tuesday",
        "FREQ=YEARLY;COUNT=3",
        "FREQ=WEEKLY;BYHOUR=9;COUNT=3",
        "FREQ=WEEKLY;BYDAY=TX;COUNT=3",
        "FREQ=WEEKLY;BYDAY=;COUNT=3",
        "FREQ=WEEKLY;WKST=SU;COUNT=3",
        "FREQ=WEEKLY;COUNT=3;COUNT=4",
        "FREQ=WEEKLY;COUNT=-3",
        "FREQ=WEEKLY;COUNT=٣",
        "FREQ=WEEKLY;UNTIL=20270229",
        "FREQ=WEEKLY;UNTIL=20270131T090000Z",
        "COUNT=3",
    ],
)
def test_what_lies_outside_is_refused_and_named(text: str):
    with pytest.raises(RuleNotUnderstood) as refused:
        read_rule(text)
    assert refused.value.facts["part"] in text


@pytest.mark.parametrize(
    ("rule", "by", "becomes"),
    [
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=3", 1, "FREQ=WEEKLY;BYDAY=WE;COUNT=3"),
        ("FREQ=WEEKLY;BYDAY=MO,SU;COUNT=3", 1, "FREQ=WEEKLY;BYDAY=MO,TU;COUNT=3"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU;COUNT=3", -1, None),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;UNTIL=20270131", -3, "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;UNTIL=20270128"),
        ("FREQ=DAILY;INTERVAL=3;COUNT=3", 1, "FREQ=DAILY;INTERVAL=3;COUNT=3"),
        ("FREQ=MONTHLY;BYMONTHDAY=15;COUNT=3", 2, "FREQ=MONTHLY;BYMONTHDAY=17;COUNT=3"),
        ("FREQ=MONTHLY;BYMONTHDAY=28;COUNT=3", 1, None),
        ("FREQ=MONTHLY;BYDAY=1TU;COUNT=3", 1, None),
        ("FREQ=MONTHLY;BYDAY=1TU;COUNT=3", 0, "FREQ=MONTHLY;BYDAY=1TU;COUNT=3"),
    ],
)
def test_a_rule_moved_by_days_is_a_rule_or_is_refused(rule: str, by: int, becomes: str | None):
    if becomes:
        assert write_rule(read_rule(rule).moved(by)) == becomes
    else:
        with pytest.raises(DaysNotMovable):
            read_rule(rule).moved(by)


def at_nine(*dates: date, wall_time: str = "09:00") -> list[datetime]:
    pattern = Pattern("Europe/Paris", wall_time, (Wanted(None),))
    return [pattern.starts_at(on) for on in dates]


def test_nine_stays_nine_across_the_change_of_the_clock():
    saturday, sunday, october = date(2027, 3, 27), date(2027, 3, 28), date(2027, 10, 31)
    assert [each.hour for each in at_nine(saturday, sunday, october)] == [8, 7, 8]


def test_a_time_that_the_clock_skips_keeps_the_offset_before_it():
    assert at_nine(date(2027, 3, 28), wall_time="02:30") == [datetime(2027, 3, 28, 1, 30, tzinfo=UTC)]


def test_a_time_that_the_clock_shows_twice_is_the_first():
    assert at_nine(date(2027, 10, 31), wall_time="02:30") == [datetime(2027, 10, 31, 0, 30, tzinfo=UTC)]


@pytest.mark.parametrize("wall_time", ["24:00", "9:00", "09:60", "", "neuf h"])
def test_what_no_clock_shows_is_refused(wall_time: str):
    with pytest.raises(WallTimeNotValid):
        at_nine(TUESDAY, wall_time=wall_time)
