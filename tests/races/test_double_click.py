"""A form that makes something, sent twice by one hand, makes one thing and says so both times."""

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.browser.visitor import Desk, open_desk

PLACE = {"name": "Lyon", "zone": "Europe/Paris", "country": "FR"}
FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "settings.add_resource": ("/settings/resources", {"kind": "practitioner", "name": "Léo"}),
    "settings.add_service": ("/settings/services", {"name": "Coupe", "duration_minutes": 30}),
    "settings.open_place": ("/settings/places", PLACE),
    "settings.invite": ("/settings/team/invitations", {"role": "viewer", "days": 7, "uses": 1}),
    "settings.subscribe": ("/settings/webhooks", {"url": "https://exemple.fr/hook", "names": "AppointmentBooked"}),
    "settings.issue_token": ("/settings/tokens", {"name": "Site", "scope": "slots:read", "days": 30}),
}
MADE = "SELECT count(DISTINCT stream_id) FROM events"


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter("owner")


def makers(app: Flask) -> set[str]:
    views = {name: inspect.unwrap(view) for name, view in app.view_functions.items() if name != "static"}
    return {name for name, view in views.items() if "visit.fresh_id(" in inspect.getsource(view)}


def test_every_form_that_makes_something_is_tried(desk: Desk):
    assert makers(desk.app) == set(FORMS)


@pytest.mark.parametrize("name", FORMS)
def test_two_clicks_make_one_thing(name: str, desk: Desk):
    path, facts = FORMS[name]
    before = desk.house.rows(MADE)[0][0]
    answers = [desk.post(path, **facts, key="a double click") for _ in range(2)]
    assert {answer.status_code for answer in answers} <= {200, 303}, answers[-1].text
    assert desk.house.rows(MADE)[0][0] == before + 1
    assert desk.post(path, **facts, key="another").status_code in (200, 303)
    assert desk.house.rows(MADE)[0][0] == before + 2
