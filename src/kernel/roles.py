"""The roles of the database, and the login of the running program: it owns nothing, and may only become one of them."""

from contextlib import suppress

import psycopg
from psycopg.errors import DuplicateObject, UniqueViolation
from psycopg.sql import SQL, Identifier

# Within one organisation; readers and jobs, across them; requests that do not yet know where they belong.
ROLES = ("carnet_app", "carnet_reader", "carnet_door")
LOGIN = "carnet_login"
POWERLESS = "NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT"
MORE_THAN_NEEDED = """
SELECT rolsuper OR rolbypassrls OR EXISTS (SELECT 1 FROM pg_class WHERE relowner = r.oid)
FROM pg_roles r WHERE rolname = session_user"""


def make_roles(connection: psycopg.Connection) -> None:
    """The roles, and the right of whoever makes them to act as each."""
    for role in ROLES:
        make_role(connection, role, "NOLOGIN")
        let_become(connection, current(connection), role)


def make_login(connection: psycopg.Connection) -> None:
    """The login of the program on a server of its own."""
    make_roles(connection)
    make_role(connection, LOGIN, "LOGIN")
    for role in ROLES:
        let_become(connection, LOGIN, role)


def make_role(connection: psycopg.Connection, role: str, kind: str) -> None:
    """Roles belong to the whole server, where another database may be making the same one."""
    with suppress(DuplicateObject, UniqueViolation), connection.transaction():
        connection.execute(SQL("CREATE ROLE {} {} {}").format(Identifier(role), SQL(kind), SQL(POWERLESS)))


def let_become(connection: psycopg.Connection, login: str, role: str) -> None:
    """Takes on the role when it says so, and has nothing of it before."""
    if not connection.execute("SELECT pg_has_role(%s, %s, 'SET')", (login, role)).fetchone()[0]:
        grant = SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE")
        connection.execute(grant.format(Identifier(role), Identifier(login)))


def current(connection: psycopg.Connection) -> str:
    return connection.execute("SELECT current_user").fetchone()[0]


def may_more_than_needed(database_url: str) -> bool:
    """Whether this login could step over row-level security: the tables are its own, or it is bound by nothing."""
    with psycopg.connect(database_url) as connection:
        return connection.execute(MORE_THAN_NEEDED).fetchone()[0]
