"""Whatever is asked, the slots are those of the rules, minute by minute."""

import os
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agenda.explain import obstacles, why_not
from agenda.hours import DatedHours, DatedPeriod, Hours, WeeklyPeriod, open_periods
from agenda.hours_checks import overlaps
from agenda.slots import Ask, Calendar, Rules, Taken, Window, first, free_strip, starts
from kernel.zones import day_spans, local_date, wall_minute

EXAMPLES = 5000 if os.environ.get("CARNET_FULL") else 150
quick = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

# Each date lies next to a change of the clock; St. John's went back over midnight, Apia left a day out.
CHANGES = {
    "Europe/Paris": [date(2026, 3, 29), date(2026, 10, 25)],
    "America/New_York": [date(2026, 3, 8), date(2026, 11, 1)],
    "Australia/Lord_Howe": [date(2026, 4, 5), date(2026, 10, 4)],
    "Pacific/Apia": [date(2011, 12, 30), date(2011, 12, 31)],
    "America/St_Johns": [date(2010, 11, 6), date(2010, 11, 8)],
    "Asia/Beirut": [date(2026, 3, 28)],
}
places = st.sampled_from([(ZoneInfo(name), on) for name, dates in CHANGES.items() for on in dates])
wall_times = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
end_times = wall_times | st.just("24:00")
lengths = st.sampled_from([5, 15, 20, 30, 45, 60, 90])
buffers = st.sampled_from([0, 0, 5, 10, 30, 45])
ANNA = UUID(int=1)


def seen(zone: ZoneInfo, minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, zone)


def naive(zone: ZoneInfo, minute: int) -> datetime:
    return seen(zone, minute).replace(tzinfo=None)


def minute_at(zone: ZoneInfo, wall: datetime) -> int:
    """RFC 5545 by search: the first minute whose clock shows the wall time, in a gap the offset before it."""
    guess = int(wall.replace(tzinfo=UTC).timestamp()) // 60
    shown = [minute for minute in range(guess - 16 * 60, guess + 16 * 60) if naive(zone, minute) == wall]
    if shown:
        return shown[0]
    before = max(minute for minute in range(guess - 40 * 60, guess + 16 * 60) if naive(zone, minute) < wall)
    return guess - int(seen(zone, before).utcoffset().total_seconds()) // 60


def meet(start: int, end: int, other_start: int, other_end: int) -> bool:
    return max(start, other_start) < min(end, other_end)


def is_shown(zone: ZoneInfo, on: date) -> bool:
    noon = int(datetime(on.year, on.month, on.day, 12, tzinfo=UTC).timestamp()) // 60
    return any(seen(zone, minute).date() == on for minute in range(noon - 26 * 60, noon + 26 * 60, 15))


def periods_by_the_rules(hours: Hours, days: list[date], zone: ZoneInfo) -> list[tuple[int, int]]:
    found = []
    for on in days:
        dated = [entry.periods for entry in hours.dated if entry.on == on]
        periods = dated[0] if dated else [each for each in hours.weekly if in_force(each, on)]
        for period in periods if is_shown(zone, on) else ():
            end_on = on + timedelta(period.end < period.start)
            if period.start != period.end:
                found.append((wall(zone, on, period.start), wall(zone, end_on, period.end)))
    return found


def in_force(period: WeeklyPeriod, on: date) -> bool:
    if on.weekday() != period.weekday or (period.until_on and on > period.until_on):
        return False
    if period.from_on is None:
        return True
    monday, from_monday = (each - timedelta(each.weekday()) for each in (on, period.from_on))
    return on >= period.from_on and (monday - from_monday).days // 7 % period.every_weeks == 0


def wall(zone: ZoneInfo, on: date, text: str) -> int:
    hour, minute = map(int, text.split(":"))
    return minute_at(zone, datetime(on.year, on.month, on.day) + timedelta(hours=hour, minutes=minute))  # noqa: DTZ001


def is_free(taken: list[Taken], ask: Ask, start: int) -> bool:
    end = start + ask.duration
    for row in taken:
        if meet(start, end, row.start - row.before, row.start) or meet(start, end, row.end, row.end + row.after):
            return False
        if meet(row.start, row.end, start - ask.before, start) or meet(row.start, row.end, end, end + ask.after):
            return False
    return all(has_seats([row for row in taken if row.start <= minute < row.end], ask) for minute in range(start, end))


def has_seats(present: list[Taken], ask: Ask) -> bool:
    if any(row.is_absence for row in present):
        return False
    capacity = min([ask.capacity, *(row.capacity for row in present)])
    return sum(row.seats for row in present) + ask.seats <= capacity


def is_allowed(zone: ZoneInfo, daily: dict, rules: Rules, now: datetime, start: int) -> bool:
    instant = datetime.fromtimestamp(start * 60, UTC)
    on, today = instant.astimezone(zone).date(), now.astimezone(zone).date()
    is_late = rules.booking_window_days is not None and on > today + timedelta(rules.booking_window_days)
    is_full = rules.max_per_day is not None and daily.get(on, 0) >= rules.max_per_day
    return instant >= now + timedelta(minutes=rules.min_notice_minutes) and not is_late and not is_full


@st.composite
def hours_around(draw, on: date) -> Hours:
    def weekly(_) -> WeeklyPeriod:
        near = on + timedelta(draw(st.integers(-2, 2)))
        from_on = draw(st.none() | st.integers(-20, 2).map(lambda days: on + timedelta(days)))
        until_on = draw(st.none() | st.none() | st.integers(-1, 9).map(lambda days: on + timedelta(days)))
        every = draw(st.sampled_from([1, 2, 3])) if from_on else 1
        return WeeklyPeriod(near.weekday(), draw(wall_times), draw(end_times), None, from_on, until_on, every)

    dated = st.lists(st.builds(DatedPeriod, wall_times, end_times), max_size=2)
    days = draw(st.dictionaries(st.integers(-1, 1), dated, max_size=2))
    entries = [DatedHours(on + timedelta(day), periods) for day, periods in days.items()]
    return Hours([weekly(each) for each in range(draw(st.integers(0, 5)))], entries)


@st.composite
def rows(draw, origin: int) -> Taken:
    start = origin + draw(st.integers(0, 3 * 288)) * 5 + draw(st.sampled_from([0, 0, 0, 1, 7]))
    capacity, seats = draw(st.sampled_from([1, 2, 3, 10])), draw(st.integers(1, 3))
    length = draw(st.integers(1, 40)) * 5
    return Taken(start, start + length, seats, draw(buffers), draw(buffers), capacity, draw(st.booleans()))


asks = st.builds(
    Ask, lengths, buffers, buffers, st.none() | lengths, capacity=st.sampled_from([1, 1, 2, 5]), seats=st.integers(1, 2)
)
limits = st.builds(
    Rules, st.sampled_from([0, 0, 15, 60, 1500]), st.none() | st.integers(0, 3), st.none() | st.integers(0, 3)
)


@st.composite
def questions(draw) -> tuple:
    zone, on = draw(places)
    days = [on + timedelta(day) for day in range(-3, 4)]
    origin = int(datetime(on.year, on.month, on.day, tzinfo=UTC).timestamp()) // 60 - 1440
    hours = draw(hours_around(on))
    taken = draw(st.lists(rows(origin), max_size=6))
    daily = draw(st.dictionaries(st.sampled_from(days), st.integers(0, 3), max_size=3))
    now = datetime.fromtimestamp(origin * 60 + draw(st.integers(-2 * 86400, 3 * 86400)), UTC)
    by_days = Window.of_days(zone, on - timedelta(1), on + timedelta(draw(st.integers(-1, 1))))
    by_instants = Window(origin + draw(st.integers(0, 1000)), origin + draw(st.integers(0, 5000)))
    window = draw(st.sampled_from([by_days, by_instants]))
    periods = open_periods(hours, days[0], days[-1], lambda _: zone)
    calendar = Calendar(ANNA, periods, taken, daily, zone)
    return hours, days, (calendar, draw(asks), draw(limits), now, window)


@quick
@given(questions())
def test_slots_are_those_of_the_rules(question):
    hours, days, (calendar, ask, rules, now, window) = question
    zone, step = calendar.zone, ask.interval or ask.duration
    expected = {
        start
        for opens, closes in periods_by_the_rules(hours, days, zone)
        for start in range(opens, closes - ask.duration + 1, step)
        if window.holds(start)
        and is_free(calendar.taken, ask, start)
        and is_allowed(zone, calendar.daily, rules, now, start)
    }
    assert starts(calendar, ask, rules, now, window) == sorted(expected)


@quick
@given(questions(), st.booleans())
def test_an_obstacle_is_named_exactly_where_no_slot_is(question, never_closes):
    _, _, (calendar, ask, rules, now, window) = question
    calendar = calendar._replace(periods=None) if never_closes else calendar
    offered = set(starts(calendar, ask, rules, now, window))
    tried = {*range(window.first, window.last, 5), *offered}
    for start in (start for start in tried if window.holds(start)):
        assert (start in offered) == (obstacles(calendar, ask, rules, now, start) == [])


@quick
@given(questions())
def test_every_start_of_the_grid_is_offered_or_refused_with_its_reasons(question):
    _, _, (calendar, ask, rules, now, window) = question
    refused = why_not(calendar, ask, rules, now, window)
    grid = {
        start
        for period in calendar.periods
        for start in range(period.start, period.end, ask.step)
        if window.holds(start)
    }
    assert {start for start, _ in refused} == grid - set(starts(calendar, ask, rules, now, window))
    assert all(reasons == obstacles(calendar, ask, rules, now, start) for start, reasons in refused)


@quick
@given(questions())
def test_free_and_taken_make_open(question):
    _, _, (calendar, _, _, _, window) = question
    ask = Ask(1)
    free = set(starts(calendar, ask, Rules(), datetime(1990, 1, 1, tzinfo=UTC), window))
    taken = {minute for row in calendar.taken for minute in range(row.start - row.before, row.end + row.after)}
    opened = {minute for period in calendar.periods for minute in range(period.start, period.end)}
    assert free.isdisjoint(taken)
    assert free == {minute for minute in opened if window.holds(minute)} - taken
    if window.first < window.last:
        strip = free_strip(calendar, ask, Rules(), window)
        assert {window.first + at for at, byte in enumerate(strip) if byte and window.holds(window.first + at)} == {
            minute for minute in range(window.first, window.last) if window.holds(minute)
        } - taken


@quick
@given(questions())
def test_the_first_slot_is_the_first_of_all(question):
    _, _, (calendar, ask, rules, now, window) = question
    window = window._replace(last=window.last + 30 * 1440)
    found = first(lambda part: starts(calendar, ask, rules, now, part), window)
    assert found == next(iter(starts(calendar, ask, rules, now, window)), None)


@quick
@given(places, st.integers(-2, 2), st.integers(0, 36 * 60))
def test_wall_times_are_read_as_the_calendar_standard_says(place, days, minutes):
    zone, on = place[0], place[1] + timedelta(days)
    text = datetime(on.year, on.month, on.day) + timedelta(minutes=minutes)  # noqa: DTZ001
    expected = minute_at(zone, text) if is_shown(zone, on) else None
    assert wall_minute(zone, on, minutes) == expected


@quick
@given(places, st.integers(-3, 2), st.integers(0, 2))
def test_days_hold_the_minutes_that_show_their_date(place, days, length):
    zone, first_on = place[0], place[1] + timedelta(days)
    last_on = first_on + timedelta(length)
    noon = int(datetime(first_on.year, first_on.month, first_on.day, 12, tzinfo=UTC).timestamp()) // 60
    around = range(noon - 3 * 1440, noon + 5 * 1440)
    held = {minute for span in day_spans(zone, first_on, last_on) for minute in range(*span)}
    assert held == {minute for minute in around if first_on <= local_date(zone, minute) <= last_on}


@quick
@given(hours_around(date(2026, 3, 11)))
def test_periods_overlap_where_a_date_shows_it(hours):
    days = [date(2026, 2, 9) + timedelta(day) for day in range(100)]
    seen_pairs = Counter()
    for on in days:
        today, tomorrow = in_force_on(hours, on), in_force_on(hours, on + timedelta(1))
        spans = [(each, *clock(each, 0)) for each in today] + [(each, *clock(each, 1440)) for each in tomorrow]
        for index, (one, start, end) in enumerate(spans):
            for other, other_start, other_end in spans[index + 1 :]:
                is_first_day = index < len(today)
                if is_first_day and meet(start, end, other_start, other_end):
                    seen_pairs[frozenset((one, other))] += 1
    assert {frozenset(pair) for pair in overlaps(hours)} == set(seen_pairs)


def in_force_on(hours: Hours, on: date) -> list:
    dated = [entry.periods for entry in hours.dated if entry.on == on]
    return dated[0] if dated else [each for each in hours.weekly if in_force(each, on)]


def clock(period, shift: int) -> tuple[int, int]:
    start, end = (int(text[:2]) * 60 + int(text[3:]) for text in (period.start, period.end))
    return shift + start, shift + (end if end >= start else end + 1440)
