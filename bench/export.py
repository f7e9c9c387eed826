"""All files of a house of 100,000 as one file, in each format, and what that takes of memory."""

import resource
import time
from uuid import UUID

import psycopg
from msgspec.structs import replace

from accounts.rights import rights_of
from bench.day import House
from bench.measure import report
from exporting import FORMATS, export_clients
from kernel.store import Store

FILES = 100_000
FILL = """
INSERT INTO client_files (organisation_id, id) SELECT %(house)s, gen_random_uuid() FROM generate_series(1, %(count)s)"""
WORDS = """
INSERT INTO clients (organisation_id, id, version, first_name, last_name, phone, email, address, postcode, town, remarks,
    name_key, phone_key, person_key, revision, file_id, written_at)
SELECT organisation_id, id, 1, 'Prénom ' || n, 'Nom ' || n, '+336' || lpad(n::text, 8, '0'), 'c' || n || '@exemple.fr',
    n || ' rue de la Paix', '75001', 'Paris', repeat('Remarque. ', 5), 'nom ' || n || ' prenom ' || n,
    '6' || lpad(n::text, 8, '0'), '', 1, id, now()
FROM (SELECT organisation_id, id, row_number() OVER () AS n FROM client_files WHERE organisation_id = %(house)s) f"""


def run(store: Store, url: str) -> None:
    house = House(store)
    fill(url, house.id)
    for name in FORMATS:
        began, before = time.perf_counter(), peak()
        made = export_clients(store, name, by=replace(house.by, may=rights_of("owner")))
        sizes = [len(piece) for piece in made.pieces]
        seconds = time.perf_counter() - began
        figures = {"files": FILES, "megabytes": sum(sizes) / 1e6, "pieces": len(sizes), "seconds": seconds}
        report(f"export {name}", **figures, grown_mb=(peak() - before) / 1024)


def fill(url: str, house: UUID) -> None:
    with psycopg.connect(url, autocommit=True) as db:
        for statement in (FILL, WORDS):
            db.execute(statement, {"house": house, "count": FILES})
        db.execute("VACUUM ANALYZE clients")


def peak() -> int:
    """The most memory so far, in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
