"""One new thing sent by many at once under one key is one thing and one answer, whatever is made."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from kernel.store import Store
from tests.api.program import Program
from tests.late import SETTINGS
from tests.story import NOW, House, at
from web import visit
from web.app import create_app

MANY, ROUNDS = 12, 3
# A body for every operation that makes something; the number of the round keeps rounds apart.
BODIES: dict[str, Callable[[House, int], dict[str, Any] | bytes]] = {
    "/absences": lambda house, number: {"resource_id": str(house.claire), **span(number)},
    "/appointments": lambda house, number: {"starts_at": start(number), "services": massage(house)},
    "/client-fields": lambda house, number: {"label": f"Taille {number}", "kind": "text"},
    "/client-imports?name=clients.csv": lambda house, number: f"Nom;Prénom\nMartin;Léa {number}\n".encode(),
    "/clients": lambda house, number: {"last_name": "Martin", "first_name": f"Léa {number}"},
    "/clients/<uuid:id>/notes": lambda house, number: {"words": f"Allergie {number}"},
    "/holds": lambda house, number: {"starts_at": start(number), "services": massage(house)},
    "/places": lambda house, number: {"name": f"Lyon {number}", "zone": "Europe/Paris", "country": "FR"},
    "/resources": lambda house, number: {"kind": "practitioner", "name": f"Léo {number}"},
    "/series": lambda house, number: series(house, number),
    "/services": lambda house, number: {"name": f"Coupe {number}", "duration_minutes": 30},
    "/webhooks": lambda house, number: {"url": f"https://exemple.fr/{number}", "names": ["AppointmentBooked"]},
}


def start(number: int) -> str:
    return at(9 + number).isoformat()


def span(number: int) -> dict[str, str]:
    return {"starts_at": start(number), "ends_at": start(number + 1)}


def massage(house: House) -> list[dict[str, Any]]:
    return [{"service_id": str(house.massage), "resource_ids": [str(house.claire)]}]


def series(house: House, number: int) -> dict[str, Any]:
    when = {"first_on": "2026-11-24", "wall_time": f"{14 + number}:00", "rule": "FREQ=WEEKLY;COUNT=3"}
    return when | {"services": massage(house)}


@pytest.fixture(scope="module")
def app(store: Store) -> Flask:
    return create_app(store, SETTINGS)


@pytest.fixture
def program(house: House, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Program:
    monkeypatch.setattr(visit, "now", lambda: NOW)
    return Program(house, app)


def makers(app: Flask) -> set[str]:
    """The operations that answer 201, as the description of the programming face has them."""
    paths = app.test_client().get("/api/v1/openapi.json").json["paths"]
    made = {path for path, ways in paths.items() if "201" in ways.get("post", {}).get("responses", {})}
    return {path.removeprefix("/api/v1").replace("{id}", "<uuid:id>") for path in made}


def test_every_operation_that_makes_something_is_tried(app: Flask):
    assert makers(app) == {path.partition("?")[0] for path in BODIES}


@pytest.mark.parametrize("path", BODIES)
def test_many_at_once_under_one_key_are_one_thing_and_one_answer(path: str, program: Program):
    client = program.house.client()
    for number in range(ROUNDS):
        body = BODIES[path](program.house, number)
        answers = at_once(program, path.replace("<uuid:id>", str(client)), body, f"key {number}")
        assert {answer.status_code for answer in answers} == {201}, answers[0].text
        assert len({answer.data for answer in answers}) == 1


def at_once(program: Program, path: str, body: dict[str, Any] | bytes, key: str) -> list[TestResponse]:
    barrier = Barrier(MANY)
    headers = {"Authorization": f"Bearer {program.secret}", "Idempotency-Key": key}

    def send(_: int) -> TestResponse:
        browser = program.app.test_client()
        barrier.wait()
        sent = {"data": body} if isinstance(body, bytes) else {"json": body}
        return browser.post(f"/api/v1{path}", **sent, headers=headers)

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(send, range(MANY)))
