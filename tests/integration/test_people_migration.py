"""Houses of before: their members become people who sign in as they did."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import EventStore

from accounts.people import passwords, queries
from accounts.people.person import Person
from carnet.wiring import catch_up, register
from kernel import migrations
from kernel.events import MAPPER
from kernel.recorder import Recorder
from kernel.store import Store
from tests.browser.visitor import CHEAP
from tests.upgrading import migrate_until

JOINED = '{"at":"2026-09-01T08:00:00Z","by":"setup/x","via":"setup","command":"%s","role":"owner","words_version":1}'


class Before:
    """A database as it was when each house had passwords of its own."""

    def __init__(self, url: str):
        self.connection = psycopg.connect(url, autocommit=True)
        self.connection.execute("SET session_replication_role = replica")

    def house(self, id: UUID, language: str = "fr") -> None:
        state = f'{{"id":"{id}","version":1,"name":"Les Tilleuls","language":"{language}"}}'
        self.state(id, "Organisation", id, state)

    def member(self, house: UUID, email: str, password: str, joined: str = "2026-09-01") -> UUID:
        id = uuid4()
        query = """INSERT INTO members (organisation_id, id, version, name, email, password_hash, written_at)
            VALUES (%s, %s, 1, 'Sonia Marchetti', %s, %s, %s)"""
        self.connection.execute(query, (house, id, email, CHEAP.hash(password), f"{joined} 08:00:00+00"))
        self.state(house, "Member", id, f'{{"id":"{id}","version":1,"role":"owner","words_version":1}}')
        query = "INSERT INTO events (organisation_id, stream_id, version, name, state) VALUES (%s, %s, 1, %s, %s)"
        self.connection.execute(query, (house, id, "MemberJoined", JOINED % uuid4()))
        return id

    def state(self, house: UUID, kind: str, id: UUID, state: str) -> None:
        query = "INSERT INTO states (organisation_id, kind, stream_id, version, state) VALUES (%s, %s, %s, 1, %s)"
        self.connection.execute(query, (house, kind, id, state))


@pytest.fixture
def before(empty_database_url: str) -> Iterator[Before]:
    migrate_until(empty_database_url, "0010")
    then = Before(empty_database_url)
    yield then
    then.connection.close()


@pytest.fixture
def now(before: Before, empty_database_url: str):
    """Brings the database to the present, and opens it."""
    opened: list[Store] = []

    def bring() -> Store:
        migrations.migrate(empty_database_url)
        opened.append(Store(empty_database_url, size=2))
        return opened[0]

    yield bring
    for store in opened:
        store.close()


def test_a_member_of_before_signs_in_with_the_same_password(before: Before, now):
    house = uuid4()
    before.house(house, "en")
    member = before.member(house, "sonia@exemple.fr", "secret")
    store = now()
    person_id = queries.person_of(store, "Sonia@exemple.fr")
    assert person_id == member
    assert passwords.is_right(store, person_id, "secret")
    assert queries.person_card(store, person_id).language == "en"
    assert [(one.organisation_id, one.member_id) for one in queries.memberships(store, person_id)] == [(house, member)]


def test_one_address_in_two_houses_becomes_one_person_with_the_first_password(before: Before, now):
    first, second = uuid4(), uuid4()
    before.house(first)
    before.house(second)
    later = before.member(second, "sonia@exemple.fr", "the later one", "2026-10-01")
    early = before.member(first, "sonia@exemple.fr", "the first one")
    store = now()
    person_id = queries.person_of(store, "sonia@exemple.fr")
    assert person_id == early
    assert passwords.is_right(store, person_id, "the first one")
    assert not passwords.is_right(store, person_id, "the later one")
    assert {one.member_id for one in queries.memberships(store, person_id)} == {early, later}


def test_the_person_s_own_log_says_what_they_are(before: Before, now):
    house = uuid4()
    before.house(house)
    person_id = before.member(house, "sonia@exemple.fr", "secret")
    store = now()
    kept = store.find(person_id, Person, person_id)
    with store.reading(person_id) as db:
        folded = Person.replay(person_id, events_of(db, person_id))
    assert kept == folded
    assert (kept.version, kept.has_password) == (2, True)
    register(store)
    catch_up(store)
    with store.reading(person_id) as db:
        assert db.execute("SELECT count(*) FROM view_history").fetchone() == (2,)


def events_of(db: psycopg.Connection, id: UUID):
    return EventStore(MAPPER, Recorder(db)).get(id)


def test_nobody_keeps_a_password_in_a_house(before: Before, now):
    before.house(uuid4())
    store = now()
    with store.database.everywhere() as db:
        query = "SELECT column_name FROM information_schema.columns WHERE table_name = 'members'"
        columns = {name for (name,) in db.execute(query)}
    assert "person_id" in columns
    assert "password_hash" not in columns
