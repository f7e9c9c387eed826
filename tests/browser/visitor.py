"""The pages over the story's house, in tests: visitors sign in and click, readers keep up, the clock stands still."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.test import TestResponse

from accounts.people import passwords
from carnet.wiring import catch_up
from kernel.store import Store
from tests.conftest import app_url_of
from tests.late import app_on
from tests.story import House, at
from web import visit
from web.formats import iso

# A password that takes its time to check is for real ones.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "un mot de passe"
# 10:42 in Paris on the story's Tuesday.
MOMENT = at(10, 42)


class Desk:
    """One house, its application, and somebody at its desk."""

    def __init__(self, house: House, app: Flask):
        self.house, self.app = house, app
        self.visitor = app.test_client()

    def enter(self, role: str = "secretary") -> "Desk":
        self.email = self.house.join(role=role, password=PASSWORD)
        return self.sign_in()

    def sign_in(self, email: str = "") -> "Desk":
        self.visitor.post("/sign-in", data={"email": email or self.email, "password": PASSWORD})
        return self

    def cookie(self) -> str:
        """Of a session of its own; the door's page has tests of its own."""
        browser, is_guarded = self.app.test_client(), self.app.config["WTF_CSRF_ENABLED"]
        self.app.config["WTF_CSRF_ENABLED"] = False
        browser.post("/sign-in", data={"email": self.email, "password": PASSWORD})
        self.app.config["WTF_CSRF_ENABLED"] = is_guarded
        return browser.get_cookie("carnet").value

    def get(self, path: str, *, htmx: bool = False, **asked: Any) -> TestResponse:
        """The page once the readers have read whatever the story has told so far."""
        self.house.read_on()
        return self.visitor.get(path, query_string=asked or None, headers=headers(htmx))

    def post(self, path: str, *, htmx: bool = False, **fields: Any) -> TestResponse:
        self.house.read_on()
        return self.visitor.post(path, data=fields, headers=headers(htmx))

    def text(self, path: str, **asked: Any) -> str:
        return words(self.get(path, **asked))

    def book(self, starts_at: datetime, client_id: UUID, *, htmx: bool = True, **fields: Any) -> TestResponse:
        facts = {"id": uuid4(), "key": uuid4(), "client_id": client_id, "service_id": self.house.massage}
        facts |= {"resource_id": self.house.claire, "starts_at": iso(starts_at)}
        return self.post("/appointments", htmx=htmx, **facts | fields)

    def booked(self) -> list[tuple[UUID, str]]:
        return self.house.rows("SELECT DISTINCT appointment_id, status FROM view_agenda")


def headers(htmx: bool) -> dict[str, str]:
    return {"HX-Request": "true"} if htmx else {}


def words(response: TestResponse) -> str:
    """What a person reads: no tags, no narrow spaces, no line ends."""
    text = re.sub(r"<(script|style|template).*?</\1>|<[^>]+>", " ", response.get_data(as_text=True), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(text))


@contextmanager
def open_desk(database_url: str, patch: pytest.MonkeyPatch, *, is_forged: bool = True) -> Iterator[Desk]:
    """`is_forged` lets forms in without their token; the tests of the token itself turn it off."""
    patch.setattr(visit, "now", lambda: MOMENT)
    patch.setattr(passwords, "HASHER", CHEAP)
    store = Store(app_url_of(database_url), size=4)
    patch.setattr(store, "wait_for", lambda _position, timeout=1.0: catch_up(store) is None)
    # The clock stands still, so what other tests tried at the door would never be forgotten.
    with store.database.at_the_door() as db:
        db.execute("DELETE FROM rate_windows")
        db.execute("DELETE FROM door_tries")
    try:
        with app_on(store) as app:
            app.config["WTF_CSRF_ENABLED"] = not is_forged
            yield Desk(House(store), app)
    finally:
        store.close()
