"""Leases: who does which job until when, by the clock of the database, under a number that fences out the dead."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import class_row

from kernel.clock import MOST_APART
from kernel.lanes import Lane, Load, places

# Renewed three times while it lasts: it runs out under nobody who lives, and others wait no longer for the dead.
LEASE = timedelta(seconds=30)
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)

# A lease that ends later than twice any lease was given by a clock that has been put right since.
FREE = "(leased_until IS NULL OR leased_until <= now() OR leased_until > now() + interval '60 seconds')"
IS_DUE = f"done_at IS NULL AND due_at <= now() AND {FREE}"
FAILED = "(failure IS NOT NULL)"
COLUMNS = "organisation_id, key, name, facts, tries, asked, lease"
MANY = 500
# One statement looks for every lane at whoever has work that is due. Where that is more than a little, it steps through
# the organisations with work (an index skipped from one to the next), however much each has. Each is asked for its
# earliest jobs; who has fewest in hand is first, after that whoever comes after the last to have a turn.
LEASE_DUE = f"""
WITH RECURSIVE
lanes AS (SELECT * FROM unnest(%(lanes)s::text[], %(free)s::int[], %(share)s::int[], %(after)s::uuid[])
    AS l(lane, free, share, after)),
named AS (SELECT * FROM unnest(%(names)s::text[], %(named)s::text[], %(again)s::text[]) AS n(name, lane, again)),
held AS (SELECT * FROM unnest(%(held_lanes)s::text[], %(held_by)s::uuid[], %(held)s::int[])
    AS h(lane, organisation_id, held)),
early AS MATERIALIZED (
    SELECT name, organisation_id, {FAILED} AS failed FROM jobs
    WHERE {IS_DUE} AND abs(extract(epoch FROM now() - %(ours)s)) <= %(apart)s ORDER BY due_at LIMIT {MANY}),
many AS (
    (SELECT name, organisation_id, {FAILED} AS failed FROM jobs
    WHERE done_at IS NULL AND (SELECT count(*) FROM early) = {MANY}
    ORDER BY name, organisation_id, {FAILED} LIMIT 1)
    UNION ALL
    SELECT next.* FROM many w CROSS JOIN LATERAL (
        SELECT name, organisation_id, {FAILED} FROM jobs
        WHERE done_at IS NULL AND (name, organisation_id, {FAILED}) > (w.name, w.organisation_id, w.failed)
        ORDER BY name, organisation_id, {FAILED} LIMIT 1) next),
waiting AS (SELECT * FROM early UNION SELECT * FROM many),
due AS (
    SELECT l.*, w.organisation_id, j.key, j.due_at AS since, coalesce(h.held, 0)
        + row_number() OVER (PARTITION BY l.lane, w.organisation_id ORDER BY j.due_at, j.key) AS nth
    FROM waiting w LEFT JOIN named n USING (name)
    JOIN lanes l ON l.lane = coalesce(CASE WHEN w.failed THEN n.again ELSE n.lane END, %(last_lane)s)
    LEFT JOIN held h ON h.lane = l.lane AND h.organisation_id = w.organisation_id
    CROSS JOIN LATERAL (
        SELECT key, due_at FROM jobs
        WHERE name = w.name AND organisation_id = w.organisation_id AND {FAILED} = w.failed AND {IS_DUE}
        ORDER BY due_at LIMIT l.share) j),
turns AS (
    SELECT *, row_number() OVER (
        PARTITION BY lane ORDER BY nth, organisation_id <= after, organisation_id, since) AS turn
    FROM due WHERE nth <= share),
mine AS (
    SELECT j.organisation_id, j.key, t.lane, t.turn FROM turns t
    JOIN jobs j ON j.organisation_id = t.organisation_id AND j.key = t.key
    WHERE t.turn <= t.free AND {IS_DUE} FOR UPDATE OF j SKIP LOCKED)
UPDATE jobs SET leased_until = now() + %(lease)s, lease = jobs.lease + 1, tries = tries + 1
FROM mine m WHERE jobs.organisation_id = m.organisation_id AND jobs.key = m.key
RETURNING jobs.organisation_id, jobs.key, name, facts, tries, asked, jobs.lease, m.lane, m.turn"""
# Asked five times a second while there is nothing to do.
ANY_DUE = f"SELECT true FROM jobs WHERE {IS_DUE} ORDER BY due_at LIMIT 1"
TAKE = f"""
UPDATE jobs SET leased_until = now() + %s, lease = lease + 1, tries = tries + 1
WHERE organisation_id = %s AND key = %s AND done_at IS NULL RETURNING {COLUMNS}"""
RENEW = """
UPDATE jobs SET leased_until = now() + %s
FROM unnest(%s::uuid[], %s::text[], %s::int[]) AS mine(organisation_id, key, lease)
WHERE (jobs.organisation_id, jobs.key, jobs.lease) = (mine.organisation_id, mine.key, mine.lease) AND done_at IS NULL"""
MINE = "WHERE organisation_id = %(owner)s AND key = %(key)s AND lease = %(lease)s AND done_at IS NULL"
# What was asked for again meanwhile is due again.
DONE = f"""
UPDATE jobs SET failure = NULL, leased_until = NULL,
    done_at = CASE WHEN asked = %(asked)s THEN now() END,
    due_at = CASE WHEN asked = %(asked)s THEN due_at ELSE now() END,
    tries = CASE WHEN asked = %(asked)s THEN tries ELSE 0 END
{MINE}"""
AGAIN = f"UPDATE jobs SET failure = %(failure)s, due_at = now() + %(pause)s, leased_until = NULL {MINE}"
NOT_YET = f"""
UPDATE jobs SET failure = NULL, due_at = now() + %(pause)s, leased_until = NULL, tries = tries - 1 {MINE}"""
# Nothing waits longer after a failure than the longest pause, whatever the clock said when it failed.
PULL_BACK = """
UPDATE jobs SET due_at = now() WHERE done_at IS NULL AND failure IS NOT NULL AND due_at > now() + %s"""


# Of what was not finished when its worker ended: as if it had not been begun.
GIVE_BACK = f"UPDATE jobs SET leased_until = NULL, tries = tries - 1 {MINE}"


class Leased(Struct, frozen=True, kw_only=True):
    """A job in hand: `lease` is the number under which it is settled, `tries` counts this try."""

    organisation_id: UUID
    key: str
    name: str
    facts: str
    tries: int
    asked: int
    lease: int
    lane: str = ""
    turn: int = 0


def lease_due(
    db: Connection, lanes: Sequence[Lane], loads: Collection[Load], in_hand: Collection[Leased], ours: datetime
) -> list[Leased]:
    """Leases what the free hands can do at once, in turn; nothing while our clock and the database's are apart."""
    if db.execute(ANY_DUE, prepare=True).fetchone() is None:
        return []
    held = Counter((one.lane, one.organisation_id) for one in in_hand)
    free = [load for load in loads if load.free > 0]
    names = list(places(lanes))
    asked = {
        "lanes": [load.lane.name for load in free],
        "free": [load.free for load in free],
        "share": [load.lane.share for load in free],
        "after": [load.after for load in free],
        "names": [name for name, _, _ in names],
        "named": [lane for _, lane, _ in names],
        "again": [again for _, _, again in names],
        "held_lanes": [lane for lane, _ in held],
        "held_by": [owner for _, owner in held],
        "held": list(held.values()),
        "last_lane": lanes[-1].name,
        "lease": LEASE,
        "ours": ours,
        "apart": MOST_APART.total_seconds(),
    }
    with db.cursor(row_factory=class_row(Leased)) as cursor:
        found = cursor.execute(LEASE_DUE, asked, prepare=True).fetchall() if free else []
    return sorted(found, key=lambda one: one.turn)


def take(db: Connection, organisation_id: UUID, key: str) -> Leased | None:
    """This job whether due or not, from whoever had it; None when it is done or not there."""
    with db.cursor(row_factory=class_row(Leased)) as cursor:
        return cursor.execute(TAKE, (LEASE, organisation_id, key)).fetchone()


def renew(db: Connection, in_hand: Collection[Leased]) -> None:
    columns = ([one.organisation_id for one in in_hand], [one.key for one in in_hand], [one.lease for one in in_hand])
    db.execute(RENEW, (LEASE, *columns))


def settle(db: Connection, one: Leased, statement: str, **facts: Any) -> bool:
    """Whether it was ours to settle: not when somebody else has leased it since."""
    mine = {"owner": one.organisation_id, "key": one.key, "lease": one.lease, "asked": one.asked}
    return db.execute(statement, mine | facts, prepare=True).rowcount == 1


def pull_back(db: Connection) -> int:
    """Makes due what failed under a clock that was ahead; returns how many."""
    return db.execute(PULL_BACK, (LONGEST_PAUSE + MOST_APART,)).rowcount


def pause(tries: int) -> timedelta:
    """How long to wait before the next try: twice as long each time, up to an hour."""
    return min(FIRST_PAUSE * 2 ** min(tries, 12), LONGEST_PAUSE)
