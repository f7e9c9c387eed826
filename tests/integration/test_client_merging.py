"""Two files of one person become one, and two again: words, visits, search and every view follow."""

from uuid import UUID, uuid4

import pytest

from clients.client import FileInArchive, FileMerged, FileMergedWithItself, FileNotMerged
from clients.commands import (
    archive_client,
    create_client,
    dismiss_duplicate,
    edit_client,
    merge_clients,
    unmerge_client,
)
from clients.queries import ClientCard, cards, client, client_file, own_cards, page, search
from clients.words import ClientNameMissing
from kernel.errors import NotFound, VersionChanged
from projections import desk, expecting, visits
from tests.story import NOW, House, at


@pytest.fixture
def emilie(house: House) -> UUID:
    return house.client("Émilie", "Rousseau", phone="06 12 34 56 78")


@pytest.fixture
def duplicate(house: House) -> UUID:
    return house.client("Emilie", "ROUSSEAU", email="emilie@exemple.fr", town="Lyon")


def words_of(house: House, id: UUID) -> tuple:
    with house.store.reading(house.id) as db:
        card = own_cards(db, [id])[id]
    return tuple(
        getattr(card, name)
        for name in ClientCard.__struct_fields__
        if name not in ("version", "words_version", "written_at")
    )


def test_the_kept_file_takes_over_what_it_lacks(house: House, emilie: UUID, duplicate: UUID):
    merge_clients(house.store, emilie, duplicate, by=house.by())
    card = client(house.store, house.id, emilie)
    assert (card.first_name, card.phone, card.email, card.town) == (
        "Émilie",
        "+33612345678",
        "emilie@exemple.fr",
        "Lyon",
    )


def test_the_kept_file_takes_over_only_what_was_chosen(house: House, emilie: UUID, duplicate: UUID):
    merge_clients(house.store, emilie, duplicate, fields=["last_name", "town"], by=house.by())
    card = client(house.store, house.id, emilie)
    assert (card.last_name, card.email, card.town) == ("ROUSSEAU", "", "Lyon")


def test_whoever_asks_for_the_duplicate_finds_the_kept_file(house: House, emilie: UUID, duplicate: UUID):
    merge_clients(house.store, emilie, duplicate, fields=[], by=house.by())
    assert client(house.store, house.id, duplicate).id == emilie
    assert [card.id for card in search(house.store, house.id, "emilie@exemple.fr")] == [emilie]
    assert [card.id for card in page(house.store, house.id)] == [emilie]
    assert [card.id for card in client_file(house.store, house.id, duplicate).duplicates] == [duplicate]


def test_visits_stay_with_the_file_they_were_made_with_and_are_found_under_the_kept_one(
    house: House, emilie: UUID, duplicate: UUID
):
    first, second = house.book(at(9), client_id=emilie), house.book(at(11), client_id=duplicate)
    merge_clients(house.store, emilie, duplicate, by=house.by())
    house.read_on()
    for id in (emilie, duplicate):
        known = visits.of_client(house.store, house.id, id, NOW)
        assert [one.appointment_id for one in known.future] == [first, second]
    assert house.rows("SELECT DISTINCT client_id FROM view_visits ORDER BY 1") == sorted([(emilie,), (duplicate,)])
    names = [
        line.client_name for column in desk.day(house.store, house.id, at(9).date()).columns for line in column.lines
    ]
    assert names == ["Émilie Rousseau"] * 2
    assert desk.appointment(house.store, house.id, second).client.id == emilie
    seen = expecting.expected_clients(house.store, house.id, house.claire, at(9, days=7))
    assert [one.client.id for one in seen] == [emilie]
    assert expecting.usual_services(house.store, house.id, emilie) == [house.massage]


def test_an_appointment_for_the_duplicate_is_one_for_the_kept_file(house: House, emilie: UUID, duplicate: UUID):
    merge_clients(house.store, emilie, duplicate, by=house.by())
    id = house.book(at(9), client_id=duplicate)
    assert desk.appointment(house.store, house.id, id).client.id == emilie
    assert house.rows("SELECT state::json->>'client_id' FROM events WHERE stream_id = %s", id) == [(str(emilie),)]


def test_unmerging_gives_both_files_back(house: House, emilie: UUID, duplicate: UUID):
    before = [words_of(house, id) for id in (emilie, duplicate)]
    visit = house.book(at(9), client_id=duplicate)
    merge_clients(house.store, emilie, duplicate, fields=["last_name", "email"], by=house.by())
    unmerge_client(house.store, duplicate, by=house.by())
    house.read_on()
    assert [words_of(house, id) for id in (emilie, duplicate)] == before
    assert visits.of_client(house.store, house.id, emilie, NOW).future == []
    assert [one.appointment_id for one in visits.of_client(house.store, house.id, duplicate, NOW).future] == [visit]


def test_what_was_written_after_the_merge_stays_after_the_unmerge(house: House, emilie: UUID, duplicate: UUID):
    merge_clients(house.store, emilie, duplicate, by=house.by())
    edit_client(house.store, emilie, {"town": "Bron", "postcode": "69500"}, by=house.by())
    unmerge_client(house.store, duplicate, by=house.by())
    card = client(house.store, house.id, emilie)
    assert (card.email, card.town, card.postcode) == ("", "Bron", "69500")


def test_merges_are_undone_in_any_order(house: House, emilie: UUID):
    first, second = house.client("E", "Rousseau", town="Lyon"), house.client("E", "Rousseau", town="Bron")
    before = words_of(house, emilie)
    merge_clients(house.store, emilie, first, fields=["town"], by=house.by())
    merge_clients(house.store, emilie, second, fields=["town"], by=house.by())
    unmerge_client(house.store, first, by=house.by())
    assert client(house.store, house.id, emilie).town == "Bron"
    unmerge_client(house.store, second, by=house.by())
    assert words_of(house, emilie) == before


def test_a_chain_leads_to_its_end_and_is_taken_apart_link_by_link(house: House, emilie: UUID, duplicate: UUID):
    last = house.client("E.", "Rousseau")
    visit = house.book(at(9), client_id=duplicate)
    merge_clients(house.store, emilie, duplicate, by=house.by())
    merge_clients(house.store, last, emilie, by=house.by())
    house.read_on()
    assert client(house.store, house.id, duplicate).id == last
    assert [one.appointment_id for one in visits.of_client(house.store, house.id, last, NOW).future] == [visit]
    with pytest.raises(FileMerged):
        unmerge_client(house.store, duplicate, by=house.by())
    unmerge_client(house.store, emilie, by=house.by())
    assert {client(house.store, house.id, id).id for id in (emilie, duplicate)} == {emilie}
    unmerge_client(house.store, duplicate, by=house.by())
    assert client(house.store, house.id, duplicate).id == duplicate


def test_what_makes_no_sense_is_refused(house: House, emilie: UUID, duplicate: UUID):
    by = house.by()
    with pytest.raises(FileMergedWithItself):
        merge_clients(house.store, emilie, emilie, by=by)
    with pytest.raises(FileNotMerged):
        unmerge_client(house.store, emilie, by=by)
    with pytest.raises(NotFound):
        merge_clients(house.store, emilie, uuid4(), by=by)
    nameless, first_name_only = house.client("", "Rousseau"), house.client("Émilie", "")
    with pytest.raises(ClientNameMissing):
        merge_clients(house.store, nameless, first_name_only, fields=["last_name"], by=by)
    merge_clients(house.store, emilie, duplicate, by=by)
    for keep, absorb in ((emilie, duplicate), (duplicate, emilie), (duplicate, uuid4()), (house.client(), duplicate)):
        with pytest.raises((FileMerged, NotFound)):
            merge_clients(house.store, keep, absorb, by=by)
    with pytest.raises(FileMerged):
        edit_client(house.store, duplicate, {"town": "Bron"}, by=by)
    archived = house.client()
    archive_client(house.store, archived, by=by)
    with pytest.raises(FileInArchive):
        merge_clients(house.store, archived, emilie, by=by)


def test_a_refused_merge_leaves_nothing(house: House, emilie: UUID):
    archived = house.client()
    archive_client(house.store, archived, by=house.by())
    before = house.rows("SELECT count(*) FROM events")
    with pytest.raises(FileInArchive):
        merge_clients(house.store, archived, emilie, fields=["phone"], by=house.by())
    assert house.rows("SELECT count(*) FROM events") == before
    assert words_of(house, archived)[4] == ""


def test_the_version_of_a_card_is_the_one_that_a_command_expects(house: House, emilie: UUID, duplicate: UUID):
    merge_clients(house.store, emilie, duplicate, by=house.by())
    seen = client(house.store, house.id, emilie).version
    edit_client(house.store, emilie, {"town": "Bron"}, by=house.by().expecting(emilie, seen))
    with pytest.raises(VersionChanged):
        edit_client(house.store, emilie, {"town": "Dijon"}, by=house.by().expecting(emilie, seen))


def test_two_who_merge_the_same_duplicate_do_not_both_get_it(house: House, emilie: UUID, duplicate: UUID):
    other = house.client()
    merge_clients(house.store, emilie, duplicate, by=house.by())
    with pytest.raises(FileMerged):
        merge_clients(house.store, other, duplicate, by=house.by())
    with house.store.reading(house.id) as db:
        assert cards(db, [duplicate])[duplicate].id == emilie


def test_only_people_on_file_are_told_apart(house: House, emilie: UUID):
    with pytest.raises(NotFound):
        dismiss_duplicate(house.store, emilie, uuid4(), by=house.by())


def test_merging_moves_no_word_into_the_log(house: House):
    one, other = uuid4(), uuid4()
    create_client(house.store, one, {"last_name": "Canari"}, by=house.by())
    create_client(house.store, other, {"last_name": "Canari", "town": "Canaryville"}, by=house.by())
    merge_clients(house.store, one, other, by=house.by())
    unmerge_client(house.store, other, by=house.by())
    states = " ".join(state for (state,) in house.rows("SELECT state FROM events"))
    assert "anar" not in states
