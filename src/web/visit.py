"""One visit: who is signed in or which program calls, when and where they are, and how they are answered."""

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, request, session
from werkzeug.wrappers import Response

from accounts import queries as accounts
from accounts import token_queries as tokens
from accounts.token_queries import Program
from kernel.actors import Act
from kernel.store import Store


def install(app: Flask) -> None:
    app.before_request(recognise)


def recognise() -> None:
    g.member = None
    if request.path.startswith("/api/"):
        g.member = program()
    elif request.endpoint != "static" and "member" in session:
        g.member = accounts.member(store(), UUID(session["organisation"]), UUID(session["member"]))


def program() -> Program | None:
    """The program whose token the request carries; a session never opens the programming face."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return tokens.program(store(), secret.strip(), now()) if scheme.lower() == "bearer" else None


def store() -> Store:
    return current_app.store


def house() -> UUID:
    return g.member.organisation_id


def now() -> datetime:
    return datetime.now(UTC)


def zone() -> ZoneInfo:
    """The zone of the house, whatever the browser's."""
    return ZoneInfo(g.member.zone)


def today() -> date:
    return now().astimezone(zone()).date()


def act(key: str = "") -> Act:
    return Act(
        organisation_id=house(), actor=f"staff/{g.member.id}", may=g.member.rights, origin="desk", at=now(), key=key
    )


def is_htmx() -> bool:
    return request.headers.get("HX-Request") == "true"


def hx_redirect(url: str) -> Response:
    return current_app.response_class(status=204, headers={"HX-Redirect": url})


def instant(on: date, at: datetime) -> datetime:
    """The instant of a wall time in the house's zone; in a gap of the clock, the offset before it."""
    return datetime.combine(on, at, zone()).astimezone(UTC)
