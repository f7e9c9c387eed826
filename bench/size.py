"""The bytes of a stored event, part by part, in a base of a million."""

import psycopg

from bench.measure import report
from kernel.store import Store

GOAL = 400
# A row in PostgreSQL: 4 bytes point at it, 24 describe it, and columns begin at multiples of their size.
PARTS = """
SELECT count(*) AS events, avg(octet_length(state)) AS state, avg(octet_length(name)) AS name,
    16 + 16 + 4 + 8 AS keys,
    pg_relation_size('events')::float8 / count(*) AS row,
    pg_relation_size('events_pkey')::float8 / count(*) AS index_by_stream,
    pg_relation_size('events_in_order')::float8 / count(*) AS index_by_position,
    (pg_table_size('events') - pg_relation_size('events'))::float8 / count(*) AS toast_and_maps,
    pg_total_relation_size('events')::float8 / count(*) AS total
FROM events"""
KINDS = """
SELECT name, count(*)::float8 / sum(count(*)) OVER () AS share, avg(octet_length(state)) AS state
FROM events GROUP BY name ORDER BY 2 DESC"""


def run(_: Store, url: str) -> None:
    with psycopg.connect(url, autocommit=True, row_factory=psycopg.rows.dict_row) as db:
        measured("size as written", db)
        db.execute("REINDEX TABLE events")
        measured("size with fresh indexes", db)
        for kind in db.execute(KINDS):
            report("size of a state", **{name: as_number(value) for name, value in kind.items()})


def measured(name: str, db: psycopg.Connection) -> None:
    found = {part: as_number(value) for part, value in db.execute(PARTS).fetchone().items()}
    rest = found["row"] - found["state"] - found["name"] - found["keys"]
    report(name, **found, row_overhead=rest, goal=GOAL, ratio=found["total"] / GOAL)


def as_number(value: object) -> object:
    return value if isinstance(value, str | int) else float(value)
