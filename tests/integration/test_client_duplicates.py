"""Who may be the same person: found while a file is written, and in the whole house."""

import time
from datetime import date

import pytest

from clients.commands import archive_client, dismiss_duplicate, edit_client, merge_clients, unmerge_client
from clients.queries import client, duplicates, probable_duplicates
from tests.story import House

ZOE = {"first_name": "Zoé", "last_name": "Le Goff", "phone": "06 12 34 56 78", "email": "zoe@exemple.fr"}


def shared(house: House, facts: dict, **other) -> list[tuple[str, ...]]:
    return [one.shared for one in duplicates(house.store, house.id, facts, **other)]


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"last_name": "Autre", "phone": "+33612345678"}, ("phone",)),
        ({"last_name": "Autre", "email": "ZOE@exemple.fr"}, ("email",)),
        ({"first_name": "ZOE", "last_name": "le goff"}, ("name",)),
        ({"first_name": "Le Goff", "last_name": "Zoé"}, ("name",)),
        ({"first_name": "zoé", "last_name": "LE-GOFF", "birth_on": date(1980, 3, 12)}, ("name", "birth_on")),
        ({"first_name": "Zoé", "last_name": "Le Goff", "phone": "0612345678"}, ("phone", "name")),
    ],
)
def test_somebody_on_file_is_known_again(house: House, facts: dict, found: tuple):
    house.client(**ZOE, birth_on=date(1980, 3, 12))
    assert shared(house, facts) == [found]


@pytest.mark.parametrize(
    "facts",
    [
        {"last_name": "Goff"},
        {"first_name": "Zoé", "last_name": "Le Goff", "birth_on": date(1990, 1, 1)},
        {"last_name": "Autre", "phone": "06 12"},
        {"last_name": "Autre", "email": "zoe@"},
        {},
    ],
)
def test_a_stranger_is_a_stranger(house: House, facts: dict):
    house.client(**ZOE, birth_on=date(1980, 3, 12))
    assert shared(house, facts) == []


def test_the_likeliest_comes_first_and_the_file_itself_not_at_all(house: House):
    zoe = house.client(**ZOE)
    house.client("Zoé", "Le Goff")
    brother = house.client("Yann", "Le Goff", phone=ZOE["phone"])
    told = duplicates(house.store, house.id, ZOE, without=zoe)
    assert [one.shared for one in told] == [("phone",), ("name",)]
    assert told[0].card.id == brother


def test_archived_and_merged_files_are_nobodys_duplicate(house: House):
    kept, merged, archived = (house.client("Zoé", "Le Goff") for _ in range(3))
    merge_clients(house.store, kept, merged, by=house.by())
    archive_client(house.store, archived, by=house.by())
    assert [one.card.id for one in duplicates(house.store, house.id, ZOE)] == [kept]
    assert probable_duplicates(house.store, house.id) == []
    unmerge_client(house.store, merged, by=house.by())
    assert len(probable_duplicates(house.store, house.id)) == 1


def test_two_who_were_told_apart_are_not_shown_again(house: House):
    one, other = house.client("Zoé", "Le Goff"), house.client("Zoé", "Le Goff")
    dismiss_duplicate(house.store, one, other, by=house.by())
    assert probable_duplicates(house.store, house.id) == []
    assert duplicates(house.store, house.id, {"first_name": "Zoé", "last_name": "Le Goff"}, without=other) == []
    assert shared(house, {"first_name": "Zoé", "last_name": "Le Goff"}) == [("name",)] * 2


def test_a_changed_file_is_known_under_its_new_words(house: House):
    id = house.client("Zoé", "Le Goff")
    edit_client(house.store, id, {"last_name": "Martin"}, by=house.by())
    assert shared(house, {"first_name": "Martin", "last_name": "Zoe"}) == [("name",)]
    assert client(house.store, house.id, id).name == "Zoé Martin"


def test_a_phone_that_a_whole_village_has_says_nothing_in_the_list(house: House):
    for number in range(13):
        house.client("Jean", f"Voisin{number}", phone="0400000000")
    assert probable_duplicates(house.store, house.id) == []


def test_ten_thousand_files_are_searched_at_once(house: House):
    copies = """
    WITH made AS (
        SELECT gen_random_uuid() AS id, 10000000 + n - (n % 20) / 19 AS n FROM generate_series(1, 10000) n),
    files AS (INSERT INTO client_files (id) SELECT id FROM made)
    INSERT INTO clients (id, file_id, version, last_name, phone, name_key, person_key, phone_key, written_at)
    SELECT id, id, 1, 'Nom' || n, '+336' || n, 'nom' || n, 'nom' || n, '6' || n, now() FROM made RETURNING id"""
    with house.store.reading(house.id) as db:
        (one,), (other,) = db.execute(copies).fetchmany(2)
        db.execute("INSERT INTO distinct_clients VALUES (organisation(), %s, %s)", (one, other))
    begun = time.perf_counter()
    assert len(probable_duplicates(house.store, house.id, 1000)) == 500
    listed = time.perf_counter()
    duplicates(house.store, house.id, ZOE)
    # Far above what either takes; comparing each with each would take minutes.
    assert listed - begun < 20
    assert time.perf_counter() - listed < 5
