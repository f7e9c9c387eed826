"""Migrations: each once, however many start them, and nothing touched that is not theirs."""

from concurrent.futures import ThreadPoolExecutor

import psycopg

from kernel.migrations import FOLDER, migrate


def test_each_runs_once_whoever_starts_them(empty_database_url: str):
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(migrate, [empty_database_url] * 4))
    names = [path.name for path in sorted(FOLDER.glob("*.sql"))]
    assert sorted(name for run in done for name in run) == names


def test_a_table_of_somebody_else_stays_as_it_is(empty_database_url: str):
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE theirs (word text); GRANT SELECT ON theirs TO PUBLIC")
        migrate(empty_database_url)
        query = "SELECT relrowsecurity, has_table_privilege('carnet_app', 'theirs', 'SELECT') FROM pg_class"
        assert connection.execute(f"{query} WHERE relname = 'theirs'").fetchone() == (False, True)
