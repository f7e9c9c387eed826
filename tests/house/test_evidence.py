"""What ASVS.md names is there: every path, and every test in it; and its count is the count of its lines."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "ASVS.md").read_text()
NAMED = sorted({*re.findall(r"`([\w./-]+(?:::\w+)?)`", TEXT)})
LINES = [line.strip("| ").split(" | ") for line in TEXT.splitlines() if re.match(r"\| \d", line)]
STATES = {"met", "partly", "not yet", "not applicable"}


@pytest.mark.parametrize("named", NAMED)
def test_what_is_named_is_there(named: str):
    path, _, test = named.partition("::")
    assert (ROOT / path).is_file()
    assert f"def {test}(" in (ROOT / path).read_text() if test else True


def test_each_item_stands_once_with_its_state():
    assert len(LINES) > 200
    assert max(Counter(id for id, *_ in LINES).values()) == 1
    assert {state for _, _, state, _ in LINES} == STATES


def test_what_is_met_says_by_what():
    assert [id for id, _, state, shown in LINES if state == "met" and not shown.strip()] == []


@pytest.mark.parametrize("state", sorted(STATES))
def test_the_count_at_the_top_is_that_of_the_lines(state: str):
    told = re.search(rf"(\d+) {state}[,.]", TEXT)[1]
    counted = [words for _, words, held, _ in LINES if held == state and "(level 3)" not in words]
    assert int(told) == sum(items(words) for words in counted)


def items(words: str) -> int:
    """How many a line stands for."""
    several = re.search(r"\((\d+) items\)", words)
    return int(several[1]) if several else 1
