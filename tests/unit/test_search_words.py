"""What somebody types into the one box is taken apart: days, services, identifiers, and the rest."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from agenda.service import Service
from web.search_words import sought

TODAY = date(2026, 11, 24)
CUT = Service(id=uuid4(), name="Coupe femme", duration_minutes=30)
COLOUR = Service(id=uuid4(), name="Couleur", duration_minutes=60)
SERVICES = [CUT, COLOUR]


def parts(written: str) -> tuple[str, list[date], list[str]]:
    found = sought(written, SERVICES, TODAY)
    return found.words, found.days[:1], [each.name for each in found.services]


@pytest.mark.parametrize(
    ("written", "words", "day"),
    [
        ("Gérard 12 mars", "gerard", date(2027, 3, 12)),
        ("12 mars 2025 gérard", "gerard", date(2025, 3, 12)),
        ("1er décembre", "", date(2026, 12, 1)),
        ("3/12", "", date(2026, 12, 3)),
        ("2026-12-03 Millet", "millet", date(2026, 12, 3)),
        ("Dec 3 aujourd’hui", "dec 3", TODAY),
        ("demain", "", date(2026, 11, 25)),
        ("après-demain Millet", "millet", date(2026, 11, 26)),
        ("hier", "", date(2026, 11, 23)),
        ("mardi", "", TODAY),
        ("friday", "", date(2026, 11, 27)),
        ("29 février", "", date(2026, 11, 24)),
    ],
)
def test_a_day_is_read_in_many_writings(written: str, words: str, day: date):
    found = sought(written, SERVICES, TODAY)
    if written == "29 février":
        assert found.days == []
        return
    assert (found.words, found.days[0]) == (words, day)


def test_a_day_without_its_year_may_be_one_of_three():
    assert sought("12 mars", [], TODAY).days == [date(2027, 3, 12), date(2026, 3, 12), date(2025, 3, 12)]


@pytest.mark.parametrize("written", ["31 février", "45/13", "2026-99-99", "0/0"])
def test_a_day_that_no_calendar_has_is_none(written: str):
    assert sought(written, [], TODAY).days == []


def test_a_service_is_meant_by_the_beginning_of_its_words():
    assert parts("demain coupe") == ("", [date(2026, 11, 25)], ["Coupe femme"])
    assert parts("COUL millet") == ("millet", [], ["Couleur"])
    assert parts("co millet") == ("co millet", [], [])
    assert parts("coupe couleur") == ("coupe couleur", [], [])


def test_an_identifier_is_known_by_its_beginning():
    id = UUID("1a2b3c4d-0000-0000-0000-000000000009")
    for written in ("1a2b3c4d", "#1A2B3C", str(id)):
        found = sought(written, [], TODAY)
        assert found.id_from <= id <= found.id_until
    for written in ("facade", "0612131415", "1a2b"):
        assert sought(written, [], TODAY).id_from is None
