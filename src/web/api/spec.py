"""The description of the programming face: OpenAPI 3.1 for programs, one page for people, made from the routes."""

import re
from functools import cache
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template
from flask_smorest import Api

from accounts.token import SCOPES
from kernel.errors import Refusal
from kernel.retention import KEYS
from web.api import (
    absences,
    appointments,
    client_fields,
    client_files,
    client_merging,
    clients,
    days,
    events,
    holds,
    organisation,
    resources,
    series,
    services,
    slots,
    webhooks,
)
from web.api.call import wait_for_views
from web.api.problems import CODES, MEDIA_TYPE, code_of
from web.entry import ANYONE, Scope, admits

PREFIX = "/api/v1"
FAMILIES = (
    organisation.organisation,
    resources.resources,
    absences.absences,
    services.services,
    clients.clients,
    client_fields.client_fields,
    slots.slots,
    days.days,
    appointments.appointments,
    holds.holds,
    series.series,
    events.events,
    webhooks.webhooks,
)
# Routes of a family that stand in rooms of their own.
ROOMS = (client_files, client_merging)
for family in FAMILIES:
    family.before_request(wait_for_views)
UNSAFE = ("post", "put", "patch", "delete")

described = Blueprint("api", __name__)


class Face(Api):
    """Errors are answered in one place of ours, and the description by our own page."""

    def _register_error_handlers(self) -> None:
        return None


def install(app: Flask) -> None:
    app.config.update(API_TITLE="Carnet", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    face = Face(app)
    for family in FAMILIES:
        face.register_blueprint(family, url_prefix=PREFIX)
    app.register_blueprint(described, url_prefix=PREFIX)
    app.api = face


@described.get("/openapi.json")
@admits(ANYONE)
def openapi() -> Response:
    return jsonify(description())


@described.get("/")
@admits(ANYONE)
def page() -> str:
    told = description()
    facts = {"families": operations_by_family(told), "schemas": told["components"]["schemas"]}
    return render_template("api/page.html", api=told, scopes=SCOPES, codes=codes(), keys=KEYS, **facts)


def description() -> dict[str, Any]:
    """What flask-smorest derives from schemas, completed by what the routes themselves enforce."""
    if "carnet_openapi" not in current_app.extensions:
        current_app.extensions["carnet_openapi"] = completed(current_app.api.spec.to_dict())
    return current_app.extensions["carnet_openapi"]


def completed(told: dict[str, Any]) -> dict[str, Any]:
    told["info"]["description"] = "Everything that the pages of Carnet can do. Instants carry an offset; their zone's \
name stands beside them."
    told["servers"] = [{"url": "/"}]
    told["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    told["components"]["schemas"]["Problem"] = PROBLEM
    told["components"]["schemas"].pop("Error", None)
    told["components"].pop("responses", None)
    for path, method, operation in every_operation(told):
        complete(operation, path, method)
    return told


def every_operation(told: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in told["paths"].items()
        for method, operation in methods.items()
        if method in ("get", *UNSAFE)
    ]


def complete(operation: dict[str, Any], path: str, method: str) -> None:
    endpoint, scope = routes()[path, method]
    operation["operationId"] = endpoint.replace(".", "_")
    operation["security"] = [{"token": []}]
    operation["x-scope"] = scope
    problem = {"$ref": "#/components/schemas/Problem"}
    answers = {code: answer for code, answer in operation["responses"].items() if code.startswith("2")}
    said_no = {"description": "Why not", "content": {MEDIA_TYPE: {"schema": problem}}}
    operation["responses"] = answers | {"default": said_no}
    if method in UNSAFE:
        operation.setdefault("parameters", []).append(KEY)
    if method in UNSAFE and "{id}" in path:
        operation["parameters"].append(SEEN)


@cache
def routes() -> dict[tuple[str, str], tuple[str, Scope]]:
    """Each path and method as OpenAPI writes them, with the endpoint and the scope it needs."""
    return {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower()): (rule.endpoint, scope_of(rule.endpoint))
        for rule in current_app.url_map.iter_rules()
        for method in rule.methods or ()
        if isinstance(scope_of(rule.endpoint), Scope)
    }


def scope_of(endpoint: str) -> Any:
    return current_app.view_functions[endpoint].admits[0]


def operations_by_family(told: dict[str, Any]) -> dict[str, list[tuple[str, str, dict[str, Any]]]]:
    families: dict[str, list[tuple[str, str, dict[str, Any]]]] = {tag["name"]: [] for tag in told["tags"]}
    for path, method, operation in every_operation(told):
        families[operation["tags"][0]].append((path, method, operation))
    return families


def codes() -> dict[str, str]:
    """Every code a problem may have, with what it means to a programmer."""
    refusals = {code_of(kind): (kind.__doc__ or "").strip().split("\n")[0] for kind in heirs(Refusal)}
    return dict.fromkeys(CODES.values(), "") | dict(sorted(refusals.items()))


def heirs(kind: type) -> list[type]:
    return [heir for child in kind.__subclasses__() for heir in (child, *heirs(child))]


KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 255},
    "description": "Yours for this call: sent again, the call is done once and answered the same; with another body "
    f"it is refused. Kept for {KEYS.period.days} days.",
}
SEEN = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag of the thing as you read it: if somebody has changed it since, 412 and nothing changes.",
}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; the page lists them all."},
        "detail": {"type": "string", "description": "A sentence for people, in French or by Accept-Language."},
        "rules": {"type": "array", "items": {"type": "string"}, "description": "What the desk may set aside."},
        "facts": {"type": "object", "description": "What it met."},
        "errors": {"type": "object", "description": "What could not be read, by field."},
    },
}
