"""What PostgreSQL itself says about our tables, and rows of two organisations in each of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Composed, Identifier

from kernel.migrations import HOUSE_TABLES, tables
from kernel.roles import LOGIN

OURS = UUID(int=1)
THEIRS = UUID(int=2)
WALLED = [table for table in tables() if table not in HOUSE_TABLES]

COLUMNS = """
SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"""
FOREIGN = """
SELECT conname, conrelid::regclass::text AS table, confrelid::regclass::text AS of,
    (SELECT array_agg(attname ORDER BY n) FROM unnest(conkey) WITH ORDINALITY k (num, n)
        JOIN pg_attribute ON attrelid = conrelid AND attnum = num)::text[] AS columns,
    (SELECT array_agg(attname ORDER BY n) FROM unnest(confkey) WITH ORDINALITY k (num, n)
        JOIN pg_attribute ON attrelid = confrelid AND attnum = num)::text[] AS target
FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY conname"""
SAMPLES = {
    "boolean": True,
    "smallint": 1,
    "integer": 1,
    "bigint": 1,
    "bytea": b"words",
    "date": "2030-01-01",
    "timestamp with time zone": "2030-01-01T00:00Z",
    "jsonb": "{}",
    "text[]": [],
    "uuid[]": [],
}
# What a table asks of its values beyond their type.
FITTING = {
    "claims": {"kind": "visit", "ends_at": "2030-01-02T00:00Z"},
    "states": {"kind": "Member"},
    "links": {"purpose": "sign-in"},
}


class ForeignKey(NamedTuple):
    name: str
    table: str
    of: str
    columns: list[str]
    target: list[str]


def foreign_keys(db: Connection) -> list[ForeignKey]:
    return [ForeignKey(*row) for row in db.execute(FOREIGN)]


def row_of(db: Connection, table: str, organisation_id: UUID) -> dict[str, Any]:
    """One row in which every name of anything is the organisation's own number, so that all of them fit together."""
    found = db.execute(COLUMNS, (table,)).fetchall()
    row = {name: sample(kind, organisation_id) for name, kind in found} | FITTING.get(table, {})
    return row | ({"organisation_id": organisation_id} if "organisation_id" in row else {})


def sample(kind: str, organisation_id: UUID) -> Any:
    if kind == "uuid":
        return organisation_id
    return f"words {organisation_id}" if kind == "text" else SAMPLES[kind]


def insert(db: Connection, table: str, row: dict[str, Any]) -> None:
    names = SQL(", ").join(map(Identifier, row))
    values = SQL(", ").join(SQL("%s") for _ in row)
    into = SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})")
    db.execute(into.format(Identifier(table), names, values), list(row.values()))


def fill(url: str) -> None:
    """A row of ours and one of theirs in every table."""
    with psycopg.connect(url) as db:
        db.execute("SET session_replication_role = replica")
        for table in tables():
            if table != "migrations":
                for owner in (OURS, THEIRS) if table in WALLED else (OURS,):
                    insert(db, table, row_of(db, table, owner))


def login_url(url: str) -> str:
    return make_conninfo(url, user=LOGIN)


@contextmanager
def acting(url: str, role: str, organisation_id: UUID | None = None) -> Iterator[Connection]:
    """A transaction of the program's login in one of its roles; nothing of it stays."""
    with psycopg.connect(login_url(url)) as db:
        if role:
            db.execute(SQL("SET LOCAL ROLE {}").format(Identifier(role)))
        if organisation_id:
            db.execute("SELECT set_config('carnet.organisation', %s, true)", (str(organisation_id),))
        yield db
        db.rollback()


def about(statement: str, table: str) -> Composed:
    return SQL(statement).format(table=Identifier(table))


def refusal(db: Connection, statement: str, table: str, *values: Any) -> str:
    """Why the database did not do it; how many rows it did it to, when it did."""
    try:
        with db.transaction():
            return f"{db.execute(about(statement, table), values).rowcount} rows"
    except psycopg.Error as refused:
        return type(refused).__name__
