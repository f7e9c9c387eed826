"""All files of a house of 100,000 as one file, in each format, and what that takes of memory."""

import resource
import time
from collections.abc import Iterable
from uuid import UUID

import psycopg
from flask.testing import FlaskClient

from bench.day import SETTINGS, House
from bench.measure import report
from exporting import FORMATS
from kernel.store import Store
from web.app import create_app

FILES = 100_000
FILL = """
INSERT INTO client_files (organisation_id, id) SELECT %(house)s, gen_random_uuid() FROM generate_series(1, %(count)s)"""
WORDS = """
INSERT INTO clients (organisation_id, id, version, first_name, last_name, phone, email, address, postcode, town,
    remarks, name_key, phone_key, person_key, revision, file_id, written_at)
SELECT organisation_id, id, 1, 'Prénom ' || n, 'Nom ' || n, '+336' || lpad(n::text, 8, '0'), 'c' || n || '@exemple.fr',
    n || ' rue de la Paix', '75001', 'Paris', repeat('Remarque. ', 5), 'nom ' || n || ' prenom ' || n,
    '6' || lpad(n::text, 8, '0'), '', 1, id, now()
FROM (SELECT organisation_id, id, row_number() OVER () AS n FROM client_files WHERE organisation_id = %(house)s) f"""


def run(store: Store, url: str) -> None:
    house = House(store)
    fill(url, house.id)
    browser = create_app(store, SETTINGS).test_client()
    for name in FORMATS:
        began, before = time.perf_counter(), peak()
        sizes = list(map(len, taken(browser, house, name)))
        seconds = time.perf_counter() - began
        figures = {"files": FILES, "megabytes": sum(sizes) / 1e6, "pieces": len(sizes), "seconds": seconds}
        report(f"export {name}", **figures, grown_mb=(peak() - before) / 1024)


def taken(browser: FlaskClient, house: House, name: str) -> Iterable[bytes]:
    """The pieces of one file as the application hands them to the server."""
    headers = {"Authorization": f"Bearer {house.secret}"}
    answer = browser.get(f"/api/v1/clients/export?format={name}", headers=headers)
    if answer.status_code != 200:
        raise SystemExit(answer.text)
    return answer.iter_encoded()


def fill(url: str, house: UUID) -> None:
    with psycopg.connect(url, autocommit=True) as db:
        for statement in (FILL, WORDS):
            db.execute(statement, {"house": house, "count": FILES})
        db.execute("VACUUM ANALYZE clients")


def peak() -> int:
    """The most memory so far, in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
