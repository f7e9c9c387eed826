"""Rows of an agenda kept as a table: dates, times and lengths in words or as Excel keeps them."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from importing.agenda_rows import row_entries
from importing.entries import Entry, Unreadable
from importing.tables import Row, Table

PARIS = ZoneInfo("Europe/Paris")
DAY = datetime(2026, 11, 24)  # noqa: DTZ001 — as Excel keeps it


def entry(**cells: Any) -> Entry | Unreadable:
    headings = [heading.replace("_", " ") for heading in cells]
    row = Row(2, list(cells.values()))
    return row_entries(Table("Excel", headings, [row]), PARIS, {"Massage": 60}.get)[0]


@pytest.mark.parametrize(
    "cells",
    [
        {"Date": "24/11/2026", "Début": "9h", "Fin": "10h"},
        {"Date": DAY, "Début": time(9), "Fin": time(10)},
        {"Date": date(2026, 11, 24), "Début": time(9), "Durée": timedelta(hours=1)},
        {"Début": "24/11/2026 09:00", "Fin": "24/11/2026 10:00"},
        {"Début": DAY.replace(hour=9), "Fin": DAY.replace(hour=10)},
        {"Date": "2026-11-24", "Heure": "09:00:00", "Durée": 60.0},
        {"Date": "24/11/2026 09:00", "Durée": "1 h"},
        {"Date": "24/11/2026", "Heure": "9:00", "Prestation": "Massage"},
    ],
    ids=str,
)
def test_when_it_is_in_every_writing(cells: dict[str, Any]):
    found = entry(Client="Zoé Noël", **cells)
    assert (found.when, found.minutes) == ("24/11/2026 09:00", 60)


def test_without_a_number_the_content_names_the_row():
    cells = {"Date": "24/11/2026", "Début": "9h", "Durée": "30", "Nom": "NOËL", "Prénom": "Zoé"}
    assert entry(**cells).source_id == entry(**cells | {"Prénom": "zoe"}).source_id
    assert entry(**cells).source_id != entry(**cells | {"Début": "10h"}).source_id
    assert entry(**cells, ID="77").source_id == "77"
    assert entry(**cells).client == "Zoé NOËL"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"Date": "31/02/2026", "Début": "9h", "Durée": "30"}, "date_not_valid"),
        ({"Date": "24/11/2026", "Début": "tôt", "Durée": "30"}, "time_not_valid"),
        ({"Date": "24/11/2026", "Début": "9h", "Durée": "longtemps"}, "duration_not_valid"),
        ({"Date": "24/11/2026", "Début": "9h", "Prestation": "Inconnue"}, "end_missing"),
        ({"Date": "24/11/2026", "Début": "9h", "Fin": "8h"}, "end_before_start"),
        ({"Date": "01/01/0001", "Début": "0h", "Durée": "30"}, "line_unreadable"),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_refused_by_its_reason(cells: dict[str, Any], reason: str):
    assert entry(**cells).reason == reason
