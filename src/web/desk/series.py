"""Appointments that come back: planned with every date shown first, then seen as one."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from flask import render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from agenda.wanted import Wanted
from booking.rules import ReasonMissing
from booking.series import commands as series_commands
from booking.series import queries as series_queries
from booking.series.queries import Preview
from booking.series.rule import Rule
from booking.series.series import SeriesEmpty
from booking.series.settling import OccurrencesNotFree
from booking.series.wishes import NO_CHOICES, Choices
from kernel.errors import Refusal
from projections import history
from projections import series as series_view
from projections.series import SeriesCard
from web import told, visit
from web.desk import desk
from web.desk.create import client_of, form_facts
from web.entry import admits
from web.forms import Repeat, asked, sent
from web.refusals import explained
from web.sentences import told_lines
from web.series_choices import choices_in, without_skips
from web.series_rows import rows_of, taken_count
from web.sight import must_see_series, practitioners
from web.told import Toast

NEEDED = ("service_id", "resource_id", "on", "time")


@desk.get("/series/new")
@admits("agenda.write")
def repeat() -> str:
    """How the appointment comes back; every date is shown as soon as enough is known."""
    return plan_page(asked(Repeat))


@desk.post("/series/preview")
@admits("agenda.write")
def preview_series() -> str:
    facts = sent(Repeat)
    return plan_page(facts, choices_in(request.form, facts["reason"]))


@desk.post("/series")
@admits("agenda.write")
def plan() -> Response | tuple[str, int]:
    """Books all that is shown, or says which dates went to somebody else and books none."""
    facts = sent(Repeat)
    choices, id = choices_in(request.form, facts["reason"]), facts["id"] or uuid4()
    if not is_enough(facts) or facts["client_id"] is None:
        return plan_page(facts, choices, gettext("Choose a client, a service, a person, a date and a time.")), 422
    plan_facts = {"choices": choices, "note": facts["note"], "by": visit.act(facts["key"])}
    try:
        position = series_commands.plan_series(
            visit.store(), id, facts["client_id"], *when_and_what(facts), **plan_facts
        )
    except (OccurrencesNotFree, SeriesEmpty, ReasonMissing) as refusal:
        return plan_page(facts, choices, explained(refusal).happened), refusal.status
    told.await_view(position)
    return told.leave_for(url_for("desk.series", id=id), planned(id))


def planned(id: UUID) -> Toast:
    made = len(card_of(id).series.made)
    words = ngettext("%(num)d appointment made.", "%(num)d appointments made.", made)
    return Toast(words=words, undo_url=url_for("desk.cancel_series", id=id))


@desk.get("/series/<uuid:id>")
@admits("agenda.see")
def series(id: UUID) -> str:
    card = card_of(id)
    client_id = card.series.client_id
    lived = told_lines(reversed(history.of(visit.store(), visit.house(), id)))
    facts = {"client": client_of(client_id) if client_id else None, "names": people_names(), "lived": lived}
    return render_template("series/page.html", card=card, upcoming=upcoming(card), **facts)


def upcoming(card: SeriesCard) -> list[Any]:
    return [line for line in card.lines if line.starts_at > visit.now() and line.status in ("booked", "requested")]


def card_of(id: UUID) -> SeriesCard:
    return must_see_series(series_view.card(visit.store(), visit.house(), id), id)


def plan_page(facts: dict[str, Any], choices: Choices = NO_CHOICES, refused: str = "") -> str:
    seen, wrong = foreseen(facts, choices) if is_enough(facts) else (None, "")
    rows = rows_of(seen, choices, people_names(), is_change=False) if seen else []
    shown = form_facts(facts | {"client": facts["client_id"], "resource": facts["resource_id"]})
    named = {"id": facts["id"] or uuid4(), "asked": facts, "refused": refused or wrong}
    return render_template("series/new.html", **shown | named, seen=seen, rows=rows, taken=taken_count(rows))


def foreseen(facts: dict[str, Any], choices: Choices) -> tuple[Preview | None, str]:
    """Every date with what stands in its way; a rule that cannot be is said in place."""
    house, id = (visit.store(), visit.house()), facts["id"] or uuid4()
    asked_for = when_and_what(facts)
    try:
        # Dates may have changed since the choices were made: those that are no more are let go.
        names = set(asked_for[2].filled(facts["on"]).dates(facts["on"]))
        kept = {on: choice for on, choice in without_skips(choices).items() if on in names}
        return series_queries.preview_series(*house, id, *asked_for, visit.now(), choices=kept), ""
    except Refusal as refusal:
        return None, explained(refusal).happened


def is_enough(facts: dict[str, Any]) -> bool:
    return all(facts[name] is not None for name in NEEDED)


def when_and_what(facts: dict[str, Any]) -> tuple[date, str, Rule, list[Wanted]]:
    wanted = [Wanted(facts["service_id"], (facts["resource_id"],))]
    return facts["on"], f"{facts['time']:%H:%M}", rule_of(facts), wanted


def rule_of(facts: dict[str, Any]) -> Rule:
    ends = {"until_on": facts["until_on"]} if facts["end"] == "until" else {"count": facts["count"]}
    match facts["unit"]:
        case "week":
            days = {"weekdays": tuple(sorted(set(facts["weekdays"]))) or (facts["on"].weekday(),)}
        case "month":
            days = month_days(facts["on"], facts["monthly"])
        case _:
            days = {}
    return Rule(unit=facts["unit"], every=facts["every"], **days, **ends)


def month_days(on: date, monthly: str) -> dict[str, Any]:
    """The day of the month, or the weekday that the first date is in its month."""
    if monthly == "day":
        return {"month_day": on.day}
    return {"weekdays": (on.weekday(),), "nth": -1 if monthly == "last" else (on.day - 1) // 7 + 1}


def people_names() -> dict[UUID, str]:
    return {one.id: one.name for one in practitioners()}
