"""What an export writes, an import reads, for any words; and no cell of it is alive."""

import csv
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from typing import Any
from uuid import UUID, uuid4
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from clients.client_field import ClientField
from clients.custom import checked_value
from clients.queries import ClientCard
from clients.words import ClientWords, cleaned
from exporting.clients import FORMATS
from exporting.columns import Columns
from importing.client_facts import fields_for
from importing.decisions import Reading, bulk_facts, draft_of
from importing.headings import CLIENTS
from importing.quoting import harmless, unquoted
from importing.table import Table
from importing.tables import table_of
from importing.vcards import vcard_table

LABELS = ("Mutuelle", "Téléphone", "=1+1", "???", "Double", "Double")
OWN = [
    ClientField(id=UUID(int=number << 96), label=label, kind=kind, choices=["a, b", "c;d"])
    for number, (label, kind) in enumerate(
        zip(LABELS, ("text", "number", "long_text", "date", "choices", "yes_no"), strict=True), 1
    )
]
ANYTHING = st.text(max_size=60) | st.sampled_from(
    [
        "=1+1",
        "'=1+1",
        "''",
        "'",
        "+33",
        "-",
        "@SUM(A1)",
        "\t=1",
        "＝1",
        "a\nb",
        "a;b",
        'a"b',
        "a\\nb",
        "\\",
        "😀\r\n",
        "é",
    ]
    + ["_x000D_", "#N/A", "1e3", "00123", "TRUE", "<b>&amp;", "]]>", "a,\u2028b", "BEGIN:VCARD\nEND:VCARD", "x" * 300]
)
# What begins a formula in some spreadsheet, full-width forms included.
ALIVE = tuple("=+-@\t\r\n＝＋－＠")
DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))


@st.composite
def cards(draw: Any) -> ClientCard:
    """A file as the house would keep it: whatever was typed, cleaned at entry."""
    names = ("title", "last_name", "first_name", "address", "postcode", "town", "remarks", "number")
    typed = {name: draw(ANYTHING) for name in names} | {"birth_on": draw(st.none() | DAYS)}
    typed["last_name"] += "x"
    typed |= {
        "phone": draw(st.sampled_from(["", "0612345678", "+4917012345678"])),
        "email": draw(st.sampled_from(["", "a+b@c.fr"])),
    }
    words = cleaned(typed, "FR")
    given = {"long_text": ANYTHING, "text": ANYTHING, "number": st.decimals(-(10**6), 10**6, places=3), "date": DAYS}
    given |= {"choices": st.sets(st.sampled_from(["a, b", "c;d"])).map(list), "yes_no": st.booleans()}
    custom = {str(field.id): checked_value(field, draw(st.none() | given[field.kind]), "FR") for field in OWN}
    return card_of(words, {id: value for id, value in custom.items() if value is not None})


def card_of(words: ClientWords, custom: dict[str, Any]) -> ClientCard:
    known = {name: getattr(words, name) for name in ClientWords.__struct_fields__ if name != "custom"}
    stands = {
        "is_archived": False,
        "merged_into": None,
        "is_blocked": False,
        "written_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return ClientCard(id=uuid4(), version=1, words_version=1, custom=custom, **known, **stands)


def written(card: ClientCard, file_format: str) -> bytes:
    return b"".join(FORMATS[file_format].write(Columns(OWN), iter([card])))


def read(data: bytes, file_format: str) -> Table:
    table = vcard_table(data) if "vcard" in file_format else table_of(data, CLIENTS)
    return table._replace(rows=list(table.rows))


def facts_in(table: Table) -> dict[str, Any]:
    """What the one row of a file says of its client."""
    own = {str(field.id): field for field in OWN}
    fields = fields_for(table.headings, own)
    reading = Reading(uuid4(), "FR", date(2026, 1, 1), table.headings, fields, own, updates=False)
    (row,) = table.rows
    draft = draft_of(reading, row)
    return bulk_facts(draft) | {"id": draft.id}


@pytest.mark.parametrize("file_format", ["csv", "csv-comma", "xlsx", "vcard", "vcard-3"])
@settings(max_examples=60, deadline=None)
@given(card=cards())
def test_an_import_reads_just_what_an_export_wrote(file_format: str, card: ClientCard):
    facts = facts_in(read(written(card, file_format), file_format))
    custom = facts.pop("custom")
    assert {name: getattr(card, name) or "" for name in facts} == {name: value or "" for name, value in facts.items()}
    assert {id: value for id, value in custom.items() if value is not None} == card.custom


@settings(max_examples=60, deadline=None)
@given(card=cards())
def test_xml_says_the_same_to_any_parser(card: ClientCard):
    (client,) = ElementTree.fromstring(written(card, "xml"))  # noqa: S314
    told = {element.tag: element.text for element in client if element.tag != "field"}
    kept = {name: getattr(card, name) for name in ClientWords.__struct_fields__ if name != "custom"}
    assert told == {name: str(value) for name, value in kept.items() if value}
    assert client.get("id") == str(card.id)
    assert {element.get("id") for element in client if element.tag == "field"} == set(card.custom)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=20) | st.sampled_from([f"{mark}x" for mark in ALIVE]))
@example("'")
@example("'''=")
def test_quoting_hides_every_formula_and_is_taken_off_again(words: str):
    assert not harmless(words).startswith(ALIVE)
    assert unquoted(harmless(words)) == words


@settings(max_examples=40, deadline=None)
@given(card=cards(), separator=st.sampled_from(["csv", "csv-comma"]))
def test_no_cell_of_a_csv_is_alive(card: ClientCard, separator: str):
    text = written(card, separator).decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text, newline=""), delimiter=";" if separator == "csv" else ","))
    assert len(rows) == 2
    assert not any(cell.startswith(ALIVE) for row in rows for cell in row)


@settings(max_examples=40, deadline=None)
@given(card=cards())
def test_no_cell_of_an_excel_file_is_anything_but_words(card: ClientCard):
    sheet = load_workbook(BytesIO(written(card, "xlsx")))["Clients"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}


@settings(max_examples=40, deadline=None)
@given(card=cards())
def test_lines_of_a_vcard_are_short_and_end_as_they_must(card: ClientCard):
    lines = written(card, "vcard").split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)
