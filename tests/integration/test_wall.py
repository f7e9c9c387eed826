"""The wall as it is built: what the database says of every table, key, policy, grant and role, compared with what
this program wants."""

from collections import defaultdict
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import Connection

from kernel.migrations import DOOR, HOUSE_TABLES, grants, tables
from kernel.rebuild import Rebuild
from kernel.roles import LOGIN, ROLES
from kernel.store import Store
from projections.agenda import agenda
from tests.integration.catalogue import COLUMNS, WALLED, foreign_keys
from tests.integration.references import NO_KEY, reason

OWN = "(organisation_id = organisation())"
KINDS = (
    "(kind = ANY (ARRAY['Organisation'::text, 'Member'::text, 'Person'::text, 'ApiToken'::text, 'Invitation'::text]))"
)
# Said here a second time: the door is not opened wider by a change in one place.
AT_THE_DOOR = {"logins": "true", "members": "is_current", "states": KINDS}
READ_AT_THE_DOOR = {
    "logins": {"organisation_id", "email"},
    "members": {"organisation_id", "id", "person_id", "email", "password_hash", "is_current", "written_at"},
    "positions": {"reader", "position"},
    "rate_windows": {"key", "count", "ends_at"},
    "door_tries": {"key", "count", "ends_at"},
    "states": {"organisation_id", "kind", "stream_id", "version", "state"},
}
# Keys that an organisation does not lead.
OF_THE_HOUSE = {
    "migrations_pkey": "of the house",
    "positions_pkey": "one log, one order",
    "rate_windows_pkey": "who asks is counted before we know who it is",
    "door_tries_pkey": "who tries is counted before we know who it is",
    "held_sending_pkey": "of the installation",
    "logins_email_key": "an address is typed before anybody knows whose it is; no answer ever says that it is taken",
}
DEFINERS: set[str] = set()

POLICIES = "SELECT tablename, policyname, roles::text[], cmd, qual, with_check FROM pg_policies WHERE schemaname = %s"
TABLES = """
SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class
WHERE relkind IN ('r', 'p') AND relnamespace = %s::regnamespace"""
GRANTED = """
SELECT relname, coalesce(rolname, 'PUBLIC'), privilege_type FROM pg_class
CROSS JOIN LATERAL aclexplode(relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE relkind = 'r' AND relnamespace = %s::regnamespace AND a.grantee <> relowner"""
READABLE = (
    "SELECT attname FROM unnest(%s::text[]) attname WHERE has_column_privilege('carnet_door', %s, attname, 'SELECT')"
)
KEYS = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid, 1, true) FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid
WHERE (i.indisunique OR i.indisexclusion) AND c.relnamespace = 'public'::regnamespace"""
FUNCTIONS = """
SELECT proname, prosecdef, prosqlbody IS NOT NULL OR array_to_string(proconfig, ',') LIKE 'search_path=%%pg_temp'
FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')"""
VIEWS = """
SELECT relname, relkind::text, coalesce('security_invoker=true' = ANY(reloptions), false) FROM pg_class
WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace"""
ROLE = """
SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname = ANY(%s)
AND NOT (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication OR rolinherit)"""
MEMBERSHIPS = """
SELECT r.rolname, m.inherit_option, m.set_option, m.admin_option FROM pg_auth_members m
JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles who ON who.oid = m.member WHERE who.rolname = %s"""
OWNED = """
SELECT count(*) FROM pg_shdepend WHERE deptype = 'o' AND refclassid = 'pg_authid'::regclass
AND refobjid IN (SELECT oid FROM pg_roles WHERE rolname = ANY(%s))"""


@pytest.fixture(scope="module")
def db(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def policies(db: Connection, schema: str = "public") -> dict[str, dict[str, tuple]]:
    found: dict[str, dict[str, tuple]] = defaultdict(dict)
    for table, name, *said in db.execute(POLICIES, (schema,)):
        found[table][name] = tuple(said)
    return found


def granted(db: Connection, schema: str = "public") -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for table, role, right in db.execute(GRANTED, (schema,)):
        found[table, role].add(right)
    return found


def wanted_policies(table: str) -> dict[str, tuple]:
    own = {"own": (["carnet_app"], "ALL", OWN, OWN), "everywhere": (["carnet_reader"], "ALL", "true", "true")}
    door = {"door": (["carnet_door"], "SELECT", AT_THE_DOOR[table], None)} if table in AT_THE_DOOR else {}
    return own | door


def wanted_grants(table: str) -> dict[tuple[str, str], set[str]]:
    said = zip(ROLES, grants(table), strict=True)
    return {(table, role): set(rights.split(", ")) for role, rights in said if rights}


def test_no_table_is_there_that_the_migrations_did_not_make(db: Connection):
    assert {name for name, _ in db.execute(TABLES, ("public",))} == set(tables())


def test_every_table_of_an_organisation_is_behind_the_wall_also_for_its_owner(db: Connection):
    assert {name for name, is_walled in db.execute(TABLES, ("public",)) if not is_walled} == set(HOUSE_TABLES)


def test_the_policies_are_these_and_no_others(db: Connection):
    assert policies(db) == {table: wanted_policies(table) for table in WALLED}


def test_the_grants_are_these_and_no_others(db: Connection):
    expected = {key: rights for table in tables() for key, rights in wanted_grants(table).items()}
    # A grant of the whole table; those of some columns are looked at below.
    expected |= {
        (table, "carnet_door"): {"SELECT"} for table, seen in DOOR.items() if table in WALLED and not seen.columns
    }
    assert granted(db) == expected


def test_facts_are_added_and_never_changed(db: Connection):
    rights = {role: found for (table, role), found in granted(db).items() if table == "events"}
    assert rights == {"carnet_app": {"SELECT", "INSERT"}, "carnet_reader": {"SELECT"}}


@pytest.mark.parametrize("table", tables())
def test_the_door_shows_what_leads_to_an_organisation(db: Connection, table: str):
    names = [name for name, _ in db.execute(COLUMNS, (table,))]
    shown = {name for (name,) in db.execute(READABLE, (names, table))}
    assert shown == READ_AT_THE_DOOR.get(table, set()) & set(names)


def test_every_key_is_led_by_its_organisation(db: Connection):
    unled = {name for name, first in db.execute(KEYS) if first != "organisation_id"}
    assert unled <= OF_THE_HOUSE.keys()


def test_every_foreign_key_carries_its_organisation(db: Connection):
    keys = foreign_keys(db)
    assert len(keys) >= 13
    assert [key for key in keys if (key.columns[0], key.target[0]) != ("organisation_id", "organisation_id")] == []


@pytest.mark.parametrize("table", WALLED)
def test_every_name_of_something_else_is_a_foreign_key_or_says_why_not(db: Connection, table: str):
    keyed = {column for key in foreign_keys(db) if key.table == table for column in key.columns}
    named = {name for name, kind in db.execute(COLUMNS, (table,)) if name.endswith("_id") and kind != "text"}
    without = named - keyed - {"organisation_id"}
    assert {name for name in without if not reason(table, name)} == set()
    assert {name for name in keyed if f"{table}.{name}" in NO_KEY} == set()


def test_views_ask_as_whoever_looks_and_nothing_is_copied(db: Connection):
    assert [view for view, kind, is_invoker in db.execute(VIEWS) if kind == "m" or not is_invoker] == []


def test_no_function_acts_as_somebody_else_or_looks_where_its_caller_says(db: Connection):
    functions = db.execute(FUNCTIONS).fetchall()
    assert functions
    assert {name for name, is_definer, _ in functions if is_definer} == DEFINERS
    assert [name for name, _, is_fixed in functions if not is_fixed] == []


def test_the_roles_can_do_nothing_by_themselves(db: Connection):
    assert dict(db.execute(ROLE, ([*ROLES, LOGIN],))) == dict.fromkeys(ROLES, False) | {LOGIN: True}


def test_the_roles_own_nothing(db: Connection):
    assert db.execute(OWNED, ([*ROLES, LOGIN],)).fetchone() == (0,)


def test_the_login_becomes_a_role_when_it_says_so_and_never_more(db: Connection):
    assert set(db.execute(MEMBERSHIPS, (LOGIN,))) == {(role, False, True, False) for role in ROLES}
    for role in ROLES:
        assert db.execute(MEMBERSHIPS, (role,)).fetchall() == []


@pytest.mark.parametrize("role", [*ROLES, LOGIN])
def test_no_role_makes_anything_of_its_own_in_the_schema(db: Connection, role: str):
    assert db.execute("SELECT has_schema_privilege(%s, 'public', 'CREATE')", (role,)).fetchone() == (False,)


def test_a_view_built_anew_stands_behind_the_same_wall_where_only_readers_come(
    own_store: Store, empty_database_url: str
):
    room = Rebuild(agenda, own_store)
    room.furnish()
    room.index()
    room.guard(0)
    with psycopg.connect(empty_database_url, autocommit=True) as db:
        assert policies(db, room.room) == {table: wanted_policies(table) for table in agenda.tables}
        for table in agenda.tables:
            assert {key: found for key, found in granted(db, room.room).items() if key[0] == table} == wanted_grants(
                table
            )
        walled = {name for name, is_walled in db.execute(TABLES, (room.room,)) if is_walled}
        assert walled == set(agenda.tables)
        enters = "SELECT has_schema_privilege(%s, %s, 'USAGE')"
        assert [role for role in [*ROLES, LOGIN] if db.execute(enters, (role, room.room)).fetchone()[0]] == [
            "carnet_reader"
        ]
