"""Every table says how long it keeps what is over, or why all of it stays."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from carnet.retention import FOR_GOOD, KEPT, is_view
from kernel.migrations import PRUNED, grants, tables
from kernel.retention import Kept

SWEPT = {one.name for one in KEPT if isinstance(one, Kept)}


@pytest.mark.parametrize("table", tables())
def test_every_table_is_pruned_or_kept_for_a_reason(table: str):
    said = [table in SWEPT, bool(FOR_GOOD.get(table)), is_view(table)]
    assert said.count(True) == 1, "say in carnet/retention.py how long what is over is kept, or why all of it stays"


def test_what_is_said_is_said_of_tables_that_there_are():
    assert SWEPT | set(FOR_GOOD) <= set(tables())
    assert len({one.name for one in KEPT}) == len(KEPT)


def test_the_sweeper_may_take_out_what_it_prunes_and_nothing_that_stays():
    """People are taken out within their own house, where the wall is."""
    everywhere = {one.table for one in KEPT if type(one) is Kept}
    assert [table for table in everywhere if "DELETE" not in grants(table).reader] == []
    assert everywhere >= PRUNED


def test_the_readme_says_each_period():
    told = {}
    for line in (Path(__file__).parents[2] / "README.md").read_text().splitlines():
        if row := re.fullmatch(r"\| [^|]+ \| ((?:`\w+`(?:, )?)+) \| (\d+) (day|hour)s? \|", line):
            told |= dict.fromkeys(re.findall(r"`(\w+)`", row[1]), timedelta(**{f"{row[3]}s": int(row[2])}))
    assert told == {one.name: one.period for one in KEPT}
