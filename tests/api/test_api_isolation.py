"""Every operation of the description, called without a token, without its scope, and by a stranger who knows all the
identifiers of this house: no answer tells anything, and nothing here changes."""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from accounts.token import SCOPES
from kernel.store import Store
from tests.api.program import SETTINGS, Program, code
from tests.story import NOW, House
from web import visit
from web.api import limits, spec
from web.app import create_app
from web.entry import Scope

CANARY = "Canari"
# What is described needs no database.
APP = create_app(object(), SETTINGS)
with APP.test_request_context():
    DESCRIBED = spec.description()
SCHEMAS = DESCRIBED["components"]["schemas"]
# Of what kind a thing is that a field names.
NAMED = {
    "client_id": "clients",
    "duplicate_id": "others",
    "other_id": "others",
    "service_id": "services",
    "resource_id": "resources",
    "resource_ids": "resources",
    "place_id": "places",
    "place_ids": "places",
    "hold_id": "holds",
    "stream_id": "appointments",
    "performers": "resources",
}
ON, AT = "2026-11-24", "2026-11-24T17:00:00+01:00"
WORDS = {
    "country": "FR",
    "zone": "Europe/Paris",
    "url": "https://exemple.fr/crochet",
    "rule": "FREQ=WEEKLY;COUNT=2",
    "wall_time": "16:00",
    "kind": "practitioner",
    "start": "09:00",
    "end": "12:00",
    "on": ON,
    "ends_at": "2026-11-24T18:00:00+01:00",
}
# What a body needs beyond what its schema requires.
MORE = {"clients_create": {"last_name": "Petit"}, "series_end_shown": {"count": 3}, "series_end_change": {"count": 3}}

Place = tuple[str | int, ...]


class Call(NamedTuple):
    """An operation with everything that it needs filled in, and where identifiers stand in it."""

    method: str
    path: str
    sent: dict[str, Any]
    named: dict[Place, str]

    def with_(self, place: Place, id: str) -> "Call":
        """The same call with another identifier in one place."""
        sent = deepcopy(self.sent)
        within = sent
        for step in place[:-1]:
            within = within[step]
        within[place[-1]] = id
        return self._replace(sent=sent)

    def by(self, program: Program, headers: dict[str, str] | None = None) -> TestResponse:
        address = self.path.format(**self.sent["path"])
        given = {"Authorization": f"Bearer {program.secret}"} if headers is None else headers
        asked, body = self.sent["query"], self.sent["body"]
        return program.browser.open(address, method=self.method, query_string=asked, json=body, headers=given)


class Operation(NamedTuple):
    name: str
    scope: str
    method: str
    path: str
    told: dict[str, Any]

    def call(self, ids: dict[str, str]) -> Call:
        sent: dict[str, Any] = {"path": {}, "query": {}, "body": None}
        for each in self.parameters():
            if each["in"] == "path" or each["required"] or is_identifier(each["schema"]):
                sent[each["in"]][each["name"]] = self.example(each["schema"], each["name"], ids)
        body = self.told.get("requestBody")
        if body:
            schema = body["content"]["application/json"]["schema"]
            sent["body"] = self.example(schema, "", ids) | MORE.get(self.name, {})
        return Call(self.method.upper(), self.path, sent, dict(self.places(sent)))

    def parameters(self) -> list[dict[str, Any]]:
        shared = DESCRIBED["paths"][self.path].get("parameters", [])
        own = [each for each in self.told.get("parameters", []) if each.get("in") in ("path", "query")]
        return [{"required": False} | each for each in (*shared, *own)]

    def kind(self, name: str) -> str:
        """What a name stands for here: in a path, what its collection holds."""
        collection = re.search(rf"([\w-]+)/{{{name}}}", self.path)
        return NAMED.get(collection[1], collection[1]) if collection else NAMED[name]

    def makes(self) -> str | None:
        """What it makes under an identifier that the caller may choose."""
        body = self.told.get("requestBody", {"content": {"application/json": {"schema": {}}}})
        schema = resolved(body["content"]["application/json"]["schema"])
        is_chosen = is_identifier(schema.get("properties", {}).get("id", {}))
        return self.path.rpartition("/")[2] if is_chosen else None

    def example(self, schema: dict[str, Any], name: str, ids: dict[str, str]) -> Any:
        """Something that this schema accepts, with every identifier that it knows of."""
        schema = resolved(schema)
        if "enum" in schema:
            return schema["enum"][0]
        match kind_of(schema):
            case "object":
                known, required = schema.get("properties", {}), schema.get("required", ())
                wanted = {key: each for key, each in known.items() if key in required or is_identifier(each)}
                return {key: self.example(each, key, ids) for key, each in wanted.items()}
            case "array":
                return [self.example(schema["items"], name, ids)]
            case "integer" | "number":
                return max(schema.get("minimum", 1), 1)
            case "boolean":
                return False
        return self.word(schema.get("format"), name, ids)

    def word(self, format: str | None, name: str, ids: dict[str, str]) -> str:
        if format == "uuid":
            return str(uuid4()) if name == "id" and "{id}" not in self.path else ids[self.kind(name)]
        return WORDS.get(name) or {"date": ON, "date-time": AT}.get(format, "Mot")

    def places(self, sent: Any, here: Place = (), name: str = "") -> Iterator[tuple[Place, str]]:
        """Where identifiers stand in a call, and of what."""
        if isinstance(sent, dict):
            for key, each in sent.items():
                yield from self.places(each, (*here, key), key)
        elif isinstance(sent, list):
            for number, each in enumerate(sent):
                yield from self.places(each, (*here, number), name)
        elif isinstance(sent, str) and re.fullmatch(r"[0-9a-f-]{36}", sent) and here != ("body", "id"):
            yield here, self.kind(name)


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    return SCHEMAS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def kind_of(schema: dict[str, Any]) -> str:
    kinds = schema.get("type", "object")
    return kinds if isinstance(kinds, str) else next(kind for kind in kinds if kind != "null")


def is_identifier(schema: dict[str, Any]) -> bool:
    """Whether this is one, or holds one."""
    schema = resolved(schema)
    if schema.get("readOnly"):
        return False
    inside = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    return schema.get("format") == "uuid" or any(map(is_identifier, inside))


OPERATIONS = [
    Operation(told["operationId"], told["x-scope"], method, path, told)
    for path, method, told in spec.every_operation(DESCRIBED)
]
# Tokens of before the scope of slots find them too.
OPENS_TOO = {"slots:read": ("appointments:read",)}
EACH = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)


class Furnished:
    """A house with one thing of every kind, and a program that may do everything in it."""

    def __init__(self, house: House, app: Flask):
        self.house, self.program = house, Program(house, app)
        wanted = [{"service_id": str(house.massage), "resource_ids": [str(house.karim)]}]
        absence = {"resource_id": str(house.room), "starts_at": AT, "ends_at": WORDS["ends_at"]}
        self.ids = {"places": str(house.place_id), "resources": str(house.claire), "services": str(house.massage)}
        self.ids["absences"] = self.made("/absences", absence | {"reason": CANARY})
        self.ids["clients"] = self.made("/clients", {"last_name": CANARY})
        self.ids["others"] = self.made("/clients", {"last_name": CANARY, "phone": "0612345678"})
        self.ids["notes"] = str(uuid4())
        self.made(f"/clients/{self.ids['clients']}/notes", {"id": self.ids["notes"], "words": CANARY})
        self.ids["client-fields"] = self.made("/client-fields", {"label": CANARY})
        self.ids["appointments"] = self.made(
            "/appointments",
            {"starts_at": "2026-11-24T09:00:00+01:00", "services": wanted, "status": "requested", "note": CANARY},
        )
        self.ids["holds"] = self.made("/holds", {"starts_at": "2026-11-24T10:00:00+01:00", "services": wanted})
        pattern = {"first_on": ON, "wall_time": "11:00", "rule": "FREQ=DAILY;COUNT=2", "services": wanted}
        self.ids["series"] = self.made("/series", pattern)
        self.ids["webhooks"] = self.made("/webhooks", {"url": f"https://exemple.fr/{CANARY}"})
        self.ids["client-imports"] = self.sent("/api/v1/client-imports?name=clients.csv", f"Nom\n{CANARY}\n")
        house.read_on()

    def sent(self, address: str, file: str) -> str:
        headers = {"Authorization": f"Bearer {self.program.secret}"}
        answer = self.program.browser.post(address, data=file.encode(), headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.json["id"]

    def made(self, path: str, body: dict[str, Any]) -> str:
        answer = self.program.post(path, body)
        assert answer.status_code == 201, answer.text
        return answer.json["id"]

    def trace(self) -> tuple[Any, ...]:
        """What would show that something was written."""
        counts = (f"(SELECT count(*) FROM {table})" for table in ("events", "texts", "commands", "claims", "clients"))
        return self.house.rows(f"SELECT (SELECT max(position) FROM events), {', '.join(counts)}")[0]


@pytest.fixture(scope="module")
def app(store: Store) -> Flask:
    return create_app(store, SETTINGS)


@pytest.fixture(scope="module", autouse=True)
def _the_clock_stands() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(visit, "now", lambda: NOW)
        patch.setattr(limits, "A_MINUTE_UNKNOWN", 100_000)
        yield


@pytest.fixture(scope="module")
def ours(store: Store, app: Flask, _the_clock_stands: None) -> Furnished:
    return Furnished(House(store), app)


@pytest.fixture(scope="module")
def stranger(store: Store, app: Flask, _the_clock_stands: None) -> Furnished:
    return Furnished(House(store), app)


@pytest.fixture(scope="module")
def narrow(ours: Furnished, app: Flask) -> dict[str, Program]:
    """For each scope a token with all the others, but for those that open the same."""
    without = {one: {one, *OPENS_TOO.get(one, ())} for one in SCOPES}
    return {one: Program(ours.house, app, tuple(each for each in SCOPES if each not in without[one])) for one in SCOPES}


def test_no_operation_is_left_out(app: Flask):
    routed = {
        (rule.endpoint.replace(".", "_"), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if isinstance(app.view_functions[rule.endpoint].admits[0], Scope)
    }
    assert {(each.name, each.method) for each in OPERATIONS} == routed
    assert all(each.scope in SCOPES for each in OPERATIONS)


@EACH
def test_without_a_token_nothing_opens(operation: Operation, ours: Furnished):
    before = ours.trace()
    for headers in ({}, {"Authorization": "Bearer carnet_rien"}, {"Authorization": f"Basic {ours.program.secret}"}):
        assert code(operation.call(ours.ids).by(ours.program, headers)) == (401, "token_missing")
    assert ours.trace() == before


@EACH
def test_without_its_scope_no_operation_opens(operation: Operation, ours: Furnished, narrow: dict[str, Program]):
    before = ours.trace()
    assert code(operation.call(ours.ids).by(narrow[operation.scope])) == (403, "scope_missing")
    assert ours.trace() == before


@EACH
def test_what_is_ours_is_to_a_stranger_what_does_not_exist(operation: Operation, ours: Furnished, stranger: Furnished):
    before = ours.trace()
    for place, kind in operation.call(stranger.ids).named.items():
        theirs, nothing = ours.ids[kind], str(uuid4())
        calls = (operation.call(stranger.ids).with_(place, id) for id in (theirs, nothing))
        told, missing = (call.by(stranger.program) for call in calls)
        assert told.status_code == missing.status_code, (place, told.text, missing.text)
        if place[0] == "path":
            assert code(told) == (404, "not_found"), place
        if told.status_code >= 400 or operation.method == "get":
            assert told.text.replace(theirs, "·") == missing.text.replace(nothing, "·")
        assert tells_nothing_of(ours, told, theirs)
    assert ours.trace() == before


@EACH
def test_a_stranger_with_all_our_identifiers_learns_and_changes_nothing(
    operation: Operation, ours: Furnished, stranger: Furnished
):
    before, call = ours.trace(), operation.call(ours.ids)
    answer = call.by(stranger.program)
    assert answer.status_code < 500
    assert tells_nothing_of(ours, answer, *values(call.sent))
    assert ours.trace() == before


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if each.makes()], ids=lambda each: each.name)
def test_one_identifier_in_two_houses_is_two_things(operation: Operation, ours: Furnished, app: Flask):
    before, id = ours.trace(), ours.ids[operation.makes()]
    other = Furnished(House(ours.house.store), app)
    own = operation.call(other.ids).with_(("body", "id"), id)
    answer = own.by(other.program)
    assert answer.status_code == 201, answer.text
    assert id in answer.text
    assert tells_nothing_of(ours, answer, id)
    assert ours.trace() == before


def values(sent: Any) -> Iterator[str]:
    if isinstance(sent, dict | list):
        for each in sent.values() if isinstance(sent, dict) else sent:
            yield from values(each)
    elif isinstance(sent, str):
        yield sent


def tells_nothing_of(ours: Furnished, answer: TestResponse, *sent: str) -> bool:
    """Neither an identifier of ours that was not sent, nor a word that only we have."""
    known = {*ours.ids.values(), str(ours.house.id), str(ours.house.karim)} - {*sent}
    return not any(each in answer.text for each in known)
