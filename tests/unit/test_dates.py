"""Dates in words, as a reader of each language writes them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from agenda.commands import public_holidays
from kernel.dates import date_words

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("at", "pattern", "language", "said"),
    [
        (date(2026, 12, 1), "EEEE d MMMM y", "fr", "mardi 1er décembre 2026"),
        (date(2021, 1, 1), "EEE d MMM", "fr", "ven. 1er janv."),
        (date(2026, 12, 11), "d MMMM", "fr", "11 décembre"),
        (date(2026, 12, 1), "EEEE d MMMM y", "en", "Tuesday 1 December 2026"),
        (datetime(2026, 12, 1, 1, 1, tzinfo=PARIS), "d MMMM y 'à' HH:mm", "fr", "1er décembre 2026 à 01:01"),
    ],
)
def test_in_french_the_first_of_a_month_is_not_the_1(at: date, pattern: str, language: str, said: str):
    assert date_words(at, pattern, language) == said


def test_holidays_are_written_with_the_apostrophe_of_print():
    assert public_holidays("FR", 2027, "fr")[date(2027, 1, 1)] == "Jour de l’an"
