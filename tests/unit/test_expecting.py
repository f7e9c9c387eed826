"""When a client should have come again."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from projections.expecting import overdue_since

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 24, 16, tzinfo=PARIS)


def visits(*days_ago: int) -> list[datetime]:
    return [NOW - timedelta(days=days) for days in days_ago]


@pytest.mark.parametrize(
    ("days_ago", "due"),
    [
        ((20, 34, 48), date(2026, 11, 18)),  # every fortnight, and nothing for twenty days
        ((21, 35, 49), date(2026, 11, 17)),
        ((22, 36), date(2026, 11, 16)),
        ((21, 35, 49, 51), date(2026, 11, 17)),  # once two days apart is not the habit
    ],
)
def test_somebody_who_stays_away_half_as_long_again_as_usual_is_overdue(days_ago: tuple, due: date):
    found = overdue_since(visits(*days_ago), NOW + timedelta(days=2), PARIS)
    assert found == due


@pytest.mark.parametrize("days_ago", [(), (30,), (7, 21, 35), (0, 14)])
def test_whoever_has_no_habit_or_keeps_to_it_is_not(days_ago: tuple):
    assert overdue_since(visits(*days_ago), NOW, PARIS) is None
