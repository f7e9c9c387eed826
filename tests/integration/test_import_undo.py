"""A file brought in from the pages: looked at before, brought in by a job, changed in bulk, and undone as a whole."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest

from clients.commands import add_client_field, add_client_note, archive_client, block_client, edit_client, merge_clients
from clients.queries import ClientCard, client, page, search, versions
from importing import commands as imports
from importing.policies import bring_in_rows, forget_rows, undo_rows
from importing.previews import preview
from importing.queries import import_card, imports_of, latest_imports, left_alone, report_lines
from importing.report import FileRefused
from importing.run import ImportNotPossible
from kernel.errors import NotFound
from tests.story import House, at
from tests.uploads import read_in

PEOPLE = "N°;Nom;Prénom;Portable\n1;Noël;Zoé;06 12 34 56 78\n2;Petit;Anne;06 00 00 00 02\n;;;\n3;;;06 00 00 00 03\n"


def prepared(house: House, text: str, **facts) -> UUID:
    id = uuid4()
    read_in(house, id, facts.get("name", "clients.csv"), text.encode())
    return id


def brought(house: House, text: str, *, updates: bool = False) -> UUID:
    id = prepared(house, text)
    imports.start_import(house.store, id, updates=updates, by=house.by())
    bring_in_rows(house.store, house.id, str(id), house.by().actor)
    return id


def undone(house: House, id: UUID) -> dict:
    imports.request_import_undo(house.store, id, by=house.by())
    house.read_on()
    undo_rows(house.store, house.id, str(id), house.by().actor)
    names = ("archived", "taken_back", "left")
    query = (
        f"SELECT {', '.join(f'''state::json->>'{name}' ''' for name in names)} FROM events WHERE name = 'ImportUndone'"
    )
    return dict(zip(names, map(int, house.rows(f"{query} ORDER BY position DESC")[0]), strict=True))


def found(house: House, name: str) -> ClientCard:
    (card,) = search(house.store, house.id, name)
    return card


def test_a_preview_says_what_would_come_of_each_row_and_writes_nothing(house: House):
    house.client("Zoé", "Noel", phone="0612345678")
    before = house.rows("SELECT count(*) FROM clients")
    id = prepared(house, PEOPLE)
    seen = preview(house.store, id, by=house.by())
    assert {name: count for name, count in seen.totals.items() if count} == {"joined": 1, "imported": 1, "refused": 1}
    assert [(line.number, line.outcome) for line in seen.lines] == [(5, "refused"), (2, "joined")]
    assert house.rows("SELECT count(*) FROM clients") == before
    assert import_card(house.store, house.id, id).status == "prepared"


def test_a_preview_foresees_just_what_then_happens(house: House):
    house.client("Zoé", "Noël", phone="0612345678")
    text = PEOPLE + "9;Petit;Anne;0600000002\n10;Noël;Zoé;0612345678\n"
    seen = preview(house.store, prepared(house, text), by=house.by())
    id = brought(house, text)
    lines = report_lines(house.store, house.id, id)
    counts = {name: sum(line.outcome == name for line in lines) for name in seen.totals}
    assert counts == seen.totals
    assert [line for line in lines if line.notes] == sorted(seen.lines)


def test_a_column_goes_where_somebody_says(house: House):
    own = uuid4()
    add_client_field(house.store, own, label="Mutuelle", kind="choice", choices=["MGEN", "Harmonie"], by=house.by())
    id = prepared(house, "Nom;Mutuelle;Truc;Machin\nNoël;mgen;0612345678;secret\n")
    assert import_card(house.store, house.id, id).fields == ["last_name", str(own), "", ""]
    imports.choose_import_fields(house.store, id, ["last_name", str(own), "phone", "-"], by=house.by())
    imports.start_import(house.store, id, by=house.by())
    bring_in_rows(house.store, house.id, str(id), "staff/sonia")
    card = found(house, "Noël")
    assert (card.phone, card.custom, card.remarks) == ("+33612345678", {str(own): "MGEN"}, "")


@pytest.mark.parametrize(
    "fields", [["last_name"], ["last_name", "", "", "password"], ["last_name", "", "", str(uuid4())]]
)
def test_a_column_does_not_go_just_anywhere(house: House, fields: list[str]):
    id = prepared(house, "Nom;Mutuelle;Truc;Machin\nNoël;mgen;0612345678;secret\n")
    with pytest.raises(imports.ColumnUnknown):
        imports.choose_import_fields(house.store, id, fields, by=house.by())


def test_every_event_carries_the_import_and_whoever_confirmed_it(house: House):
    id = brought(house, PEOPLE)
    events = (
        "SELECT state::json->>'command', state::json->>'by', state::json->>'via' FROM events WHERE name = 'ClientAdded'"
    )
    assert set(house.rows(events)) == {(str(id), house.by().actor, "import")}
    card = found(house, "Noël")
    assert versions(house.store, house.id, card.id)[0].command == id
    assert imports_of(house.store, house.id, card.id) == {id: "clients.csv"}
    assert [(one.status, one.totals) for one in latest_imports(house.store, house.id)] == [
        ("completed", {"imported": 2, "refused": 1})
    ]


def test_what_waits_is_gone_once_it_is_in_or_after_a_day(house: House):
    waiting = "SELECT count(*) FROM import_lines WHERE cells IS NOT NULL"
    brought(house, PEOPLE)
    assert house.rows(waiting) == [(0,)]
    id = prepared(house, PEOPLE)
    assert house.rows(waiting) == [(3,)]
    forget_rows(house.store, house.id, str(id))
    assert house.rows(waiting) == [(0,)]
    assert not import_card(house.store, house.id, id).has_rows


def test_bringing_in_twice_is_the_same_as_once(house: House):
    id = brought(house, PEOPLE)
    bring_in_rows(house.store, house.id, str(id), "staff/sonia")
    assert house.rows("SELECT count(*) FROM events WHERE name IN ('ClientAdded', 'ImportCompleted')") == [(3,)]
    with pytest.raises(ImportNotPossible):
        imports.start_import(house.store, id, by=house.by())


def test_undoing_archives_what_the_import_made(house: House):
    before = house.client("Paul", "Mercier")
    id = brought(house, PEOPLE)
    assert undone(house, id) == {"archived": 2, "taken_back": 0, "left": 0}
    assert [card.id for card in page(house.store, house.id)] == [before]
    assert import_card(house.store, house.id, id).status == "undone"


def test_what_somebody_used_since_is_left_with_its_reason(house: House):
    people = "".join(f"{number};Nom{number};A;060000000{number}\n" for number in range(1, 7))
    id = brought(house, f"N°;Nom;Prénom;Portable\n{people}")
    ids = {number: found(house, f"Nom{number}").id for number in range(1, 7)}
    edit_client(house.store, ids[1], {"town": "Lyon"}, by=house.by())
    house.book(at(9), client_id=ids[2])
    merge_clients(house.store, house.client(), ids[3], by=house.by())
    add_client_note(house.store, ids[4], uuid4(), "Vient en train", by=house.by())
    block_client(house.store, ids[5], by=house.by())
    assert undone(house, id) == {"archived": 1, "taken_back": 0, "left": 5}
    reasons = {line.client_id: line.reason for line in left_alone(house.store, house.id, id)}
    assert reasons == {ids[1]: "changed", ids[2]: "visits", ids[3]: "merged", ids[4]: "changed", ids[5]: "changed"}
    assert client(house.store, house.id, ids[6]).is_archived


def test_undoing_takes_back_what_still_stands_of_a_change(house: House):
    zoe = house.client("Zoé", "Noël", phone="0612345678", town="Lyon")
    id = brought(house, "Nom;Prénom;Portable;Ville;CP\nNoël;Zoé;0612345678;Nîmes;30000\n", updates=True)
    edit_client(house.store, zoe, {"postcode": "30900"}, by=house.by())
    assert (found(house, "Noël").town, found(house, "Noël").postcode) == ("Nîmes", "30900")
    assert undone(house, id) == {"archived": 0, "taken_back": 1, "left": 0}
    assert (found(house, "Noël").town, found(house, "Noël").postcode) == ("Lyon", "30900")


def test_a_change_of_which_nothing_stands_is_left(house: House):
    zoe = house.client("Zoé", "Noël", phone="0612345678")
    id = brought(house, "Nom;Prénom;Portable;Ville\nNoël;Zoé;0612345678;Nîmes\n", updates=True)
    edit_client(house.store, zoe, {"town": "Bron"}, by=house.by())
    assert undone(house, id) == {"archived": 0, "taken_back": 0, "left": 1}
    assert found(house, "Noël").town == "Bron"


def test_a_file_brought_in_again_after_its_undoing_brings_the_same_people_back(house: House):
    first = brought(house, PEOPLE)
    ids = {card.id for card in page(house.store, house.id)}
    undone(house, first)
    again = brought(house, PEOPLE)
    assert {card.id for card in page(house.store, house.id)} == ids
    assert import_card(house.store, house.id, again).totals == {"imported": 2, "refused": 1}
    assert undone(house, again)["archived"] == 2


def test_somebody_archived_by_hand_stays_there(house: House):
    brought(house, PEOPLE)
    archive_client(house.store, found(house, "Noël").id, by=house.by())
    id = brought(house, PEOPLE)
    assert import_card(house.store, house.id, id).totals == {"joined": 2, "refused": 1}
    assert search(house.store, house.id, "Noël") == []


def test_only_a_completed_import_is_undone_and_once(house: House):
    id = prepared(house, PEOPLE)
    with pytest.raises(ImportNotPossible):
        imports.request_import_undo(house.store, id, by=house.by())
    done = brought(house, PEOPLE)
    undone(house, done)
    with pytest.raises(ImportNotPossible):
        imports.request_import_undo(house.store, done, by=house.by())
    with pytest.raises(NotFound):
        imports.start_import(house.store, uuid4(), by=house.by())


def test_rows_with_our_identifier_change_their_file_also_to_nothing(house: House):
    zoe = house.client("Zoé", "Noël", phone="0612345678", town="Lyon", number="7")
    text = f"Identifiant Carnet;Nom;Prénom;Ville;E-mail\n{zoe};Noël;Zoée;;zoe@exemple.fr\n"
    seen = preview(house.store, prepared(house, text), by=house.by())
    assert seen.totals["changed"] == 1
    assert {(note.column, note.facts["known"], note.value) for note in seen.lines[0].notes} == {
        ("first_name", "Zoé", "Zoée"),
        ("town", "Lyon", "—"),
        ("email", "—", "zoe@exemple.fr"),
    }
    brought(house, text)
    card = client(house.store, house.id, zoe)
    assert (card.first_name, card.town, card.email, card.phone, card.number) == (
        "Zoée",
        "",
        "zoe@exemple.fr",
        "+33612345678",
        "7",
    )


def test_a_row_with_our_identifier_and_a_bad_value_is_refused_whole(house: House):
    zoe = house.client("Zoé", "Noël", town="Lyon")
    id = brought(house, f"Identifiant Carnet;Nom;Ville;Portable\n{zoe};Noël;Nîmes;demander\n")
    (line,) = report_lines(house.store, house.id, id)
    assert (line.outcome, line.notes[0].reason, line.notes[0].column) == ("refused", "value_refused", "Portable")
    assert client(house.store, house.id, zoe).town == "Lyon"


def test_the_identifier_of_a_merged_file_leads_to_the_kept_one(house: House):
    kept, merged = house.client("Zoé", "Noël"), house.client("Zoé", "Noel")
    merge_clients(house.store, kept, merged, by=house.by())
    brought(house, f"Identifiant Carnet;Nom;Prénom;Ville\n{merged};Noël;Zoé;Nîmes\n")
    assert client(house.store, house.id, kept).town == "Nîmes"


def test_rows_update_known_files_only_when_asked(house: House):
    house.client("Zoé", "Noël", phone="0612345678", town="Lyon")
    text = "Nom;Prénom;Portable;Ville;E-mail\nNoël;Zoé;0612345678;Nîmes;\n"
    brought(house, text)
    assert found(house, "Noël").town == "Lyon"
    brought(house, text, updates=True)
    assert (found(house, "Noël").town, found(house, "Noël").email) == ("Nîmes", "")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<?xml version='1.0'?><a/>", "XML"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html>", "XML"),
        (b"%PDF-1.7", "tableau"),
        (b"\xd0\xcf\x11\xe0rest", "ancien fichier Excel"),
        (b"PK\x03\x04rest", "ne s’ouvre pas"),
        (b"Nom\n", "aucune ligne"),
        (b"", "titres"),
        (b"\x00\x01\x02" * 50, "titres"),
        (b"Nom\n" + b"x\n" * 20_001, "trop de lignes"),
        (b"Nom\n" + b"x" * (20 * 1024**2), "trop grand"),
        (b"BEGIN:VCARD\n", ""),
    ],
)
def test_what_cannot_be_read_says_why(house: House, data: bytes, reason: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    try:
        id = prepared_bytes(house, data)
    except FileRefused as refused:
        assert reason in str(refused)  # noqa: PT017 — a card without a name is a row that is refused
        assert house.rows("SELECT 1 FROM import_uploads UNION ALL SELECT 1 FROM import_lines") == []
    else:
        assert preview(house.store, id, by=house.by()).totals["refused"] == 1


def prepared_bytes(house: House, data: bytes) -> UUID:
    id = uuid4()
    read_in(house, id, "f", data)
    return id


def test_letters_lost_in_a_wrong_encoding_are_said(house: House):
    id = prepared(house, "Nom\nNo\ufffdl\n")
    assert preview(house.store, id, by=house.by()).lines[0].notes[0].reason == "letters_lost"


def test_a_vcard_file_is_a_file_of_clients(house: House):
    zoe = "N:Noël;Zoé;;Mme;\r\nTEL;TYPE=CELL:06 12 34 56 78\r\nBDAY:19800312\r\n"
    card = f"BEGIN:VCARD\r\nVERSION:3.0\r\n{zoe}END:VCARD\r\n"
    broken = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Anne Petit\r\nEMAIL:anne@exemple.fr\r\nEND:VCARD\r\n"
    id = brought(house, card + broken)
    assert import_card(house.store, house.id, id).totals == {"imported": 2}
    zoe, anne = found(house, "Noël"), found(house, "Petit")
    assert (zoe.title, zoe.first_name, zoe.phone, str(zoe.birth_on)) == ("Mme", "Zoé", "+33612345678", "1980-03-12")
    assert (anne.first_name, anne.email) == ("Anne", "anne@exemple.fr")


def test_an_import_that_its_caller_left_ends_where_it_is_and_can_be_undone(house: House):
    id = prepared(house, PEOPLE)
    imports.start_import(house.store, id, attended=True, by=house.by())
    house.read_on()
    assert house.rows("SELECT 1 FROM jobs WHERE name = 'bring_in_rows' AND facts LIKE %s", f"%{id}%") == []
    forget_rows(house.store, house.id, str(id))
    assert import_card(house.store, house.id, id).status == "completed"
    assert not import_card(house.store, house.id, id).has_rows
    assert undone(house, id) == {"archived": 0, "taken_back": 0, "left": 0}


def test_an_import_that_a_job_brings_in_keeps_its_rows(house: House):
    id = prepared(house, PEOPLE)
    imports.start_import(house.store, id, by=house.by())
    forget_rows(house.store, house.id, str(id))
    bring_in_rows(house.store, house.id, str(id), "staff/sonia")
    assert import_card(house.store, house.id, id).totals == {"imported": 2, "refused": 1}


def test_two_at_once_bring_each_row_in_once(house: House):
    people = "".join(f"{number};Nom{number};A\n" for number in range(200))
    id = prepared(house, f"N°;Nom;Prénom\n{people}")
    imports.start_import(house.store, id, by=house.by())
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(bring_in_rows, house.store, house.id, str(id), "staff/sonia") for _ in range(4)]:
            done.result()
    counted = "SELECT count(*), count(DISTINCT stream_id) FROM events WHERE name = 'ClientAdded'"
    assert house.rows(counted) == [(200, 200)]
    assert house.rows("SELECT count(*) FROM events WHERE name = 'ImportCompleted'") == [(1,)]
