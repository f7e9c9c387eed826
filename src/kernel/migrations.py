"""Bringing a database to the present shape: numbered SQL files, each run once, then the doors of every table."""

import re
from contextlib import suppress
from itertools import chain
from pathlib import Path

import psycopg
from psycopg.errors import DuplicateObject, UniqueViolation
from psycopg.sql import SQL, Identifier

FOLDER = Path(__file__).parent.parent / "migrations"
ONE_AT_A_TIME = 7_263_001
MADE = re.compile(r"^CREATE (?:UNLOGGED )?TABLE (\w+)", re.MULTILINE)

# Of the house and not of an organisation; what the roles may do with them is said here and nowhere else.
HOUSE_TABLES = {
    "migrations": ("", ""),
    "positions": ("SELECT", "SELECT, INSERT, UPDATE, DELETE"),
    "rate_windows": ("", "SELECT, INSERT, UPDATE, DELETE"),
}
# Facts are for ever: the application adds to them and nobody changes them.
APPEND_ONLY = {"events"}
# What readers fill and the application only reads; every other table belongs to the application.
READER_WRITES = {"jobs", "parked", "webhook_deliveries", "webhook_attempts"}


def migrate(database_url: str) -> list[str]:
    """Runs what has not run yet, in one transaction, while no other migration runs; returns the names run."""
    with psycopg.connect(database_url) as connection:
        connection.execute("SET lock_timeout = '10s'")
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (ONE_AT_A_TIME,))
        connection.execute(
            "CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, at timestamptz DEFAULT now())"
        )
        done = [run(connection, path) for path in pending(connection)]
        if done:
            make_roles(connection)
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


def make_roles(connection: psycopg.Connection) -> None:
    """The application works as carnet_app, within one organisation; readers as carnet_reader, across them."""
    for role in ("carnet_app", "carnet_reader"):
        make_role(connection, role)
        connection.execute(SQL("GRANT USAGE ON SCHEMA public TO {}").format(Identifier(role)))
        connection.execute(SQL("GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(Identifier(role)))


def make_role(connection: psycopg.Connection, role: str) -> None:
    """Roles belong to the whole server, where another database may be making the same one."""
    with suppress(DuplicateObject, UniqueViolation), connection.transaction():
        connection.execute(SQL("CREATE ROLE {} NOLOGIN NOSUPERUSER NOBYPASSRLS").format(Identifier(role)))
    if not connection.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", (role,)).fetchone()[0]:
        connection.execute(SQL("GRANT {} TO CURRENT_USER").format(Identifier(role)))


def tables() -> list[str]:
    """Every table that the migrations make; what else stands in the database is none of ours."""
    made = (MADE.findall(path.read_text()) for path in FOLDER.glob("*.sql"))
    return ["migrations", *sorted(chain(*made))]


def guard(connection: psycopg.Connection, table: str) -> None:
    """Row-level security and the least grants, the same for every table of an organisation."""
    app, reader = grants(table)
    name = Identifier(table)
    connection.execute(SQL("REVOKE ALL ON {} FROM PUBLIC, carnet_app, carnet_reader").format(name))
    for role, rights in (("carnet_app", app), ("carnet_reader", reader)):
        if rights:
            connection.execute(SQL("GRANT {} ON {} TO {}").format(SQL(rights), name, Identifier(role)))
    if table not in HOUSE_TABLES:
        wall(connection, name)


def grants(table: str) -> tuple[str, str]:
    if table in HOUSE_TABLES:
        return HOUSE_TABLES[table]
    if table in APPEND_ONLY:
        return "SELECT, INSERT", "SELECT"
    if table in READER_WRITES or table.startswith("view_"):
        return "SELECT", "SELECT, INSERT, UPDATE, DELETE"
    return "SELECT, INSERT, UPDATE, DELETE", "SELECT"


def wall(connection: psycopg.Connection, name: Identifier) -> None:
    connection.execute(SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY").format(name))
    connection.execute(SQL("DROP POLICY IF EXISTS own ON {}").format(name))
    connection.execute(SQL("DROP POLICY IF EXISTS everywhere ON {}").format(name))
    connection.execute(
        SQL(
            "CREATE POLICY own ON {} TO carnet_app "
            "USING (organisation_id = organisation()) WITH CHECK (organisation_id = organisation())"
        ).format(name)
    )
    connection.execute(
        SQL("CREATE POLICY everywhere ON {} TO carnet_reader USING (true) WITH CHECK (true)").format(name)
    )
