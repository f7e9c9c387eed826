"""Series over HTTP: appointments that come back by a rule, shown before they are made or changed, all or none."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import Schema
from msgspec.structs import asdict

from booking.queries import appointments as appointments_of
from booking.queries import as_of
from booking.series import commands, queries
from booking.series.changes import Movement
from booking.series.queries import Foreseen, Kept, Preview
from booking.series.series import Series, occurrence_id
from booking.series.text import read_rule, write_rule
from booking.series.wishes import Choices
from projections import series as view
from web import refusals, visit
from web.api.call import act, existing, fresh_id, house, is_at_desk, kept, made, tagged
from web.api.family import Family
from web.api.fields import local, slice_of
from web.api.problems import code_of
from web.api.series_bodies import (
    AskedSeries,
    CancelSeries,
    EditSeries,
    EndSeries,
    MoveSeries,
    Pattern,
    Plan,
    PreviewBody,
    RestoreSeries,
    SeriesBody,
    SeriesLines,
)
from web.entry import needs

series = Family("series", __name__, description="Appointments that come back by a rule: previewed, then all or none.")


@series.get("/series")
@series.arguments(AskedSeries, location="query")
@series.response(200, SeriesLines)
@needs("appointments:read")
def list_series(asked: dict[str, Any]) -> Any:
    """The series of a client."""
    lines = view.of_client(*house(), asked["client_id"])
    return slice_of([asdict(line) | {"id": line.series_id} for line in lines], asked)


@series.post("/series/preview")
@series.arguments(Pattern)
@series.response(200, PreviewBody)
@needs("appointments:read")
def preview(facts: dict[str, Any]) -> Any:
    """Every occurrence of a series that is not made yet: where it fits, or why not and what else is possible."""
    facts |= {"rule": read_rule(facts["rule"]), "wanted": facts.pop("services"), "id": fresh_id({})}
    return preview_body(queries.preview_series(*house(), **facts, now=visit.now(), for_staff=is_at_desk()))


@series.post("/series")
@series.arguments(Plan)
@series.response(201, SeriesBody)
@needs("appointments:write")
def plan(facts: dict[str, Any]) -> Any:
    """Books every occurrence, or none: 409 `occurrences_not_free` names those that need a choice."""
    id = fresh_id(facts)
    facts |= {"rule": read_rule(facts["rule"]), "wanted": facts.pop("services")}
    position = commands.plan_series(visit.store(), id, **facts, by=act())
    return made(one(id, position), position)


@series.get("/series/<uuid:id>")
@series.response(200, SeriesBody)
@needs("appointments:read")
def read(id: UUID) -> Any:
    """One series with all its appointments, ended ones too."""
    return tagged(one(id))


@series.route("/series/<uuid:id>", methods=["PATCH"])
@series.arguments(EditSeries)
@series.response(200, SeriesBody)
@needs("appointments:write")
def edit(facts: dict[str, Any], id: UUID) -> Any:
    """Words, price and mark of the occurrences to come, and of further ones."""
    words = {name: facts.pop(name) for name in ("note", "client_note", "location", "video_link") if name in facts}
    return done(id, commands.edit_series(visit.store(), id, words=words, **facts, by=act(id)))


def both(name: str, schema: type[Schema], look: Callable[..., Preview], do: Callable[..., int], sentence: str) -> None:
    """Two routes for each change: one that only shows what it would do, one that does it."""

    @needs("appointments:read")
    def shown(facts: dict[str, Any], id: UUID) -> Any:
        return preview_body(look(id, facts))

    @needs("appointments:write")
    def change(facts: dict[str, Any], id: UUID) -> Any:
        return done(id, do(visit.store(), id, **facts, by=act(id)))

    for asked, path, answer, words in (
        (shown, f"/series/<uuid:id>/{name}/preview", PreviewBody, f"What this would do: {sentence}"),
        (change, f"/series/<uuid:id>/{name}", SeriesBody, sentence),
    ):
        asked.__name__, asked.__doc__ = f"{name}_{asked.__name__}", words
        series.post(path)(series.arguments(schema)(series.response(200, answer)(asked)))


def look_move(id: UUID, facts: dict[str, Any]) -> Preview:
    choices, movement = movement_of(facts)
    return queries.preview_move(*house(), id, movement, visit.now(), choices=choices, for_staff=is_at_desk())


def movement_of(facts: dict[str, Any]) -> tuple[Choices, Movement]:
    names = ("from_on", "days", "wall_time", "includes_exceptions")
    return facts["choices"], Movement(**{name: facts[name] for name in names}, wanted=tuple(facts["services"]))


def do_move(store: Any, id: UUID, *, by: Any, **facts: Any) -> int:
    choices, movement = movement_of(facts)
    return commands.move_series(store, id, movement, choices=choices, reason=facts["reason"], by=by)


def look_end(id: UUID, facts: dict[str, Any]) -> Preview:
    asked = {name: value for name, value in facts.items() if name != "reason"}
    return queries.preview_end(*house(), id, visit.now(), **asked, for_staff=is_at_desk())


def look_cancel(id: UUID, facts: dict[str, Any]) -> Preview:
    scope = {name: facts[name] for name in ("from_on", "includes_exceptions")}
    return queries.preview_cancel(*house(), id, visit.now(), **scope)


def look_restore(id: UUID, facts: dict[str, Any]) -> Preview:
    return queries.preview_restore(*house(), id, visit.now(), choices=facts["choices"])


both("move", MoveSeries, look_move, do_move, "other days, another time, other people, services or lengths.")
both("end", EndSeries, look_end, commands.end_series, "another end: further occurrences, or fewer.")
both("cancel", CancelSeries, look_cancel, commands.cancel_series, "the occurrences to come are cancelled.")
both("restore", RestoreSeries, look_restore, commands.restore_series, "what was cancelled together last comes back.")


def done(id: UUID, position: int) -> Any:
    return tagged(one(id, position), **kept(position))


def one(id: UUID, position: int = 0) -> dict[str, Any]:
    """The series with its appointments, as a call left them."""
    with visit.store().reading(visit.house()) as db:
        found = existing(as_of(db, Series, id, position or None), "Series", id)
        ids = {occurrence_id(id, each.on): each.on for each in [*found.made, *found.cancelled]}
        reads = appointments_of(db, ids, position or None)
    occurrences = [occurrence_body(ids[each.appointment.id], each.appointment) for each in reads]
    facts = {name: getattr(found, name) for name in ("id", "version", "client_id", "rule", "zone", "wall_time")}
    return facts | {"occurrences": sorted(occurrences, key=lambda each: each["starts_at"])}


def occurrence_body(on: date, found: Any) -> dict[str, Any]:
    return {
        "on": on,
        "id": found.id,
        "status": found.status,
        "starts_at": local(found.starts_at, found.zone),
        "ends_at": local(found.segments[-1].ends_at, found.zone),
        "zone": found.zone,
        "is_exception": found.is_exception,
    }


def preview_body(seen: Preview) -> dict[str, Any]:
    return {
        "fitting": seen.fitting,
        "clashing": seen.clashing,
        "occurrences": [foreseen_body(each) for each in seen.occurrences],
        "kept": [kept_body(each) for each in seen.kept],
        "cancelled": [kept_body(each) for each in seen.cancelled],
        "missing_months": seen.missing_months,
        "rule": write_rule(seen.rule) if seen.rule else None,
    }


def foreseen_body(each: Foreseen) -> dict[str, Any]:
    facts = {name: getattr(each, name) for name in ("number", "on", "zone", "fits", "resource_ids", "rules", "people")}
    instants = {name: local(getattr(each, name), each.zone) for name in ("starts_at", "ends_at", "next_at")}
    return facts | instants | {
        "is_skipped": each.choice.is_skipped,
        "refusal": code_of(type(each.refusal)) if each.refusal else None,
        "detail": refusals.sentence(each.refusal) if each.refusal else "",
        "clashes_on": each.clashes_on,
    }


def kept_body(each: Kept) -> dict[str, Any]:
    zone = visit.zone().key
    times = {"starts_at": local(each.starts_at, zone), "ends_at": local(each.ends_at, zone), "zone": zone}
    return times | {"on": each.on, "id": each.id}
