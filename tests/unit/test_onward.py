"""After the door people go on to a page of ours."""

import pytest

from tests.data.elsewhere import AWAY
from web.onward import local_path


def test_there_are_many_ways_to_try():
    assert len(set(AWAY)) > 200


@pytest.mark.parametrize("wanted", ["/", "/agenda/2026-11-24?page=2#now", "/clients?q=Émilie", "/a//b", "/a:b"])
def test_a_path_of_ours_is_where_one_goes(wanted: str):
    assert local_path(wanted) == wanted


@pytest.mark.parametrize("wanted", AWAY)
def test_nothing_that_a_browser_could_read_as_another_host_is_kept(wanted: str):
    kept = local_path(wanted)
    assert kept.startswith("/")
    assert kept.isprintable()
    assert kept[1:2] != "/"
    assert "\\" not in kept
