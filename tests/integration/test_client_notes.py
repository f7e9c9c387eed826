"""What the team writes on a client's file: notes, fields of the house, and every version of the words."""

from uuid import UUID, uuid4

import pytest

from clients.client import FileMerged
from clients.client_field import FieldChoicesMissing, FieldKindUnknown, FieldLabelMissing
from clients.commands import (
    add_client_field,
    add_client_note,
    archive_client,
    change_client_field,
    create_client,
    edit_client,
    edit_client_note,
    merge_clients,
    pin_client_note,
    remove_client_note,
    restore_client,
    restore_client_version,
    retire_client_field,
)
from clients.commands.notes import NoteEmpty
from clients.custom import FieldMissing, FieldUnknown, FieldValueNotValid
from clients.queries import client, client_fields, notes_of, page, search, versions
from clients.rows import VersionErased
from kernel.errors import IdTaken, NotFound, VersionChanged
from tests.story import House


@pytest.fixture
def zoe(house: House) -> UUID:
    return house.client("Zoé", "Noël", phone="0612345678")


def note(house: House, client_id: UUID, words: str, **facts: bool) -> UUID:
    id = uuid4()
    add_client_note(house.store, client_id, id, words, **facts, by=house.by())
    return id


def told(house: House, id: UUID) -> list[str]:
    return [one.words for one in notes_of(house.store, house.id, id)]


def test_notes_are_added_edited_pinned_and_removed(house: House, zoe: UUID):
    first, second = note(house, zoe, "Préfère le matin"), note(house, zoe, "Allergique au latex")
    edit_client_note(house.store, zoe, first, "Préfère le soir", by=house.by(actor="staff/karim"))
    pin_client_note(house.store, zoe, first, by=house.by())
    assert told(house, zoe) == ["Préfère le soir", "Allergique au latex"]
    pinned = notes_of(house.store, house.id, zoe)[0]
    assert (pinned.is_pinned, pinned.by, pinned.edited_by) == (True, house.by().actor, "staff/karim")
    remove_client_note(house.store, zoe, second, by=house.by())
    pin_client_note(house.store, zoe, first, is_pinned=False, by=house.by())
    assert told(house, zoe) == ["Préfère le soir"]


def test_a_note_is_added_once_and_never_empty(house: House, zoe: UUID):
    id = note(house, zoe, "Une fois")
    add_client_note(house.store, zoe, id, "Deux fois", by=house.by())
    assert told(house, zoe) == ["Une fois"]
    for words in ("", "  \n"):
        with pytest.raises(NoteEmpty):
            note(house, zoe, words)
    with pytest.raises(NotFound):
        edit_client_note(house.store, zoe, uuid4(), "Rien", by=house.by())


def test_notes_of_a_merged_file_are_found_under_the_kept_one(house: House, zoe: UUID):
    other = house.client("Zoé", "Noel")
    id = note(house, other, "Vient avec son chien")
    merge_clients(house.store, zoe, other, by=house.by())
    assert told(house, zoe) == told(house, other) == ["Vient avec son chien"]
    with pytest.raises(FileMerged):
        note(house, other, "Trop tard")
    remove_client_note(house.store, other, id, by=house.by())
    assert told(house, zoe) == []


def test_words_of_notes_are_not_in_the_log(house: House, zoe: UUID):
    note(house, zoe, "Canari", is_pinned=True)
    assert "Canari" not in " ".join(state for (state,) in house.rows("SELECT state FROM events"))
    with house.store.reading(house.id) as db:
        db.execute("UPDATE texts SET words = NULL WHERE subject_id = %s", (zoe,))
    assert told(house, zoe) == [""]


def field(house: House, label: str, kind: str = "text", **facts) -> UUID:
    id = uuid4()
    add_client_field(house.store, id, label=label, kind=kind, **facts, by=house.by())
    return id


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        ("text", " Blonde\x00 ", "Blonde"),
        ("long_text", "a\r\nb", "a\nb"),
        ("number", "1 234,50", "1234.5"),
        ("number", 0, "0"),
        ("number", "100", "100"),
        ("date", "2026-11-24", "2026-11-24"),
        ("yes_no", "Oui", True),
        ("yes_no", False, False),
        ("choice", "mgen", "MGEN"),
        ("choices", "Harmonie | mgen", ["MGEN", "Harmonie"]),
        ("choices", ["Harmonie"], ["Harmonie"]),
        ("phone", "06 12 34 56 78", "+33612345678"),
        ("email", "Zoe@Exemple.fr", "zoe@exemple.fr"),
    ],
)
def test_a_value_is_kept_in_one_writing(house: House, zoe: UUID, kind: str, written, kept):
    id = field(house, "Champ", kind, choices=["MGEN", "Harmonie"])
    edit_client(house.store, zoe, {"custom": {str(id): written}}, by=house.by())
    assert client(house.store, house.id, zoe).custom == {str(id): kept}


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("number", "douze"),
        ("number", "NaN"),
        ("number", "1e999999"),
        ("number", True),
        ("date", "24 novembre"),
        ("yes_no", "peut-être"),
        ("choice", "Autre"),
        ("choices", ["MGEN", 3]),
        ("phone", "12"),
        ("email", "zoe@"),
        ("text", "x" * 501),
        ("text", {"a": 1}),
    ],
)
def test_a_value_that_cannot_be_is_refused(house: House, zoe: UUID, kind: str, written):
    id = field(house, "Champ", kind, choices=["MGEN", "Harmonie"])
    with pytest.raises(FieldValueNotValid):
        edit_client(house.store, zoe, {"custom": {str(id): written}}, by=house.by())
    assert client(house.store, house.id, zoe).custom == {}


def test_a_required_field_may_be_left_out_and_not_emptied(house: House, zoe: UUID):
    id = str(field(house, "Mutuelle", is_required=True))
    edit_client(house.store, zoe, {"town": "Lyon"}, by=house.by())
    edit_client(house.store, zoe, {"custom": {id: "MGEN"}}, by=house.by())
    with pytest.raises(FieldMissing):
        edit_client(house.store, zoe, {"custom": {id: " "}}, by=house.by())


def test_an_empty_value_goes_and_the_others_stay(house: House, zoe: UUID):
    one, other = str(field(house, "Un")), str(field(house, "Autre"))
    edit_client(house.store, zoe, {"custom": {one: "1", other: "2"}}, by=house.by())
    edit_client(house.store, zoe, {"custom": {one: ""}}, by=house.by())
    assert client(house.store, house.id, zoe).custom == {other: "2"}


def test_what_stands_in_a_retired_field_stays_and_nothing_new_is_written_there(house: House, zoe: UUID):
    id = field(house, "Ancien")
    edit_client(house.store, zoe, {"custom": {str(id): "gardé"}}, by=house.by())
    retire_client_field(house.store, id, by=house.by())
    assert client_fields(house.store, house.id) == []
    assert [one.label for one in client_fields(house.store, house.id, is_all=True)] == ["Ancien"]
    edit_client(house.store, zoe, {"town": "Lyon"}, by=house.by())
    assert client(house.store, house.id, zoe).custom == {str(id): "gardé"}
    with pytest.raises(FieldUnknown):
        edit_client(house.store, zoe, {"custom": {str(id): "neuf"}}, by=house.by())


def test_fields_stand_in_the_order_of_the_house(house: House):
    for label, rank in (("C", 2), ("A", 2), ("B", 1)):
        field(house, label, rank=rank)
    assert [one.label for one in client_fields(house.store, house.id)] == ["B", "A", "C"]


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"label": " "}, FieldLabelMissing),
        ({"label": "X", "kind": "formula"}, FieldKindUnknown),
        ({"label": "X", "kind": "choice"}, FieldChoicesMissing),
        ({"label": "X", "kind": "choices", "choices": ["a", "a "]}, FieldChoicesMissing),
        ({"label": "X", "kind": "choice", "choices": ["a", "b|c"]}, FieldChoicesMissing),
    ],
)
def test_a_field_that_makes_no_sense_is_refused(house: House, facts: dict, refusal: type):
    with pytest.raises(refusal):
        add_client_field(house.store, uuid4(), **facts, by=house.by())


def test_a_field_is_added_once_and_changed(house: House):
    id = field(house, "Mutuelle", "choice", choices=["a", "b"])
    with pytest.raises(IdTaken):
        add_client_field(house.store, id, label="Autre", by=house.by())
    change_client_field(house.store, id, label="Complémentaire", choices=["a", "b", "c"], rank=4, by=house.by())
    known = client_fields(house.store, house.id)[0]
    assert (known.label, known.choices, known.rank) == ("Complémentaire", ["a", "b", "c"], 4)


def test_values_of_the_house_are_not_in_the_log(house: House, zoe: UUID):
    id = field(house, "Animal")
    edit_client(house.store, zoe, {"custom": {str(id): "Canari"}}, by=house.by())
    states = " ".join(state for (state,) in house.rows("SELECT state FROM events"))
    assert "Canari" not in states
    assert str(id) in states


def test_each_version_says_who_changed_what_from_what_to_what(house: House, zoe: UUID):
    edit_client(house.store, zoe, {"phone": "", "town": "Nîmes"}, by=house.by(actor="staff/karim"))
    last, first = versions(house.store, house.id, zoe)
    assert (last.number, last.by, last.is_current) == (2, "staff/karim", True)
    assert [(one.field, one.old, one.new) for one in last.changes] == [
        ("phone", "+33612345678", ""),
        ("town", "", "Nîmes"),
    ]
    assert {one.field for one in first.changes} == {"first_name", "last_name", "phone"}


def test_an_old_version_comes_back_as_a_new_one(house: House, zoe: UUID):
    edit_client(house.store, zoe, {"phone": "", "town": "Nîmes"}, by=house.by())
    restore_client_version(house.store, zoe, 1, by=house.by())
    card = client(house.store, house.id, zoe)
    assert (card.phone, card.town, card.words_version) == ("+33612345678", "", 3)
    assert versions(house.store, house.id, zoe)[0].restores == 1
    assert [one.id for one in search(house.store, house.id, "06 12 34 56 78")] == [zoe]


def test_erased_words_read_as_erased_and_cannot_come_back(house: House, zoe: UUID):
    edit_client(house.store, zoe, {"phone": "0712345678"}, by=house.by())
    with house.store.reading(house.id) as db:
        db.execute("UPDATE clients SET phone = '', erased_at = now() WHERE id = %s AND version = 1", (zoe,))
    last, first = versions(house.store, house.id, zoe)
    assert [(one.old, one.new) for one in last.changes] == [(None, "+33712345678")]
    assert first.is_erased
    with pytest.raises(VersionErased):
        restore_client_version(house.store, zoe, 1, by=house.by())
    with pytest.raises(VersionErased):
        restore_client_version(house.store, zoe, 7, by=house.by())


def test_an_archived_file_is_out_of_lists_and_search_and_comes_back(house: House, zoe: UUID):
    archive_client(house.store, zoe, by=house.by())
    archive_client(house.store, zoe, by=house.by())
    assert (page(house.store, house.id), search(house.store, house.id, "noel")) == ([], [])
    assert [card.id for card in page(house.store, house.id, kind="archived")] == [zoe]
    assert client(house.store, house.id, zoe).is_archived
    restore_client(house.store, zoe, by=house.by())
    assert [card.id for card in search(house.store, house.id, "noel")] == [zoe]


def test_the_version_of_a_file_counts_all_that_happens_to_it(house: House, zoe: UUID):
    note(house, zoe, "Une note")
    archive_client(house.store, zoe, by=house.by())
    assert client(house.store, house.id, zoe).version == 3
    with pytest.raises(VersionChanged):
        edit_client(house.store, zoe, {"town": "Lyon"}, by=house.by().expecting(zoe, 2))
    edit_client(house.store, zoe, {"town": "Lyon"}, by=house.by().expecting(zoe, 3))


def test_a_new_file_takes_values_of_the_house(house: House):
    id, animal = uuid4(), str(field(house, "Animal"))
    create_client(house.store, id, {"last_name": "Noël", "custom": {animal: "Chien"}}, by=house.by())
    assert client(house.store, house.id, id).custom == {animal: "Chien"}
