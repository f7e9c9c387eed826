"""A base of a million events, quickly: encoded by the program, copied into the log, their claims into the ledger."""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import UUID

import psycopg

from bench.lives import in_order
from carnet.wiring import READERS, register
from kernel.events import MAPPER, Claim, Event
from kernel.rebuild import rebuild
from kernel.recorder import claim_row
from kernel.store import Store

LOG = "COPY events (organisation_id, stream_id, version, name, state) FROM STDIN"
COLUMNS = (*Claim.__struct_fields__, "organisation_id", "stream_id")
LEDGER = f"COPY claims ({', '.join(COLUMNS)}) FROM STDIN"


def fill(url: str, *, events: int = 1_000_000, seed: int = 1) -> int:
    """Adds the lives of appointments, past and to come; returns how many claims are left of them.

    `url` is of a migrated database, as a user whom row-level security does not bind. Nothing reads the log meanwhile:
    run the readers, or rebuild the views, afterwards.
    """
    taken: dict[UUID, list[dict[str, Any]]] = {}
    with psycopg.connect(url) as db:
        with db.cursor().copy(LOG) as copy:
            for event in islice(in_order(seed), events):
                copy.write_row(row_of(event))
                if event.claims() is not None:
                    taken[event.originator_id] = list(rows_of(event))
        with db.cursor().copy(LEDGER) as copy:
            for rows in taken.values():
                for row in rows:
                    copy.write_row([row[name] for name in COLUMNS])
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("VACUUM ANALYZE events, claims")
    return sum(map(len, taken.values()))


def read(store: Store, url: str) -> None:
    """Lets every view have read the whole log, and every policy too, without doing what it asks for."""
    register(store)
    for reader in READERS:
        if reader.tables:
            rebuild(reader, store)
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("UPDATE positions SET position = (SELECT max(position) FROM events)")
        db.execute("VACUUM ANALYZE")


def row_of(event: Event) -> tuple[Any, ...]:
    stored = MAPPER.to_stored_event(event)
    return (
        event.organisation_id,
        stored.originator_id,
        stored.originator_version,
        stored.topic,
        stored.state.decode(),
    )


def rows_of(event: Event) -> Iterator[dict[str, Any]]:
    return (claim_row(event.organisation_id, event.originator_id, claim) for claim in event.claims())
