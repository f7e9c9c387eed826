"""The list of planted bugs still fits the source, and the tests still catch them."""

from pathlib import Path

import pytest

from tests.planted.bugs import BUGS, Bug
from tests.planted.planting import ROOT, is_caught, stands_once

# Those whose test is quick stand for all in everyday runs.
SAMPLE = ("a revoked token that still opens", "any body accepted under a known key", "a webhook to an address inside")


def test_no_two_bugs_have_one_name():
    assert len({bug.name for bug in BUGS}) == len(BUGS) >= 12


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_the_place_for_a_bug_is_where_the_list_says(bug: Bug):
    assert stands_once(bug)
    assert (ROOT / bug.test.partition("::")[0]).exists()
    assert bug.test.partition("::")[2] in (ROOT / bug.test.partition("::")[0]).read_text()


@pytest.mark.parametrize("bug", [bug for bug in BUGS if bug.name in SAMPLE], ids=lambda bug: bug.name)
def test_a_sample_is_caught(bug: Bug, tmp_path: Path):
    assert is_caught(bug, tmp_path, {})


@pytest.mark.full
@pytest.mark.parametrize("bug", [bug for bug in BUGS if bug.name not in SAMPLE], ids=lambda bug: bug.name)
def test_every_other_bug_is_caught(bug: Bug, tmp_path: Path):
    assert is_caught(bug, tmp_path, {})


