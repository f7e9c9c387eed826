"""A check finds any row that is not what the log says, and names it."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from carnet.__main__ import carnet
from kernel.check import Difference, check
from projections.agenda import agenda
from tests.integration.readers import VIEWS, differences, put, superuser
from tests.integration.test_readers_rebuild import Hand, follow_all, meanwhile
from tests.story import House, at

STATEMENTS = {
    "changed": "UPDATE view_agenda SET price_cents = 1 WHERE appointment_id = %s",
    "missing": "DELETE FROM view_agenda WHERE appointment_id = %s",
    "extra": "INSERT INTO view_agenda SELECT (v).* FROM (SELECT json_populate_record(v, '{\"part\": 9}') v "
    "FROM view_agenda v WHERE appointment_id = %s) x",
}


@pytest.fixture
def run(own_house: House, monkeypatch: pytest.MonkeyPatch, tmp_path) -> Callable[..., Any]:
    monkeypatch.setenv("DATABASE_URL", own_house.store.database.pool.conninfo)
    monkeypatch.setenv("CARNET_HOME", str(tmp_path))
    return lambda *words: CliRunner().invoke(carnet, words)


def tampered(house: House, how: str) -> str:
    """The appointment whose row somebody with every right has changed."""
    house.book(at(9))
    id = house.book(at(10))
    house.read_on()
    with superuser(house.store) as db:
        assert db.execute(STATEMENTS[how], (id,)).rowcount == 1
    return str(id)


def test_views_that_are_what_the_log_says_are_said_to_be(own_house: House, run: Callable[..., Any]):
    own_house.book(at(9))
    own_house.read_on()
    told = run("check")
    assert told.exit_code == 0, told.output
    assert told.output.count(" OK\n") == len([table for view in VIEWS for table in view.tables])
    assert "view_agenda: 1 rows at" in told.output


def test_a_changed_row_is_found_with_what_the_log_says(own_house: House, run: Callable[..., Any]):
    id = tampered(own_house, "changed")
    told = run("check", "agenda")
    assert told.exit_code == 1
    assert f"appointment_id={id}" in told.output
    assert "has price_cents=1, and the log says 5000" in told.output


def test_a_missing_row_is_found(own_house: House, run: Callable[..., Any]):
    id = tampered(own_house, "missing")
    told = run("check", "agenda")
    assert told.exit_code == 1
    assert f"appointment_id={id}" in told.output
    assert "is missing" in told.output


def test_an_extra_row_is_found(own_house: House, run: Callable[..., Any]):
    id = tampered(own_house, "extra")
    told = run("check")
    assert told.exit_code == 1
    assert f"appointment_id={id}, part=9" in told.output
    assert "is one too many" in told.output


def test_a_rebuild_sets_it_right(own_house: House, run: Callable[..., Any]):
    tampered(own_house, "missing")
    assert "events read" in run("rebuild", "agenda").output
    assert run("check", "agenda").exit_code == 0


def test_a_view_that_nobody_knows_is_refused_by_name(run: Callable[..., Any]):
    for command in ("check", "rebuild", "release"):
        told = run(command, "nonsense")
        assert (told.exit_code, "nothing is called nonsense; there are agenda" in told.output) == (1, True)


def test_parked_streams_are_compared_as_far_as_they_were_read(own_house: House, run: Callable[..., Any]):
    id = own_house.book(at(9))
    put(own_house.store, own_house.id, id, 2, "AppointmentMoved", "half")
    own_house.read_on()
    told = run("check", "agenda")
    assert (told.exit_code, "OK, 1 parked streams" in told.output) == (0, True)
    with superuser(own_house.store) as db:
        db.execute("UPDATE events SET name = 'ClientArrived', state = replace(%s, 'x', '') WHERE version = 2 "
                   "AND stream_id = %s", ('{"at":"2026-11-20T08:00:00Z","by":"staff/s","via":"desk",'
                   '"command":"0000c0ff-ee00-0000-0000-000000000008"}', id))  # fmt: skip
    told = run("release", "all")
    assert (told.exit_code, "agenda: 1 streams go on, 0 stay parked" in told.output) == (0, True)
    assert own_house.rows("SELECT status FROM view_agenda") == [("arrived",)]


def test_a_check_under_writers_finds_nothing_wrong(own_house: House):
    hands = [Hand(own_house, seed).write for seed in range(2)]
    with meanwhile(*hands, lambda: follow_all(own_house.store)):
        for _ in range(3):
            assert differences(own_house.store) == []


def test_a_difference_of_one_row_is_a_value(own_house: House):
    id = tampered(own_house, "changed")
    (found,) = check(agenda, own_house.store)
    assert isinstance(found.difference, Difference)
    assert (found.rows, found.difference.key["appointment_id"], found.difference.column) == (2, id, "price_cents")
