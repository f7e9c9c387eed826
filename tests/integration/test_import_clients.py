"""Bringing in client files: nobody lost, nobody twice, nobody taken for somebody else."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from clients.commands import edit_client
from importing.clients import import_clients
from importing.report import FileRefused, Report
from kernel.store import Store
from tests.story import NOW, House

Bring = Callable[[str], Report]
CURRENT = "SELECT first_name, last_name, phone, email, remarks FROM clients WHERE is_current ORDER BY 2, 1"


@pytest.fixture
def bring(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bring:
    """Brings a file of these lines into the house."""
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")

    def bring_in(text: str) -> Report:
        path = tmp_path / "clients.csv"
        path.write_text(text, encoding="utf-8")
        return import_clients(house.store, path, organisation_id=house.id, now=NOW)

    return bring_in


def outcomes(report: Report) -> list[tuple[int, str, list[str]]]:
    return [(line.number, line.outcome, [note.reason for note in line.notes]) for line in report.lines]


def test_twice_is_the_same_as_once(house: House, bring: Bring):
    text = "N°;Nom;Prénom;Portable\n1;NOËL;Zoé;06 12 34 56 78\n2;Petit;Anne;\n"
    assert outcomes(bring(text)) == [(2, "imported", []), (3, "imported", [])]
    assert outcomes(bring(text)) == [(2, "joined", []), (3, "joined", [])]
    assert house.rows("SELECT count(*) FROM clients") == [(2,)]
    assert house.rows(CURRENT)[0][:3] == ("Zoé", "NOËL", "+33612345678")


def test_without_numbers_content_tells_people_apart(house: House, bring: Bring):
    text = "Nom;Prénom;E-mail\nNoël;Zoé;zoe@exemple.fr\nNoël;Zoé;autre@exemple.fr\nNoël;Zoé;zoe@exemple.fr\n"
    assert outcomes(bring(text))[2] == (4, "joined", ["same_as_line"])
    assert bring(text).totals()["joined"] == 3
    assert house.rows("SELECT count(*) FROM clients") == [(2,)]


@pytest.mark.parametrize("shared", ["E-mail", "Portable", "N°"])
def test_two_people_who_share_an_address_a_phone_or_a_number_are_both_there(house: House, bring: Bring, shared: str):
    value = {"E-mail": "famille@exemple.fr", "Portable": "06 12 34 56 78", "N°": "7"}[shared]
    report = bring(f"Nom;Prénom;{shared}\nNoël;Zoé;{value}\nNoël;Léo;{value}\n")
    assert report.totals()["imported"] == 2
    assert len(house.rows(CURRENT)) == 2


def test_namesakes_born_on_different_days_are_two(house: House, bring: Bring):
    text = "Nom;Prénom;Portable;Né(e) le\nNoël;Jean;06 12 34 56 78;01/02/1950\nNoël;Jean;06 12 34 56 78;03/04/1980\n"
    assert bring(text).totals()["imported"] == 2


@pytest.mark.parametrize("mark", ["phone", "email"])
def test_somebody_on_file_is_joined_and_left_as_written_there(house: House, bring: Bring, mark: str):
    house.client("Zoé", "Noël", phone="06 12 34 56 78", email="zoe@exemple.fr", town="Lyon")
    column = {"phone": "Portable;0612345678", "email": "E-mail;ZOE@exemple.fr"}[mark].split(";")
    report = bring(f"Nom;Prénom;Ville;{column[0]}\nNOEL;ZOE;Nîmes;{column[1]}\n")
    assert outcomes(report) == [(2, "joined", ["on_file", "differs"])]
    assert report.lines[0].notes[1].value == "Nîmes"
    assert report.lines[0].notes[1].facts == {"known": "Lyon"}
    assert house.rows("SELECT town FROM clients") == [("Lyon",)]


def test_what_the_desk_wrote_since_is_not_overwritten(house: House, bring: Bring):
    text = "N°;Nom;Portable\n1;Noël;06 12 34 56 78\n"
    bring(text)
    id = house.rows("SELECT id FROM clients")[0][0]
    edit_client(house.store, id, {"phone": "07 00 00 00 00"}, by=house.by())
    assert outcomes(bring(text)) == [(2, "joined", ["differs"])]
    assert house.rows(CURRENT)[0][2] == "+33700000000"


def test_a_line_without_a_name_is_refused_and_bad_values_cost_nobody(house: House, bring: Bring):
    report = bring("Nom;Portable;E-mail\n;06 12 34 56 78;\nNoël;demander;zoe@\n")
    assert outcomes(report) == [
        (2, "refused", ["name_missing"]),
        (3, "imported", ["phone_not_valid", "email_not_valid"]),
    ]
    assert house.rows(CURRENT) == [("", "Noël", "", "", "Portable : demander\nE-mail : zoe@")]


def test_formulas_are_words_and_control_characters_are_gone(house: House, bring: Bring, tmp_path: Path):
    report = bring('Nom;Notes\nNo\x07ël;"=HYPERLINK(""http://x"")"\n=1+1;\n')
    assert house.rows("SELECT last_name, remarks FROM clients ORDER BY remarks DESC") == [
        ("Noël", '=HYPERLINK("http://x")'),
        ("=1+1", ""),
    ]
    report.write(tmp_path / "report.csv")
    assert "'=1+1" in (tmp_path / "report.csv").read_text(encoding="utf-8-sig")


def test_the_report_lists_every_line_as_a_spreadsheet_opens_it(bring: Bring, tmp_path: Path):
    report = bring("Nom;Portable;Mutuelle\nNoël;demander;MGEN\n;1;\nPetit;;\n")
    report.write(tmp_path / "report.csv")
    with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as written:
        rows = list(csv.reader(written, delimiter=";"))
    assert rows[0] == ["Ligne", "Résultat", "Entrée", "Colonne", "Valeur", "Explication"]
    assert [row[0] for row in rows[3:]] == ["2", "3", "4"]
    assert rows[2][5].endswith("Mutuelle.")
    assert rows[3][3:5] == ["Portable", "demander"]


def test_the_organisation_must_be_clear(house: House, store: Store, tmp_path: Path):
    House(store)
    (tmp_path / "clients.csv").write_text("Nom\nNoël\n")
    with pytest.raises(FileRefused, match="--organisation"):
        import_clients(store, tmp_path / "clients.csv", now=NOW)


def test_everything_says_that_it_was_imported(house: House, bring: Bring):
    bring("Nom\nNoël\n")
    assert house.rows("SELECT state::json->>'by', state::json->>'via' FROM events WHERE name = 'ClientAdded'") == [
        ("import/command-line", "import")
    ]
