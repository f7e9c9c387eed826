"""Files of clients as other programs write them: encodings, separators, quotation marks, headings, Excel."""

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from importing.client_facts import client_facts, fields_for, kept_columns
from importing.decoding import decoded
from importing.files import read_file
from importing.headings import CLIENTS
from importing.parts import Asked, No
from importing.readings import parts
from importing.report import FileRefused
from importing.table import Table
from importing.tables import table_of

TODAY = date(2026, 11, 20)
FRENCH = "Nom;Prénom;Ville\nBRÛLÉ;Noël;Nîmes\nŒuvrard;Françoise;Évry\nPeña;Aïcha;Lyon\n"


def table(folder: Path, data: str | bytes) -> Table:
    path = folder / "clients.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return whole(path)


def whole(path: Path) -> Table:
    read = table_of(read_file(path), CLIENTS)
    return read._replace(rows=list(read.rows))


def facts(table: Table, row: int = 0) -> dict:
    return client_facts(CLIENTS.cells(table.headings, table.rows[row].cells), "FR", TODAY).all()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman"])
def test_french_is_read_in_every_usual_encoding(encoding: str):
    assert decoded(FRENCH.encode(encoding)).text == FRENCH


@pytest.mark.parametrize("word", ["Dupré", "Évry", "Réglé 45 €", "PEÑA", "D’Hervé", "“Lulu”"])
@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
def test_one_word_is_enough_to_tell_windows_from_a_mac(word: str, encoding: str):
    if (word, encoding) != ("“Lulu”", "mac_roman"):
        assert decoded(f"Nom\n{word}\n".encode(encoding)).text == f"Nom\n{word}\n"


def test_russian_from_windows_is_not_taken_for_french():
    assert decoded("Имя;Фамилия\nИван;Петров\n".encode("cp1251")).text == "Имя;Фамилия\nИван;Петров\n"


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(tmp_path: Path, separator: str, end: str):
    rows = (("Nom", "Prénom", "Notes"), ("Noël", "Zoé", "x"))
    found = table(tmp_path, "".join(separator.join(row) + end for row in rows))
    assert facts(found) == {"last_name": "Noël", "first_name": "Zoé", "remarks": "x"}


def test_lines_are_counted_as_they_stand_in_the_file(tmp_path: Path):
    found = table(tmp_path, 'Nom;Notes\nUn;"vient avec\r\nsa fille"\n\nDeux;\n;;\nTrois;\n')
    assert [(row.number, row.cells[0]) for row in found.rows] == [(2, "Un"), (5, "Deux"), (7, "Trois")]
    assert facts(found)["remarks"] == "vient avec\nsa fille"


def test_a_quotation_mark_left_open_costs_no_other_line(tmp_path: Path):
    rows = "".join(f'{name};"vient, le {day}"\n' for day, name in enumerate(("Deux", "Trois"), 2))
    found = table(tmp_path, f'Nom;Prénom\n"Un;Zoé\n{rows}')
    assert [row.cells[0] for row in found.rows] == ["Un", "Deux", "Trois"]
    assert [row.has_open_quote for row in found.rows] == [True, False, False]


def test_what_stands_above_the_headings_is_passed_over(tmp_path: Path):
    found = table(tmp_path, "sep=;\nExport du 12/03/2026\n\nNOM;prenom\nNoël;Zoé\n")
    assert facts(found) == {"last_name": "Noël", "first_name": "Zoé", "remarks": ""}


def test_a_file_without_names_is_refused_with_what_it_needs(tmp_path: Path):
    with pytest.raises(FileRefused, match="Nom"):
        table(tmp_path, "Couleur;Taille\nbleu;12\n")
    with pytest.raises(FileRefused):
        table(tmp_path, "")


HEADINGS = {
    "number": ["N°", "No", "Numéro client", "ID"],
    "title": ["Civilité", "CIVILITE"],
    "last_name": ["Nom", "NOM", " nom ", "Last Name"],
    "first_name": ["Prénom", "prenom", "First name"],
    "full_name": ["Nom complet", "Nom et prénom", "Client", "Full name"],
    "mobile": ["Tél. portable", "Portable", "MOBILE", "Tél. mobile"],
    "phone": ["Tél.", "Téléphone", "Tel", "Phone"],
    "email": ["E-mail", "Email", "Courriel", "Adresse e-mail"],
    "birth_on": ["Né(e) le", "Date de naissance", "Birth date"],
    "address": ["Adresse", "Address"],
    "postcode": ["CP", "Code postal", "Zip code"],
    "town": ["Ville", "City"],
    "remarks": ["Commentaires", "Remarques", "Notes", "Comments"],
}


@pytest.mark.parametrize(("field", "heading"), [(field, each) for field, all in HEADINGS.items() for each in all])
def test_headings_in_any_case_and_accents(field: str, heading: str):
    assert CLIENTS.field(heading) == field


def test_nothing_of_an_unknown_column_is_lost(tmp_path: Path):
    found = table(tmp_path, "Nom;Tél.;Portable;Mutuelle;Notes\nNoël;04 72 00 00 00;06 12 34 56 78;MGEN;fidèle\n")
    assert facts(found)["phone"] == "+33612345678"
    assert facts(found)["remarks"] == "fidèle\nTél. : 04 72 00 00 00\nMutuelle : MGEN"
    assert kept_columns(found.headings, fields_for(found.headings, {})) == ["Tél.", "Mutuelle"]


def test_cells_beyond_the_headings_are_kept(tmp_path: Path):
    assert facts(table(tmp_path, "Nom;Notes\nNoël;oui;et non\n"))["remarks"] == "oui\n(3) : et non"


WRITINGS = ["06 12 34 56 78", "06.12.34.56.78", "0612345678", "+33 6 12 34 56 78", "0033612345678", "06-12-34-56-78"]


@pytest.mark.parametrize("phone", [*WRITINGS, "(0)612345678", "612345678"])
def test_phones_in_every_writing(tmp_path: Path, phone: str):
    assert facts(table(tmp_path, f"Nom;Portable\nNoël;{phone}\n"))["phone"] == "+33612345678"


@pytest.mark.parametrize(
    ("column", "value", "field", "reason"),
    [
        ("Portable", "appeler le matin", "phone", "phone_not_valid"),
        ("Portable", "06 12", "phone", "phone_not_valid"),
        ("E-mail", "zoe@", "email", "email_not_valid"),
        ("Né(e) le", "31/02/1980", "birth_on", "birth_not_valid"),
        ("Né(e) le", "01/01/2030", "birth_on", "birth_not_valid"),
    ],
)
def test_a_bad_value_stays_in_the_remarks_and_is_told(tmp_path: Path, column: str, value: str, field: str, reason: str):
    found = table(tmp_path, f"Nom;{column}\nNoël;{value}\n")
    read = client_facts(CLIENTS.cells(found.headings, found.rows[0].cells), "FR", TODAY)
    assert [(note.reason, note.column, note.value) for note in read.notes] == [(reason, column, value)]
    assert read.all() == {"last_name": "Noël", "remarks": f"{column} : {value}"}


@pytest.mark.parametrize("written", ["27/01/2002", "27.01.2002", "27-1-2002", "2002-01-27", "27/01/02"])
def test_dates_in_every_writing(tmp_path: Path, written: str):
    assert facts(table(tmp_path, f"Nom;Né(e) le\nNoël;{written}\n"))["birth_on"] == date(2002, 1, 27)


def test_an_excel_file_with_its_own_kinds_of_cells(tmp_path: Path):
    book = openpyxl.Workbook()
    book.active.append(["Nom", "Portable", "Né(e) le", "CP", "N°", "Remarques"])
    book.active.append(["Noël", 612345678, datetime(1980, 5, 4), 1000, 12.0, "=HYPERLINK(1)"])  # noqa: DTZ001
    book.active.append(["Zoé", None, 29345, None, None, None])
    book.save(tmp_path / "clients.xlsx")
    found = whole(tmp_path / "clients.xlsx")
    assert [row.number for row in found.rows] == [2, 3]
    assert facts(found) == {
        "last_name": "Noël",
        "phone": "+33612345678",
        "birth_on": date(1980, 5, 4),
        "postcode": "01000",
        "number": "12",
        "remarks": "=HYPERLINK(1)",
    }
    assert facts(found, 1)["birth_on"] == date(1980, 5, 4)


def test_excel_files_that_cannot_be_read_are_refused():
    known = {b"\xd0\xcf\x11\xe0old": "old_excel", b"PK\x03\x04x": "excel_unreadable"}
    for data, code in known.items():
        assert list(parts(data, Asked("clients"))) == [No(code, {})]


def test_a_full_name_is_parted(tmp_path: Path):
    read = facts(table(tmp_path, "Nom complet;Ville\nMme Zoé LE GOFF;Lyon\n"))
    assert (read["title"], read["first_name"], read["last_name"]) == ("Mme", "Zoé", "LE GOFF")
