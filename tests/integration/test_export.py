"""Taking client files out: all of them, in one order, the same after they came in again; and it is written down."""

from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from carnet.commands_export import export_files
from clients.commands import add_client_field, archive_client, block_client, edit_client, merge_clients
from clients.queries import page
from exporting import clients as exporting
from exporting import export_clients
from exporting.clients import FormatUnknown
from importing.clients import import_clients
from kernel.store import Store
from tests.story import NOW, House

FORMATS = ("csv", "csv-comma", "xlsx", "vcard", "vcard-3")
SAID = """
SELECT state::json->>'count', state::json->>'file_format', state::json->>'is_search', state::json->>'by'
FROM events WHERE name = 'ClientsExported' ORDER BY position"""


def exported(house: House, file_format: str = "csv", **which: str) -> bytes:
    return b"".join(export_clients(house.store, file_format, **which, by=house.by()).pieces)


def content(data: bytes, file_format: str) -> object:
    """The bytes, but for the time that an Excel file notes."""
    return (
        [[c.value for c in row] for row in load_workbook(BytesIO(data))["Clients"]] if file_format == "xlsx" else data
    )


def brought(house: House, data: bytes, tmp_path: Path, **facts: bool) -> dict[str, int]:
    (tmp_path / "file").write_bytes(data)
    report = import_clients(house.store, tmp_path / "file", organisation_id=house.id, now=NOW, **facts)
    return {outcome: count for outcome, count in report.totals().items() if count}


@pytest.fixture
def full(house: House) -> House:
    """A house whose files hold whatever makes trouble."""
    own = uuid4()
    add_client_field(house.store, own, label="Mutuelle", by=house.by())
    people = (
        {"first_name": "Zoé", "last_name": "=HYPERLINK(1)", "phone": "0612345678", "remarks": 'a;b\n"c",d\n\n=2+2'},
        {"first_name": "'@Anne", "last_name": "Petit", "email": "anne@exemple.fr", "postcode": "1000", "number": "007"},
        {"last_name": "😀", "town": "+Ville", "custom": {str(own): "-5"}},
    )
    for person in people:
        house.client(**{"first_name": "", "last_name": ""} | person)
    return house


@pytest.mark.parametrize("file_format", FORMATS)
def test_what_comes_in_again_goes_out_the_same_in_the_house_and_in_another(
    full: House, store: Store, tmp_path: Path, file_format: str
):
    first = exported(full, file_format)
    assert brought(full, first, tmp_path) == {"joined": 3}
    assert content(exported(full, file_format), file_format) == content(first, file_format)
    other = House(store)
    add_client_field(store, uuid4(), label="Mutuelle", by=other.by())
    assert brought(other, first, tmp_path) == {"imported": 3}
    assert content(exported(other, file_format), file_format) == content(first, file_format)


@pytest.mark.parametrize("file_format", FORMATS)
def test_an_export_brings_back_what_was_changed_since(full: House, tmp_path: Path, file_format: str):
    first = exported(full, file_format)
    for card in page(full.store, full.id):
        edit_client(full.store, card.id, {"first_name": "Autre", "town": "Ailleurs", "phone": ""}, by=full.by())
    assert brought(full, first, tmp_path) == {"changed": 3}
    assert content(exported(full, file_format), file_format) == content(first, file_format)


def test_files_come_in_one_order_whatever_the_size_of_a_page(full: House, monkeypatch: pytest.MonkeyPatch):
    full.client("Anna", "Abadie")
    whole = exported(full)
    for size in (1, 2, 3, 4):
        monkeypatch.setattr(exporting, "A_PAGE", size)
        assert exported(full) == whole


def test_archived_and_merged_files_stay_in_and_blocked_ones_are_marked_by_their_own_list(house: House):
    one, merged, archived = (house.client("Zoé", name) for name in ("Un", "Réunie", "Archivée"))
    merge_clients(house.store, one, merged, by=house.by())
    archive_client(house.store, archived, by=house.by())
    block_client(house.store, house.client("Luc", "Bloqué"), by=house.by())
    assert exported(house).count(b"\r\n") == 3
    assert "Archivée".encode() in exported(house, kind="archived")
    assert "Bloqué".encode() in exported(house, kind="blocked")
    assert exported(house, kind="blocked").count(b"\r\n") == 2


def test_a_search_goes_out_as_it_is_found(full: House, monkeypatch: pytest.MonkeyPatch):
    full.client("Anna", "Petit")
    monkeypatch.setattr(exporting, "A_PAGE", 1)
    assert exported(full, "vcard", words="petit").count(b"BEGIN:VCARD") == 2


def test_who_took_how_many_is_written_down_and_no_name_with_it(full: House):
    exported(full, "xlsx")
    exported(full, "csv", words="petit")
    assert full.rows(SAID) == [("3", "xlsx", None, full.by().actor), ("1", "csv", "true", full.by().actor)]


def test_who_stops_in_the_middle_is_written_down_too(full: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(exporting, "A_PAGE", 1)
    monkeypatch.setattr("exporting.blocks.A_BLOCK", 1)
    pieces = export_clients(full.store, "csv", by=full.by()).pieces
    next(pieces), next(pieces), pieces.close()
    assert full.rows(SAID)[0][0] == "1"


def test_another_house_and_another_format_are_refused(full: House, store: Store):
    assert exported(House(store)).count(b"\r\n") == 1
    with pytest.raises(FormatUnknown):
        exported(full, "pdf")


def test_the_command_line_takes_them_out(
    full: House, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("CARNET_HOME", str(tmp_path))
    options = ["clients", "--organisation", str(full.id), "--format", "xml", "--output", str(tmp_path / "out.xml")]
    done = CliRunner().invoke(export_files, options)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out.xml").read_text(encoding="utf-8").count("<client ") == 3
    wrong = CliRunner().invoke(export_files, [*options[:4], "pdf"])
    assert wrong.exit_code == 2
