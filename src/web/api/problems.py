"""How a call is told no: problem+json (RFC 9457) with a code for programs and a sentence for people."""

import re
from typing import Any

import msgspec
from flask import Response, current_app, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from kernel.errors import Refusal, Unavailable, VersionChanged
from web import refusals

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 2
# What the web framework says no to before a command is asked, by status.
CODES = {
    400: "not_readable",
    401: "token_missing",
    403: "scope_missing",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "media_type_not_supported",
    422: "not_valid",
    429: "too_many_requests",
    500: "broken",
    503: "unavailable",
}


def code_of(kind: type[Refusal]) -> str:
    """TimeNotFree is time_not_free."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def is_for_programs() -> bool:
    return request.path.startswith("/api/")


def problem(status: int, code: str, detail: str, headers: dict[str, str] | None = None, **more: Any) -> Response:
    body = {"type": f"/api/v1#{code}", "title": code.replace("_", " "), "status": status, "code": code}
    body |= {"detail": detail} | {name: value for name, value in more.items() if value}
    encoded = msgspec.json.encode(body, enc_hook=str)
    return current_app.response_class(encoded, status, headers, content_type=MEDIA_TYPE)


def refused(refusal: Refusal) -> Response:
    """`rules` are those that the desk may set aside by sending the call again with `override` and a reason."""
    facts = dict(refusal.facts)
    rules = facts.pop("rules", None) or ([refusal.rule] if refusal.rule else [])
    status = 412 if isinstance(refusal, VersionChanged) else refusal.status
    return problem(status, code_of(type(refusal)), refusals.sentence(refusal), facts=facts, rules=rules)


def not_valid(errors: dict[str, Any]) -> Response:
    return problem(422, CODES[422], gettext("problem.not_valid"), errors=errors)


def http(error: HTTPException) -> Response:
    status = error.code if error.code in CODES else 400 if (error.code or 500) < 500 else 500
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="carnet"'
    errors = getattr(error, "data", {}).get("messages")
    return problem(status, CODES[status], gettext(f"problem.{CODES[status]}"), headers, errors=errors)


def away(_: Unavailable) -> Response:
    return problem(503, CODES[503], gettext("problem.unavailable"), {"Retry-After": str(RETRY_SECONDS)})


def broken() -> Response:
    return problem(500, CODES[500], gettext("problem.broken"))
