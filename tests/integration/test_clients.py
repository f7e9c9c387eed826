"""Client files: found by any part of a name, by phone in any writing, by e-mail; their words outside the log."""

from uuid import uuid4

import pytest

from clients.commands import create_client, edit_client, merge_clients
from clients.queries import client, page, search
from clients.words import ClientNameMissing, EmailNotValid, PhoneNotValid
from kernel.errors import VersionChanged
from projections import history, visits
from tests.story import NOW, House, at


def found(house: House, words: str) -> list[str]:
    return [card.name for card in search(house.store, house.id, words)]


@pytest.mark.parametrize(
    "words",
    ["Émilie", "emilie", "HERVÉ", "herve", "d'hervé", "rv mil", "Hervé Émilie", "  d’HERVE  "],
)
def test_a_name_is_found_by_any_part_without_accents_or_case(house: House, words: str):
    house.client("Émilie", "D'Hervé")
    house.client("Paul", "Mercier")
    assert found(house, words) == ["Émilie D'Hervé"]


@pytest.mark.parametrize(
    "written", ["06 12 34 56 78", "0612345678", "+33 6 12 34 56 78", "0033612345678", "(0)612345678"]
)
@pytest.mark.parametrize("asked", ["06 12 34", "0612345678", "+33612345678", "0033 6 12", "06.12.34.56.78", "345678"])
def test_a_phone_is_found_in_any_writing(house: House, written: str, asked: str):
    house.client("Zoé", "Noël", phone=written)
    assert found(house, asked) == ["Zoé Noël"]


def test_an_address_is_found_in_part(house: House):
    house.client("Zoé", "Noël", email="Zoe.Noel@Exemple.fr")
    assert found(house, "zoe.noel@") == ["Zoé Noël"]


@pytest.mark.parametrize("words", ["", "   ", "%", "_", "*", "zzz"])
def test_nothing_is_found_by_nothing(house: House, words: str):
    house.client("Zoé", "Noël")
    assert found(house, words) == []


def test_another_organisation_finds_nobody(house: House, store):
    house.client("Zoé", "Noël")
    assert found(House(store), "noel") == []


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"first_name": " ", "last_name": ""}, ClientNameMissing),
        ({"last_name": "Noël", "phone": "12"}, PhoneNotValid),
        ({"last_name": "Noël", "phone": "pas de téléphone"}, PhoneNotValid),
        ({"last_name": "Noël", "email": "zoe@"}, EmailNotValid),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(house: House, facts: dict, refusal: type):
    with pytest.raises(refusal):
        create_client(house.store, uuid4(), facts, by=house.by())
    assert house.rows("SELECT count(*) FROM clients") == [(0,)]


def test_each_change_is_a_version_and_an_event_without_words(house: House):
    id = house.client("Zoé", "Noël", phone="0612345678")
    edit_client(house.store, id, {"phone": "0712345678", "town": "Nîmes"}, by=house.by().expecting(id, 1))
    assert house.rows("SELECT version, town FROM clients WHERE id = %s ORDER BY 1", id) == [(1, ""), (2, "Nîmes")]
    house.read_on()
    lines = history.of(house.store, house.id, id)
    assert [line.name for line in lines] == ["ClientAdded", "ClientChanged"]
    assert lines[1].changes[1].new == ["phone", "town"]
    states = " ".join(state for (state,) in house.rows("SELECT state FROM events"))
    assert all(word not in states for word in ("Zoé", "Noël", "Nîmes", "612345678", "712345678"))


def test_two_who_edit_the_same_version_do_not_overwrite_each_other(house: House):
    id = house.client()
    edit_client(house.store, id, {"town": "Lyon"}, by=house.by().expecting(id, 1))
    with pytest.raises(VersionChanged):
        edit_client(house.store, id, {"town": "Bron"}, by=house.by().expecting(id, 1))


def test_the_same_file_is_created_once(house: House):
    id = house.client()
    create_client(house.store, id, {"last_name": "Autre"}, by=house.by())
    assert client(house.store, house.id, id).last_name == "Rousseau"


def test_control_characters_do_not_enter(house: House):
    id = house.client("Zoé\x00\x1b", "Noël\u0085")
    assert client(house.store, house.id, id).name == "Zoé Noël"


def test_pages_follow_each_other_without_a_gap(house: House):
    for number in range(7):
        house.client("Zoé", f"Noël {number}")
    house.client("Paul", "Mercier")
    first = page(house.store, house.id, limit=4)
    rest = page(house.store, house.id, after=first[-1], limit=10)
    assert [card.last_name for card in first + rest] == ["Mercier", *(f"Noël {number}" for number in range(7))]
    assert {card.last_name for card in page(house.store, house.id, letter="é")} == set()
    assert len(page(house.store, house.id, letter="n")) == 7


def test_visits_past_and_future(house: House):
    id = house.client()
    past = house.book(at(10, days=-7), client_id=id)
    future = house.book(at(10), client_id=id)
    house.read_on()
    known = visits.of_client(house.store, house.id, id, NOW)
    assert ([one.appointment_id for one in known.past], [one.appointment_id for one in known.future]) == (
        [past],
        [future],
    )


def test_of_many_files_each_is_found_once_in_the_order_of_names(house: House):
    """More than are read to see that they are many; one under the name that a duplicate had."""
    numbers = range(510)
    for number in numbers:
        house.client(f"{number:03}", "Durand")
    kept, absorbed = house.client("Zoé", "Noël"), house.client("510", "Durand")
    merge_clients(house.store, kept, absorbed, by=house.by())
    seen, last = [], None
    while some := search(house.store, house.id, "durand", 100, last):
        seen += [card.name for card in some]
        last = some[-1]
    assert seen == [f"{number:03} Durand" for number in numbers] + ["Zoé Noël"]
