"""Bringing a database to the present shape: numbered SQL files, each run once, then the doors of every table."""

import re
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg.sql import SQL, Identifier

from kernel.roles import ROLES, make_roles

FOLDER = Path(__file__).parent.parent / "migrations"
ONE_AT_A_TIME = 7_263_001
MADE = re.compile(r"^CREATE (?:UNLOGGED )?TABLE (\w+)", re.MULTILINE)


class Grants(NamedTuple):
    """What each role may do with a table."""

    app: str = ""
    reader: str = ""
    door: str = ""


READ, WRITE, PRUNE = "SELECT", "SELECT, INSERT, UPDATE, DELETE", "SELECT, DELETE"
# Of the house and not of an organisation; what the roles may do with them is said here and nowhere else.
HOUSE_TABLES = {
    "migrations": Grants(),
    "positions": Grants(app=READ, reader=WRITE, door=READ),
    "held_sending": Grants(app=READ, reader=WRITE),
    "rate_windows": Grants(reader=PRUNE, door=WRITE),
    "door_tries": Grants(reader=PRUNE, door=WRITE),
}
# Facts are for ever: the application adds to them and nobody changes them.
APPEND_ONLY = {"events"}
# What readers fill and the application only reads; every other table belongs to the application.
READER_WRITES = {"jobs", "parked", "webhook_deliveries", "webhook_attempts"}
# What the application writes and the sweeper takes out of every organisation when it is over.
PRUNED = {"commands", "letters", "links", "sessions", "devices", "webhook_secrets"}


class Seen(NamedTuple):
    """What a request may read of a table of every organisation before it knows its own; no columns are all of them."""

    rows: str
    columns: tuple[str, ...] = ()


DOOR = {
    "logins": Seen("true"),
    "members": Seen(
        "is_current", ("organisation_id", "id", "person_id", "email", "password_hash", "is_current", "written_at")
    ),
    "states": Seen("kind IN ('Organisation', 'Member', 'Person', 'ApiToken', 'Invitation')"),
}
COLUMNS = """
SELECT quote_ident(attname) FROM pg_attribute
WHERE attrelid = %s::regclass AND attname = ANY(%s) AND NOT attisdropped ORDER BY attnum"""


def migrate(database_url: str) -> list[str]:
    """Runs what has not run yet, in one transaction, while no other migration runs; returns the names run."""
    with psycopg.connect(database_url) as connection:
        connection.execute("SET LOCAL lock_timeout = '10s'")
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (ONE_AT_A_TIME,))
        connection.execute(
            "CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, at timestamptz DEFAULT now())"
        )
        done = [run(connection, path) for path in pending(connection)]
        if done:
            # Tables that wait for a foreign key to be looked at cannot be altered.
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            make_roles(connection)
            open_schema(connection)
            for table in tables():
                guard(connection, table)
        return done


def pending(connection: psycopg.Connection) -> list[Path]:
    known = {name for (name,) in connection.execute("SELECT name FROM migrations")}
    return [path for path in sorted(FOLDER.glob("*.sql")) if path.name not in known]


def run(connection: psycopg.Connection, path: Path) -> str:
    connection.execute(path.read_text().encode())
    connection.execute("INSERT INTO migrations (name) VALUES (%s)", (path.name,))
    return path.name


def open_schema(connection: psycopg.Connection) -> None:
    roles = SQL(", ").join(map(Identifier, ROLES))
    connection.execute(SQL("GRANT USAGE ON SCHEMA public TO {}").format(roles))
    connection.execute(SQL("GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO carnet_app, carnet_reader"))


def tables() -> list[str]:
    """Every table that the migrations make; what else stands in the database is none of ours."""
    made = (MADE.findall(path.read_text()) for path in FOLDER.glob("*.sql"))
    return ["migrations", *sorted(chain(*made))]


def guard(connection: psycopg.Connection, table: str) -> None:
    """Row-level security and the least grants, the same for every table of an organisation.

    The lock comes first: to grant touches what whoever vacuums the table, and is waited for, will touch.
    """
    name = Identifier(table)
    connection.execute(SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(name))
    roles = SQL(", ").join(map(Identifier, ROLES))
    connection.execute(SQL("REVOKE ALL ON {} FROM PUBLIC, {}").format(name, roles))
    for role, rights in zip(ROLES, grants(table), strict=True):
        if rights:
            connection.execute(SQL("GRANT {} ON {} TO {}").format(SQL(rights), name, Identifier(role)))
    if table in DOOR:
        connection.execute(SQL("GRANT {} ON {} TO carnet_door").format(SQL(seen(connection, table)), name))
    if table not in HOUSE_TABLES:
        wall(connection, table)


def seen(connection: psycopg.Connection, table: str) -> str:
    """The columns that are said and that there are: a migration may bring one and another take it away."""
    columns = [name for (name,) in connection.execute(COLUMNS, (table, list(DOOR[table].columns)))]
    return f"SELECT ({', '.join(columns)})" if columns else READ


def grants(table: str) -> Grants:
    if table in HOUSE_TABLES:
        return HOUSE_TABLES[table]
    if table in APPEND_ONLY:
        return Grants("SELECT, INSERT", READ)
    if table in READER_WRITES or table.startswith("view_"):
        return Grants(READ, WRITE)
    return Grants(WRITE, PRUNE if table in PRUNED else READ)


def wall(connection: psycopg.Connection, table: str) -> None:
    name = Identifier(table)
    connection.execute(SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY").format(name))
    for policy, said in policies(table).items():
        connection.execute(SQL("DROP POLICY IF EXISTS {} ON {}").format(Identifier(policy), name))
        if said:
            connection.execute(SQL("CREATE POLICY {} ON {} {}").format(Identifier(policy), name, SQL(said)))


def policies(table: str) -> dict[str, str]:
    """By name; one that says nothing is not there."""
    return {
        "own": "TO carnet_app USING (organisation_id = organisation()) WITH CHECK (organisation_id = organisation())",
        "everywhere": "TO carnet_reader USING (true) WITH CHECK (true)",
        "door": f"FOR SELECT TO carnet_door USING ({DOOR[table].rows})" if table in DOOR else "",
    }
