"""The drawing of a day, minute by minute, on ordinary days and on those when the clocks change."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from web.gaps import gap_at
from web.grid import Drawing, draw
from web.lanes import lanes

PARIS = ZoneInfo("Europe/Paris")
ORDINARY, LONG_DAY, SHORT_DAY = date(2026, 11, 24), date(2026, 10, 25), date(2026, 3, 29)


def instant(on: date, hour: int, minute: int = 0, fold: int = 0) -> datetime:
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=PARIS, fold=fold).astimezone(UTC)


def line(starts_at: datetime, minutes: int, status: str = "booked") -> SimpleNamespace:
    ends_at = starts_at + timedelta(minutes=minutes)
    return SimpleNamespace(appointment_id=uuid4(), starts_at=starts_at, ends_at=ends_at, status=status, capacity=1)


def column(*lines: SimpleNamespace, on: date = ORDINARY, periods: list | None = None) -> SimpleNamespace:
    facts = {"lines": list(lines), "periods": periods or [], "absences": [], "fill": None, "closed": ""}
    return SimpleNamespace(resource=None, on=on, **facts)


def drawn(on: date, *lines: SimpleNamespace, periods: list | None = None) -> Drawing:
    return draw([column(*lines, on=on, periods=periods)], [on], PARIS, instant(ORDINARY, 10, 42))


def labels(drawing: Drawing) -> list[int]:
    return [hour.at.hour for hour in drawing.hours]


def test_an_ordinary_day_goes_from_eight_to_twenty():
    drawing = drawn(ORDINARY)
    assert (labels(drawing)[0], labels(drawing)[-1], drawing.minutes) == (8, 19, 720)
    assert drawing.now_top == 162


def test_the_hours_widen_for_whoever_comes_early_or_late():
    drawing = drawn(ORDINARY, line(instant(ORDINARY, 6, 50), 30), line(instant(ORDINARY, 20, 30), 45))
    assert (labels(drawing)[0], labels(drawing)[-1]) == (6, 21)


def test_a_night_is_cut_at_midnight():
    drawing = drawn(ORDINARY, line(instant(ORDINARY, 23), 180))
    card = drawing.columns[0].cards[0]
    assert card.top + card.long == drawing.minutes


def test_on_the_day_of_25_hours_two_is_shown_twice():
    drawing = drawn(LONG_DAY, line(instant(LONG_DAY, 0, 30), 30), line(instant(LONG_DAY, 10), 60))
    assert labels(drawing)[:5] == [0, 1, 2, 2, 3]
    assert [card.top for card in drawing.columns[0].cards] == [30, 660]


def test_both_times_half_past_two_have_their_place():
    first, second = line(instant(LONG_DAY, 2, 30), 30), line(instant(LONG_DAY, 2, 30, fold=1), 30)
    cards = drawn(LONG_DAY, first, second).columns[0].cards
    assert cards[1].top - cards[0].top == 60
    assert {card.lanes for card in cards} == {1}


def test_on_the_day_of_23_hours_two_is_left_out():
    drawing = drawn(SHORT_DAY, line(instant(SHORT_DAY, 1, 30), 60))
    assert labels(drawing)[:3] == [1, 3, 4]
    card = drawing.columns[0].cards[0]
    assert (card.top, card.long) == (30, 60)


def test_what_is_not_open_is_hatched_between_the_periods():
    periods = [(instant(ORDINARY, 9), instant(ORDINARY, 12)), (instant(ORDINARY, 14), instant(ORDINARY, 18))]
    closed = drawn(ORDINARY, periods=periods).columns[0].closed
    spans = [(one.top, one.long, one.label) for one in closed]
    assert spans == [(0, 60, ""), (240, 120, "break"), (600, 120, "closed")]


def test_those_of_one_group_are_one_card_with_its_places():
    some = [line(instant(ORDINARY, 10), 60, status) for status in ("booked", "arrived", "missed")]
    alone = line(instant(ORDINARY, 10), 60)
    for one in some:
        one.service_id, one.capacity = "course", 8
    group, other = drawn(ORDINARY, *some, alone).columns[0].cards
    assert (group.members, group.taken, group.state, group.lanes) == (tuple(some), 2, "booked", 2)
    assert (other.line, other.members) == (alone, ())


def week(*columns: SimpleNamespace) -> Drawing:
    return draw(columns, [one.on for one in columns], PARIS, instant(ORDINARY, 10, 42))


def test_days_side_by_side_share_their_hours():
    early = column(line(instant(ORDINARY, 6, 50), 30), on=ORDINARY)
    late = column(line(instant(date(2026, 11, 25), 21), 90), on=date(2026, 11, 25))
    drawing = week(early, late)
    assert (labels(drawing)[0], labels(drawing)[-1], drawing.minutes) == (6, 22, 17 * 60)
    assert [one.cards[0].top for one in drawing.columns] == [50, 15 * 60]
    assert [one.is_today for one in drawing.columns] == [True, False]


@pytest.mark.parametrize("changed", [LONG_DAY, SHORT_DAY])
def test_in_a_week_with_a_change_of_clocks_ten_is_at_ten_on_every_day(changed: date):
    days = [changed - timedelta(days=1), changed]
    drawing = week(*(column(line(instant(on, 10), 60), on=on) for on in days))
    assert {one.cards[0].top for one in drawing.columns} == {120}
    assert [one.opens for one in drawing.columns] == [instant(on, 8) for on in days]


def test_the_house_says_which_hours_are_shown_in_any_case():
    drawing = draw([column()], [ORDINARY], PARIS, instant(ORDINARY, 10, 42), (6, 24))
    assert (labels(drawing)[0], labels(drawing)[-1], drawing.minutes) == (6, 23, 18 * 60)


@pytest.mark.parametrize(
    ("spans", "placed"),
    [
        ([(0, 30), (30, 60)], [(0, 1), (0, 1)]),
        ([(0, 30), (15, 60)], [(0, 2), (1, 2)]),
        ([(0, 60), (0, 30), (30, 60)], [(0, 2), (1, 2), (1, 2)]),
        ([(0, 60), (10, 20), (15, 30), (60, 90)], [(0, 3), (1, 3), (2, 3), (0, 1)]),
    ],
)
def test_cards_that_share_time_stand_side_by_side(spans: list, placed: list):
    assert lanes(spans) == placed


@pytest.mark.parametrize(
    ("clicked", "lands_on", "free"),
    [((9, 5), (9, 0), 30), ((10, 5), (10, 0), 120), ((10, 55), (10, 45), 75), ((16, 20), (16, 15), 105)],
)
def test_a_click_lands_on_its_quarter_hour(clicked: tuple, lands_on: tuple, free: int):
    periods = [(instant(ORDINARY, 9), instant(ORDINARY, 12)), (instant(ORDINARY, 14), instant(ORDINARY, 18))]
    gap = gap_at(column(line(instant(ORDINARY, 9, 30), 25), periods=periods), instant(ORDINARY, *clicked))
    assert (gap.starts_at, gap.minutes) == (instant(ORDINARY, *lands_on), free)


def test_or_on_the_end_of_what_comes_before():
    gap = gap_at(column(line(instant(ORDINARY, 9, 30), 40)), instant(ORDINARY, 10, 12))
    assert gap.starts_at == instant(ORDINARY, 10, 10)
    assert gap.minutes is None
