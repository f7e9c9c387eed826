"""The size of an installation that takes a thousand appointments a day for a year, with and without pruning."""

import os
import threading
from tempfile import TemporaryDirectory

import psycopg

from bench import million
from bench.measure import report
from carnet.retention import KEPT
from kernel.retention import Sweeper
from kernel.store import Store

APPOINTMENTS, YEAR = 1000, 365
# One in forty of them is made, over the whole year, and each figure is taken forty times: sizes grow with the rows.
SHARE = 40
# What the lives of the workload come to.
EVENTS_EACH = 2.9
# What each event leaves behind: a key and a job, a message with its job for every second one, a delivery to one other
# program and its try (one in fifty is tried twice), a session and a link for every twentieth.
TRACES = {
    "commands": """
INSERT INTO commands (organisation_id, origin, key, fingerprint, position, at)
SELECT organisation_id, 'desk', gen_random_uuid(), decode(md5(n::text), 'hex'), position, at FROM told""",
    "jobs": """
INSERT INTO jobs (organisation_id, key, name, facts, due_at, tries, done_at)
SELECT organisation_id, concat(job.name, '/', stream_id, '/', version), job.name,
    json_build_object('id', stream_id), at, 1, at
FROM told, LATERAL (VALUES ('plan_messages'), ('send_message')) job (name)
WHERE job.name = 'plan_messages' OR n % 2 = 0""",
    "letters": """
INSERT INTO letters (organisation_id, key, name, queued_at, handed_at, settled_at, sent_at)
SELECT organisation_id, concat('message/', gen_random_uuid()), 'appointment-reminder', at, at, at, at
FROM told WHERE n % 2 = 0""",
    "webhook_deliveries": """
INSERT INTO webhook_deliveries
    (organisation_id, subscription_id, position, stream_id, version, name, tries, last_at, delivered_at)
SELECT organisation_id, organisation_id, position, stream_id, version, name, 1, at, at FROM told""",
    "webhook_attempts": """
INSERT INTO webhook_attempts (organisation_id, subscription_id, position, at, status, took_ms, failure)
SELECT organisation_id, organisation_id, position, at - try * interval '1 minute', 200, 40, ''
FROM told, generate_series(0, (n % 50 = 0)::int) try""",
    "sessions": """
INSERT INTO sessions (organisation_id, id, secret_hash, method, browser, address, waits_for_code, opened_at, seen_at)
SELECT stream_id, gen_random_uuid(), sha256(n::text::bytea), 'password', 'Firefox · Linux', '192.0.2.7', false, at, at
FROM told WHERE n % 20 = 0""",
    "links": """
INSERT INTO links (organisation_id, id, purpose, email, asked_at, expires_at)
SELECT stream_id, gen_random_uuid(), 'sign-in', 'emilie.rousseau@exemple.fr', at, at FROM told WHERE n % 20 = 0""",
}
# Every event at its share of the year that ends now.
TOLD = """
CREATE TEMPORARY TABLE told AS
SELECT organisation_id, stream_id, version, name, position, n, now() - (last - n) * interval '365 days' / last AS at
FROM (SELECT *, row_number() OVER (ORDER BY position) AS n, count(*) OVER () AS last FROM events) e"""
SIZES = """
SELECT relname, pg_total_relation_size(oid) / 1e6::float8 FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 2 DESC"""


def run(store: Store, url: str) -> None:
    million.fill(url, events=int(APPOINTMENTS * YEAR * EVENTS_EACH / SHARE))
    million.read(store, url)
    leave_traces(url)
    before = sizes(url)
    with TemporaryDirectory() as home:
        os.environ["CARNET_HOME"] = home
        gone = Sweeper(store, KEPT, lambda: True).sweep(threading.Event())
    after = sizes(url)
    for table, size in before.items():
        if size > SHARE:
            report("a year", table=table, megabytes=size, after=after[table], rows_gone=SHARE * gone.get(table, 0))
    report("a year in all", megabytes=sum(before.values()), after=sum(after.values()))


def leave_traces(url: str) -> None:
    with psycopg.connect(url) as db:
        db.execute("SET session_replication_role = replica")
        db.execute(TOLD)
        for statement in TRACES.values():
            db.execute(statement)


def sizes(url: str) -> dict[str, float]:
    """Megabytes of each table with its indexes, written anew, as they would be after a year of use and of vacuum."""
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("VACUUM FULL ANALYZE")
        return {table: float(size) * SHARE for table, size in db.execute(SIZES)}
