"""Keys that make sending twice the same as once: of forms, of programs and of jobs, each among their own."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from agenda.wanted import Wanted
from booking.commands import cancel_appointment, hold_time
from booking.hold import Hold
from booking.policies import endings
from carnet.wiring import JOBS
from clients.commands.files import create_client
from kernel import migrations
from kernel.jobs import Worker
from tests.browser.visitor import Desk, open_desk
from tests.story import House, at
from tests.upgrading import migrate_until

ORIGINS = ("desk", "public", "api", "import", "sync", "policy", "support", "setup", "door")
# Keys of before, by the origin that they are found under.
OF_BEFORE = {"desk": "a form's", "api": "{token}/a program's", "policy": "end_hold/{token}"}


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter("owner")


def held(house: House) -> UUID:
    id = uuid4()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    hold_time(house.store, id, at(9), [Wanted(house.massage, (house.claire,))], by=house.by(at=yesterday))
    return id


def test_a_form_that_takes_a_job_s_key_keeps_it_from_nothing(desk: Desk):
    house = desk.house
    hold, client = held(house), house.client()
    id = house.book(at(14), client_id=client)
    key = f"end_hold/{hold}"
    assert desk.post(f"/appointments/{id}/cancel", key=key).status_code in (200, 303)
    while endings.follow(house.store):
        pass
    Worker(house.store, JOBS).do(str(house.id), key)
    assert house.rows("SELECT done_at IS NOT NULL, failure FROM jobs WHERE key = %s", key) == [(True, None)]
    assert house.store.find(house.id, Hold, hold).is_over


@pytest.mark.parametrize(("one", "other"), [*itertools.permutations(ORIGINS, 2)])
def test_no_two_origins_share_a_key(house: House, one: str, other: str):
    ids = {origin: uuid4() for origin in (one, other)}
    for origin, id in ids.items():
        create_client(house.store, id, {"last_name": origin}, by=house.by(origin=origin, key="the same"))
    assert {name for (name,) in house.rows("SELECT last_name FROM clients")} == {one, other}


@pytest.mark.parametrize("origin", ORIGINS)
def test_sent_twice_it_is_done_once(house: House, origin: str):
    id = house.book(at(9))
    positions = {cancel_appointment(house.store, id, by=house.by(origin=origin, key="the same")) for _ in range(2)}
    assert len(positions) == 1


def test_keys_of_before_answer_as_before(empty_database_url: str):
    migrate_until(empty_database_url, "0014")
    house, token = uuid4(), uuid4()
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        row = "INSERT INTO api_tokens (organisation_id, id, secret_hash) VALUES (%s, %s, '')"
        connection.execute(row, (house, token))
        for kept in (True, False):
            for origin, key in OF_BEFORE.items():
                remember(connection, house, f"{key.format(token=token)}/{kept}", origin if kept else "")
    migrations.migrate(empty_database_url)
    with psycopg.connect(empty_database_url) as connection:
        found = connection.execute("SELECT key, origin FROM commands").fetchall()
    expected = {(key.format(token=token), origin) for origin, key in OF_BEFORE.items()}
    assert {(key.rpartition("/")[0], origin) for key, origin in found} == expected
    assert len(found) == 2 * len(expected)


def remember(connection: psycopg.Connection, house: UUID, key: str, origin: str) -> None:
    """As a program of before did, with the event that the command kept, if it kept one."""
    position = 0
    if origin:
        query = """INSERT INTO events (organisation_id, stream_id, version, name, state)
            VALUES (%s, %s, 1, 'ClientCreated', %s) RETURNING position"""
        position = connection.execute(query, (house, uuid4(), f'{{"via":"{origin}"}}')).fetchone()[0]
    query = "INSERT INTO commands (organisation_id, key, fingerprint, position, at) VALUES (%s, %s, '', %s, now())"
    connection.execute(query, (house, key, position))
