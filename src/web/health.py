"""How things are doing: for whoever watches over this process, for programs that measure, for owners who wonder."""

import hmac
from datetime import timedelta
from typing import Any

from babel.units import format_unit
from flask import Blueprint, Response, current_app, g, jsonify, make_response, render_template, request
from flask_babel import format_decimal, get_locale
from psycopg import Error
from psycopg_pool import PoolTimeout

from kernel.condition import LATE_SECONDS, clock_condition, condition, own_condition, reader_conditions
from kernel.errors import Unavailable
from kernel.sending import held_since, is_held
from notifications.queries import latest_letters
from web import letter_words, metrics, visit
from web.entry import ANYONE, admits
from web.formats import day, lasting, local_day

health = Blueprint("health", __name__)

SIZES = (("gigabyte", 1e9), ("megabyte", 1e6), ("kilobyte", 1e3))


@health.get("/health")
@admits(ANYONE)
def check() -> tuple[Response, int]:
    """503 when the database is away. Degraded is no reason to take the process out of service, so it is 200 too."""
    try:
        readers, clock = reader_conditions(visit.store(), visit.now()), clock_condition(visit.store())
        sends = not is_held(visit.store())
    except (Error, PoolTimeout, Unavailable):
        return jsonify(status="database away"), 503
    parked = sum(reader.parked for reader in readers)
    is_good = clock.is_right and sends and not parked and not any(reader.is_late for reader in readers)
    behind = {reader.name: {"behind": reader.behind, "seconds": round(reader.seconds, 3)} for reader in readers}
    told = {"is_right": clock.is_right, "ahead": round(clock.ahead), "behind": max(round(clock.behind), 0)}
    status = "ok" if is_good else "degraded"
    return jsonify(status=status, parked=parked, readers=behind, clock=told, sends=sends), 200


@health.get("/metrics")
@admits(ANYONE)
def measure() -> Response:
    """For Prometheus, with the token of the settings; without the setting there is no such page."""
    token = current_app.config["METRICS_TOKEN"]
    if not token:
        return make_response("", 404)
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
        return make_response("", 401, {"WWW-Authenticate": "Bearer"})
    return metrics.scraped(visit.store(), visit.now())


@health.get("/support/health")
@admits("health.see")
def page() -> str:
    """What is the house's own; readers and the database serve every house, and are shown to the support alone."""
    letters, is_support = latest_letters(visit.store(), visit.house(), visit.now()), g.member.rights.may("support.look")
    return render_template(
        "health/page.html",
        own=own_condition(visit.store(), visit.house(), visit.now()),
        letters=letters,
        unsent=sum(one.outcome == "failed" for one in letters),
        said=letter_words,
        clock=clock_condition(visit.store(), visit.house()),
        held_at=held_at(),
        whole=condition(visit.store(), visit.now()) if is_support else None,
        late_seconds=LATE_SECONDS,
        number=format_decimal,
        size=size,
        seconds=seconds,
    )


def held_at() -> str:
    """The date since which nothing is sent, as in a copy; empty while everything is."""
    with visit.store().reading(visit.house()) as db:
        since = held_since(db)
    return day(local_day(since)) if since else ""


def size(count: int) -> str:
    name, unit = next((each for each in SIZES if count >= each[1]), SIZES[-1])
    return unit_words(count / unit, f"digital-{name}")


def seconds(count: float) -> str:
    """3 s, then minutes and hours."""
    return lasting(timedelta(seconds=count)) if count >= 120 else unit_words(round(count), "duration-second")


def unit_words(count: float, unit: str) -> Any:
    return format_unit(count, unit, length="short", format="#,##0.#", locale=get_locale())
