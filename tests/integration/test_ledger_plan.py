"""What a house claimed long ago, or for years to come, costs no booking anything; analysed or not."""

import re
from datetime import timedelta
from itertools import count
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.sql import SQL, Literal

from agenda.timetable import TAKEN
from kernel.database import SETTINGS
from kernel.migrations import migrate
from tests.story import at

OTHERS = 50
OF_EACH = 200
# Blocks of 8 kB that may be looked at: the way down one index, and a day's rows.
FEW = 30
HOUSE = uuid4()
CLAIM = """
INSERT INTO claims (organisation_id, stream_id, resource_id, seat, starts_at, ends_at, kind, before_minutes,
    after_minutes, capacity, counts_on)
SELECT %(house)s, gen_random_uuid(), resource_id, 1, %(first)s + number * interval '1 hour',
    %(first)s + (number + 1) * interval '1 hour', 'visit', 0, 0, 1, '2030-01-01'
FROM unnest(%(resources)s::uuid[]) AS resource_id, generate_series(1, %(count)s) AS number"""
LOCKED = "SELECT * FROM locked_claims('{1}', %s, %s, %s)"


def fill(url: str, *, is_analysed: bool) -> UUID:
    """Somebody with many claims before and after, among others who have as many."""
    busy = uuid4()
    migrate(url)
    with psycopg.connect(url, autocommit=True) as db:
        resources = [busy, *(uuid4() for _ in range(OTHERS))]
        db.execute(CLAIM, {"house": HOUSE, "resources": resources, "count": OF_EACH, "first": at(9)})
        if is_analysed:
            db.execute("ANALYZE claims")
    return busy


def blocks(url: str, query: str, *values: object) -> int:
    """What it looks at with the plan that every connection of ours keeps, whatever the values."""
    numbers = count(1)
    numbered = re.sub("%s", lambda _: f"${next(numbers)}", query.replace("%s::uuid[]", "%s"))
    with psycopg.connect(url, options=SETTINGS) as db:
        db.execute("SET LOCAL ROLE carnet_app")
        db.execute(SQL("SET LOCAL carnet.organisation = {}").format(Literal(str(HOUSE))))
        db.execute(f"PREPARE asked (uuid[], timestamptz, timestamptz) AS {numbered}")
        asked = SQL("EXECUTE asked ({})").format(SQL(", ").join(map(Literal, values)))
        # Planning looks at many blocks, once for each connection.
        db.execute(asked)
        plan = db.execute(SQL("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {}").format(asked)).fetchone()[0][0]["Plan"]
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


@pytest.mark.parametrize("is_analysed", [False, True])
def test_a_day_of_one_person_is_a_few_blocks(is_analysed: bool, empty_database_url: str):
    busy = fill(empty_database_url, is_analysed=is_analysed)
    for hours in (-48, 60, 800):
        first = at(9) + timedelta(hours=hours)
        for query in (TAKEN, LOCKED):
            looked_at = blocks(empty_database_url, query, [busy], first, first + timedelta(days=1))
            assert looked_at <= FEW, (hours, query)
