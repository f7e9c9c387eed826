"""A program that calls the story's house over HTTP with a token of its own."""

from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from werkzeug.test import TestResponse

from accounts.commands import issue_token
from accounts.token import SCOPES
from accounts.token_secrets import fresh_secret
from kernel.actors import Act
from tests.late import SETTINGS
from tests.story import House
from web.app import create_app


class Program:
    """Calls under /api/v1; the readers keep up before each call, so that lists are as fresh as in a quiet house."""

    def __init__(
        self,
        house: House,
        app: Flask | None = None,
        scopes: tuple[str, ...] = tuple(SCOPES),
        issuer: Act | None = None,
        **facts: Any,
    ):
        """`issuer` is who issues the token; else the installation, whose own tokens hold what they say."""
        self.house = house
        self.app = app or create_app(house.store, SETTINGS)
        self.browser = self.app.test_client()
        self.token_id = uuid4()
        self.secret = fresh_secret(house.id, self.token_id)
        given = {"name": "Site", "secret": self.secret, "scopes": scopes, "per_minute": 100_000} | facts
        issue_token(house.store, self.token_id, **given, by=issuer or house.by(actor="setup/test", origin="setup"))

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        self.house.read_on()
        sent = {"Authorization": f"Bearer {self.secret}"} | {name.replace("_", "-"): v for name, v in headers.items()}
        return self.browser.open(f"/api/v1{path}", method=method, json=body, headers=sent)

    def get(self, path: str, **asked: Any) -> Any:
        """The answer to a question that must be answered."""
        self.house.read_on()
        sent = {"Authorization": f"Bearer {self.secret}"}
        answer = self.browser.get(f"/api/v1{path}", query_string=asked, headers=sent)
        assert answer.status_code == 200, answer.text
        return answer.json

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self.call("POST", path, {} if body is None else body, **headers)

    def book(self, starts_at: str, client_id: UUID | None = None, **facts: Any) -> TestResponse:
        body = {"starts_at": starts_at, "client_id": client_id and str(client_id)}
        wanted = [{"service_id": str(self.house.massage), "resource_ids": [str(self.house.claire)]}]
        return self.post("/appointments", body | {"services": wanted} | facts.pop("body", {}), **facts)


def code(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]
