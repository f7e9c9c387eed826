"""The workload in the base: fifty practitioners, sixty days ahead, and as much past as asked for."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5
from zoneinfo import ZoneInfo

from accounts.commands import open_organisation
from accounts.rights import SETUP
from agenda.commands import add_resource, add_service, assign_performer, set_hours
from agenda.hours import Hours, WeeklyPeriod
from kernel.actors import Act
from kernel.store import Store
from kernel.zones import DAY

WORKLOAD = json.loads((Path(__file__).parent / "workload.json").read_text())
ZONE = ZoneInfo(WORKLOAD["tz"])
FIRST, LAST = date.fromisoformat(WORKLOAD["start"]), date.fromisoformat(WORKLOAD["end"]) - DAY
NOW = datetime.combine(FIRST, time(), ZONE).astimezone(UTC) - DAY
INSERT = """
INSERT INTO claims (stream_id, resource_id, seat, starts_at, ends_at, kind, before_minutes, after_minutes, capacity)
VALUES (%s, %s, %s, %s, %s, %s, 0, 0, 1)"""


class Practice:
    """An organisation made of the workload. Taken time is written straight into the ledger, which is all that
    slot search reads; the settings are made by commands."""

    def __init__(self, store: Store):
        self.store, self.id = store, uuid4()
        self.by = Act(organisation_id=self.id, actor="setup/bench", origin="setup", may=SETUP, at=NOW)
        open_organisation(store, name="Bench", country="FR", zone=WORKLOAD["tz"], by=self.by)
        self.people = [self.add_person(each) for each in WORKLOAD["practitioners"]]
        self.fill(span for each in WORKLOAD["practitioners"] for span in self.future(each))

    def add_person(self, person: dict[str, Any]) -> UUID:
        id = self.person_id(person["id"])
        add_resource(self.store, id, kind="practitioner", name=person["name"], rank=person["id"], by=self.by)
        weekly = [WeeklyPeriod(int(day), *period) for day, periods in person["hours"].items() for period in periods]
        set_hours(self.store, id, Hours(weekly), by=self.by)
        return id

    def add_service(self, people: int, step: int) -> UUID:
        """The service of the workload, performed by the first so many people."""
        id = uuid4()
        minutes = WORKLOAD["service"]["minutes"]
        add_service(self.store, id, name="Consultation", duration_minutes=minutes, interval_minutes=step, by=self.by)
        for person in self.people[:people]:
            assign_performer(self.store, id, person, by=self.by)
        return id

    def add_history(self, first: int, last: int) -> None:
        """Past appointments, from the first to before the last of the workload's list."""
        rows = WORKLOAD["history"][first:last]
        self.fill((self.person_id(id), 1, instant(on, start), instant(on, end)) for id, on, start, end in rows)

    def future(self, person: dict[str, Any]) -> Iterator[tuple[UUID, int, datetime, datetime]]:
        id = self.person_id(person["id"])
        for kind, start, end in person["absences"]:
            bounds = (start, "00:00", end, "00:00") if kind == "day" else (start[:10], start[11:], end[:10], end[11:])
            yield id, 0, instant(*bounds[:2]), instant(*bounds[2:])
        for on, start, end in person["bookings"]:
            yield id, 1, instant(on, start), instant(on, end)

    def fill(self, spans: Iterator[tuple[UUID, int, datetime, datetime]]) -> None:
        rows = [(uuid4(), id, seat, start, end, "visit" if seat else "absence") for id, seat, start, end in spans]
        with self.store.reading(self.id) as db, db.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.executemany(INSERT, rows)

    def person_id(self, number: int) -> UUID:
        return uuid5(self.id, str(number))

    def settle(self) -> None:
        """Statistics up to date, as autovacuum would have them after such a load."""
        with self.store.database.pool.connection() as connection:
            connection.execute("VACUUM ANALYZE claims")


def instant(on: str, wall: str) -> datetime:
    return datetime.combine(date.fromisoformat(on), time.fromisoformat(wall), ZONE).astimezone(UTC)
