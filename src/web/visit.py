"""One visit: who is signed in or which program calls, when and where they are, and how they are answered."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4, uuid5
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, request, session
from werkzeug.wrappers import Response

from accounts import token_queries as tokens
from accounts.people import queries as people
from accounts.people.acts import as_self
from accounts.token_queries import Program
from kernel.actors import Act
from kernel.store import Store
from web import addresses, inside


def install(app: Flask) -> None:
    app.before_request(recognise)


def recognise() -> None:
    g.member = g.visitor = None
    if request.path.startswith("/api/"):
        g.member = inside.let_in(program())
    elif request.endpoint != "static" and "token" in session:
        g.visitor = people.visitor(store(), session["token"], now(), addresses.asking())
        g.member = inside.let_in(inside.standing_there(store(), g.visitor, now())) if g.visitor else None


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
    """The zone of the house, whatever the browser's; before one is entered, that of most houses."""
    return ZoneInfo(g.member.zone if g.get("member") else "Europe/Paris")


def country() -> str:
    """Where the house is: how it writes phone numbers."""
    return g.member.country


def today() -> date:
    return now().astimezone(zone()).date()


def act(key: str = "") -> Act:
    """What the visitor does in the house entered, in their own name, with their own rights, for whom they say."""
    is_support = g.member.role == "support"
    return Act(
        organisation_id=house(),
        actor=f"support/{g.visitor.person_id}" if is_support else f"staff/{g.member.id}",
        may=g.member.rights,
        origin="support" if is_support else "desk",
        on_behalf_of=behalf(),
        at=now(),
        key=key,
    )


def fresh_id(key: str) -> UUID:
    """Of what a form makes: the same for every sending of one form, so that a double click makes one thing."""
    return uuid5(g.member.id, f"{request.endpoint}/{key}") if key else uuid4()


def behalf() -> str:
    """For whom the visitor works in the house entered, as role/identifier; for nobody once they may not do so."""
    is_for_another = g.get("visitor") and g.get("member") and g.member.rights.may("behalf.act")
    return g.visitor.behalf if is_for_another else ""


def own_act() -> Act:
    """Of the person about themself, in no organisation's name."""
    return as_self(g.visitor.person_id, now())


def is_htmx() -> bool:
    return request.headers.get("HX-Request") == "true"


def hx_redirect(url: str) -> Response:
    return current_app.response_class(status=204, headers={"HX-Redirect": url})


def instant(on: date, at: datetime) -> datetime:
    """The instant of a wall time in the house's zone; in a gap of the clock, the offset before it."""
    return datetime.combine(on, at, zone()).astimezone(UTC)
