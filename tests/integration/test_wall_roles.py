"""The wall as it is met: every table, in every role, from the other side."""

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.errors import ForeignKeyViolation

from accounts.commands import issue_token
from accounts.token import SCOPES
from clients.commands import merge_clients
from kernel.database import Database
from kernel.migrations import grants, migrate, tables
from kernel.roles import LOGIN, ROLES, make_roles
from kernel.store import Store
from tests.conftest import drop_database, fresh_database
from tests.integration.catalogue import (
    OURS,
    THEIRS,
    WALLED,
    ForeignKey,
    about,
    acting,
    fill,
    foreign_keys,
    insert,
    login_url,
    refusal,
    row_of,
)
from tests.integration.test_wall import AT_THE_DOOR
from tests.story import House

ROOT = Path(__file__).parents[2]
DENIED = "InsufficientPrivilege"
COUNT, COUNT_THEIRS = "SELECT 1 FROM {table}", "SELECT 1 FROM {table} WHERE organisation_id = %s"
EACH = pytest.mark.parametrize("table", WALLED)


@pytest.fixture(scope="module")
def url(server_url: str) -> Iterator[str]:
    """A database in which two organisations have one row in every table."""
    made = fresh_database(server_url, "wall")
    migrate(made)
    fill(made)
    yield made
    drop_database(server_url, "wall")


@pytest.fixture
def theirs(url: str) -> Iterator[None]:
    """Whatever is tried, what is theirs is the same afterwards."""
    before = dump(url)
    yield
    assert dump(url) == before


def dump(url: str) -> list[str]:
    with psycopg.connect(url) as db:
        return [
            row
            for table in WALLED
            for (row,) in db.execute(
                about(f"SELECT t::text FROM {{table}} t WHERE organisation_id = '{THEIRS}'", table)
            )
        ]


@EACH
def test_one_house_sees_its_own_rows_alone(url: str, table: str):
    with acting(url, "carnet_app", OURS) as db:
        assert refusal(db, COUNT, table) == "1 rows"
        assert refusal(db, COUNT_THEIRS, table, THEIRS) == "0 rows"


@EACH
@pytest.mark.usefixtures("theirs")
def test_one_house_changes_nothing_of_another(url: str, table: str):
    with acting(url, "carnet_app", OURS) as db:
        for statement in (
            "UPDATE {table} SET organisation_id = organisation_id WHERE organisation_id = %s",
            "DELETE FROM {table} WHERE organisation_id = %s",
        ):
            assert refusal(db, statement, table, THEIRS) in ("0 rows", DENIED)
        assert refusal(db, "UPDATE {table} SET organisation_id = %s", table, THEIRS) == DENIED
        assert refusal(db, "TRUNCATE {table}", table) == DENIED
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            insert(db, table, row_of(db, table, THEIRS))


@EACH
@pytest.mark.parametrize("organisation", ["", "nobody"])
def test_without_an_organisation_there_is_an_error_and_no_empty_answer(url: str, table: str, organisation: str):
    with acting(url, "carnet_app") as db:
        if organisation:
            db.execute("SELECT set_config('carnet.organisation', '', true)")
        assert refusal(db, COUNT, table) in ("UndefinedObject", "InvalidTextRepresentation")


@EACH
def test_readers_see_all_houses_and_write_what_is_theirs_to_write(url: str, table: str):
    with acting(url, "carnet_reader") as db:
        assert refusal(db, COUNT, table) == "2 rows"
        written = "2 rows" if "UPDATE" in grants(table).reader else DENIED
        assert refusal(db, "UPDATE {table} SET organisation_id = organisation_id", table) == written
        assert refusal(db, "TRUNCATE {table}", table) == DENIED


@pytest.mark.parametrize("table", tables())
def test_the_door_shows_what_leads_to_a_house_and_lets_nobody_change_it(url: str, table: str):
    with acting(url, "carnet_door") as db:
        is_seen = table in AT_THE_DOOR or grants(table).door
        column = "organisation_id" if table in AT_THE_DOOR else "*"
        seen = refusal(db, f"SELECT {column} FROM {{table}}", table)
        assert (seen == DENIED) is not bool(is_seen)
        if table in WALLED:
            assert refusal(db, "UPDATE {table} SET organisation_id = organisation_id", table) == DENIED
        if "DELETE" not in grants(table).door:
            assert refusal(db, "DELETE FROM {table}", table) == DENIED


def test_the_door_shows_the_states_of_few_kinds(url: str):
    with psycopg.connect(url) as db:
        db.execute("SET session_replication_role = replica")
        insert(db, "states", row_of(db, "states", THEIRS) | {"kind": "Resource", "stream_id": OURS})
    with acting(url, "carnet_door") as db:
        assert {kind for (kind,) in db.execute("SELECT kind FROM states")} == {"Member"}


@pytest.mark.parametrize("table", tables())
def test_the_login_itself_may_do_nothing(url: str, table: str):
    with acting(url, "") as db:
        for statement in (
            COUNT,
            "DELETE FROM {table}",
            "DROP TABLE {table}",
            "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ):
            assert refusal(db, statement, table) == DENIED


@pytest.mark.parametrize("role", ["", *ROLES])
def test_nobody_becomes_the_owner(url: str, role: str):
    with psycopg.connect(url) as db:
        owner = db.execute("SELECT current_user").fetchone()[0]
    with acting(url, role) as db:
        assert refusal(db, f"SET LOCAL ROLE {owner}", "") == DENIED
        assert refusal(db, f"SET LOCAL SESSION AUTHORIZATION {owner}", "") == DENIED


def all_foreign_keys(url: str) -> list[ForeignKey]:
    with psycopg.connect(url) as db:
        return foreign_keys(db)


def test_no_row_points_at_a_row_of_another_house(url: str):
    for key in all_foreign_keys(url):
        own, foreign = pointing(url, key, OURS), pointing(url, key, THEIRS)
        assert (own, foreign) == ("", key.name), key


def pointing(url: str, key: ForeignKey, id: UUID) -> str:
    """The foreign key, with no other beside it, that refused a row of ours which names the row of this number."""
    with psycopg.connect(url) as db:
        for other in foreign_keys(db):
            if other.name != key.name and key.table in (other.table, other.of):
                db.execute(about(f"ALTER TABLE {{table}} DROP CONSTRAINT {other.name}", other.table))
        db.execute(about("DELETE FROM {table} WHERE organisation_id = %s", key.table), (OURS,))
        db.execute("SELECT set_config('carnet.organisation', %s, true)", (str(OURS),))
        db.execute(f"SET LOCAL ROLE {'carnet_app' if 'INSERT' in grants(key.table).app else 'carnet_reader'}")
        try:
            insert(db, key.table, row_of(db, key.table, OURS) | {key.columns[1]: id})
            db.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except ForeignKeyViolation as refused:
            return refused.diag.constraint_name
        finally:
            db.rollback()
    return ""


def test_the_keys_hold_and_let_through_where_the_owner_is_an_ordinary_user(server_url: str):
    """Foreign keys are looked at as the owner of the tables, whom row-level security binds as well."""
    with ordinary_owner(server_url) as owners:
        assert migrate(owners)
        store = Store(owners, size=2)
        try:
            house = House(store)
            merge_clients(store, house.client(), house.client(), by=house.by())
            issue_token(store, uuid4(), name="Site", secret="words", scopes=tuple(SCOPES), by=house.by())  # noqa: S106
            house.read_on()
        finally:
            store.close()


@contextmanager
def ordinary_owner(server_url: str) -> Iterator[str]:
    """A database that belongs to somebody who is no superuser."""
    made = fresh_database(server_url, "ordinary")
    with psycopg.connect(made, autocommit=True) as db:
        make_roles(db)
        db.execute("DROP ROLE IF EXISTS carnet_test_owner")
        db.execute("CREATE ROLE carnet_test_owner LOGIN CREATEROLE")
        db.execute(f"GRANT {', '.join(ROLES)} TO carnet_test_owner WITH INHERIT FALSE, SET TRUE")
        db.execute("ALTER DATABASE ordinary OWNER TO carnet_test_owner")
    try:
        yield make_conninfo(made, user="carnet_test_owner")
    finally:
        drop_database(server_url, "ordinary")
        with psycopg.connect(server_url, autocommit=True) as db:
            db.execute("DROP ROLE carnet_test_owner")


def test_nothing_of_one_transaction_is_there_in_the_next(url: str):
    """On the one connection of a pool, whatever the transaction was and however it ended."""
    database = Database(login_url(url), size=1)
    try:
        for enter in (lambda: database.within(OURS), database.everywhere, database.at_the_door):
            for fails in (False, True):
                with suppress(ZeroDivisionError), enter():
                    1 / (not fails)
                assert left(database) == (LOGIN, LOGIN, "")
    finally:
        database.close()


def left(database: Database) -> tuple[str, str, str]:
    asked = "SELECT current_user, session_user, coalesce(current_setting('carnet.organisation', true), '')"
    with database.pool.connection() as db:
        return db.execute(asked).fetchone()


def test_what_somebody_set_for_a_whole_session_opens_no_house(url: str):
    database = Database(login_url(url), size=1)
    try:
        with database.pool.connection() as db:
            db.execute(f"SET carnet.organisation = '{THEIRS}'")
        for enter in (database.everywhere, database.at_the_door):
            with enter() as db, pytest.raises(psycopg.errors.InvalidTextRepresentation):
                db.execute("SELECT organisation()")
        with database.within(OURS) as db:
            assert db.execute("SELECT organisation()").fetchone() == (OURS,)
    finally:
        database.close()


def test_no_page_acts_as_a_reader_does():
    """What a page may know of several houses is at the door; the figures of the server are asked of the kernel."""
    pages = sorted((ROOT / "src/web").rglob("*.py"))
    assert len(pages) > 50
    assert [file.name for file in pages if "everywhere(" in file.read_text()] == []


# Of a session, where it should be of a transaction.
LASTING = re.compile(
    r"(?:^|;)\s*SET (?!LOCAL |TRANSACTION |CONSTRAINTS )|set_config\([^)]*false|^\s*(?:LISTEN|PREPARE) "
)


@pytest.mark.parametrize("file", sorted((ROOT / "src").rglob("*.py")), ids=lambda file: str(file.relative_to(ROOT)))
def test_no_statement_sets_anything_for_longer_than_its_transaction(file: Path):
    written = [node.value for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Constant)]
    assert [words for words in written if isinstance(words, str) and LASTING.search(words)] == []


def test_what_would_last_is_recognised():
    assert all(
        map(LASTING.search, ("SET ROLE x", "BEGIN; SET carnet.organisation = ''", "SELECT set_config('a', 'b', false)"))
    )
    assert not any(map(LASTING.search, ("SET LOCAL ROLE x", "UPDATE x SET y = 1", "SET TRANSACTION READ ONLY")))
