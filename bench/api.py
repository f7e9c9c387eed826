"""Slots and bookings over HTTP, against a bare Flask view that runs one query."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from flask import Flask, jsonify
from flask.testing import FlaskClient

from bench.day import ON, SETTINGS, House
from bench.measure import compare, report
from bench.workload import ZONE
from kernel.store import Store
from web.app import create_app

ROUNDS = 200
WEEK = timedelta(days=6)


def run(store: Store, _: str) -> None:
    house = House(store)
    with store.database.everywhere() as db:
        events = db.execute("SELECT last_value FROM events_position_seq").fetchone()[0]
    program = Program(house)
    bare = bare_view(store, house.id)
    for name, thing in (("slots", program.slots), ("book", program.book)):
        median, limit = compare(thing, bare, ROUNDS)
        figures = {"events": events, "n": ROUNDS, "per_s": 1000 / median, "limit": 1000 / limit}
        report(f"api {name}", **figures, ratio=limit / median)


class Program:
    """Calls the whole application as a server would, without the network."""

    def __init__(self, house: House):
        self.house = house
        self.browser: FlaskClient = create_app(house.store, SETTINGS).test_client()
        self.headers = {"Authorization": f"Bearer {house.secret}"}
        self.turns: Iterator[int] = count()

    def slots(self) -> None:
        """A week of one person's starts."""
        asked = {"service_id": self.house.service, "resource_id": self.house.people[0]}
        asked |= {"from": ON.isoformat(), "to": (ON + WEEK).isoformat()}
        must_be(200, self.browser.get("/api/v1/slots", query_string=asked, headers=self.headers))

    def book(self) -> None:
        """Another free half hour each time, under a key."""
        turn = next(self.turns)
        day, half_hours = divmod(turn // len(self.house.people), 20)
        starts_at = datetime.combine(ON, time(8), ZONE) + timedelta(days=day, minutes=30 * half_hours)
        person = self.house.people[turn % len(self.house.people)]
        wanted = {"service_id": str(self.house.service), "resource_ids": [str(person)]}
        body = {"starts_at": starts_at.isoformat(), "services": [wanted]}
        headers = self.headers | {"Idempotency-Key": f"k{turn}"}
        must_be(201, self.browser.post("/api/v1/appointments", json=body, headers=headers))


def must_be(status: int, answer: Any) -> None:
    if answer.status_code != status:
        raise SystemExit(f"{answer.status_code} {answer.text}")


def bare_view(store: Store, house: UUID) -> Callable[[], None]:
    """One transaction of the organisation with one query, answered as JSON."""
    app = Flask("bare")

    @app.get("/")
    def view() -> Any:
        with store.reading(house) as db:
            return jsonify(count=db.execute("SELECT count(*) FROM states", prepare=True).fetchone()[0])

    browser = app.test_client()
    return lambda: must_be(200, browser.get("/"))
