"""The hours of each resource: its week, its dated exceptions, and what a change leaves outside."""

from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import g, render_template, url_for
from flask_babel import gettext, ngettext
from msgspec import Struct
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.wrappers import Response

from accounts import queries as accounts
from accounts.place import Place
from agenda import commands
from agenda import queries as agenda
from agenda.hours import Hours, WeeklyPeriod
from agenda.hours_changes import last_change
from agenda.hours_checks import overlaps
from agenda.queries import ResourceCard
from agenda.resource import Resource
from kernel.errors import NotFound, Refusal
from projections import desk as desk_view
from projections.desk import AppointmentCard
from web import told, visit
from web.entry import admits
from web.forms import sent
from web.forms_agenda import BackTo, CopyDay, CopyWeek, SetDay, SetWeek
from web.forms_team import OfMember
from web.series_words import weekday
from web.settings import settings
from web.settings.week import copied, drawn, field_time, span_words
from web.sight import SEE, may
from web.told import Toast

# As many appointments outside as are listed by name.
LISTED = 12


class PeriodsOverlap(Refusal):
    """Two periods of one day share time."""


class Outside(Struct, frozen=True):
    """The appointments that hours leave outside: how many, and the first of them that the visitor may look at."""

    count: int
    listed: list[AppointmentCard]


@settings.get("/hours")
@admits("hours.write")
def hours() -> str:
    """The own week first; of those who have none, the first."""
    known = editable()
    if not known:
        return render_template("settings/hours_nobody.html")
    own = next((one for one in known if one.id == getattr(g.member, "resource_id", None)), known[0])
    return week(own.id)


@settings.get("/hours/<uuid:id>")
@admits("hours.write")
def week(id: UUID) -> str:
    one = resource_of(id)
    return render_template("settings/hours.html", **facts_of(one, one.hours))


@settings.post("/hours/<uuid:id>/foresee")
@admits("hours.write")
def foresee_week(id: UUID) -> str:
    """What the hours written would leave outside, before they are kept."""
    one = resource_of(id)
    hours = week_sent(sent(SetWeek), one)
    must_not_overlap(hours)
    page = "settings/hours_week.html" if visit.is_htmx() else "settings/hours.html"
    return render_template(page, **facts_of(one, hours), is_foreseen=True, is_beside=visit.is_htmx())


@settings.post("/hours/<uuid:id>")
@admits("hours.write")
def set_week(id: UUID) -> Response:
    facts, one = sent(SetWeek), resource_of(id)
    return keep(one, week_sent(facts, one), facts)


@settings.post("/hours/<uuid:id>/copy-day")
@admits("hours.write")
def copy_day(id: UUID) -> Response:
    facts, one = sent(CopyDay), resource_of(id)
    return keep(one, copied(one.hours, facts["day"], facts["days"]), facts)


@settings.post("/hours/<uuid:id>/copy-week")
@admits("hours.write")
def copy_week(id: UUID) -> Response:
    """The week of a colleague whose column the visitor may look at; dated hours stay as they are."""
    facts, one = sent(CopyWeek), resource_of(id)
    if facts["resource_id"] not in {card.id for card in agenda_seen()}:
        raise NotFound(kind="Resource", id=str(facts["resource_id"]))
    theirs = agenda.resource(visit.store(), visit.house(), facts["resource_id"])
    return keep(one, Hours(theirs.hours.weekly, one.hours.dated), facts)


@settings.post("/hours/<uuid:id>/days")
@admits("hours.write")
def set_day(id: UUID) -> Response:
    facts, one = sent(SetDay), resource_of(id)
    by = visit.act(facts["key"]).expecting(id, facts["expected_version"])
    position = commands.set_day_hours(visit.store(), id, facts["on"], facts["periods"], by=by)
    return answered(one, position, gettext("Hours of this date kept."))


@settings.post("/hours/<uuid:id>/days/<on>/clear")
@admits("hours.write")
def clear_day(id: UUID, on: str) -> Response:
    facts, one = sent(OfMember), resource_of(id)
    by = visit.act(facts["key"]).expecting(id, facts["expected_version"])
    position = commands.clear_day_hours(visit.store(), id, read_date(on), by=by)
    return answered(one, position, gettext("The usual week holds again on this date."))


@settings.post("/hours/<uuid:id>/undo")
@admits("hours.write")
def undo_hours(id: UUID) -> Response:
    """The hours as they were at an earlier version, unless somebody has changed them since."""
    facts, one = sent(BackTo), resource_of(id)
    before = visit.store().find_as_of(visit.house(), Resource, id, facts["version"])
    by = visit.act(facts["key"]).expecting(id, facts["expected_version"])
    position = commands.set_hours(visit.store(), id, before.hours, by=by)
    return answered(one, position, gettext("Undone: the hours are as they were."), is_undone=True)


def keep(one: Resource, hours: Hours, facts: dict[str, Any]) -> Response:
    must_not_overlap(hours)
    by = visit.act(facts["key"]).expecting(one.id, facts["expected_version"])
    position = commands.set_hours(visit.store(), one.id, hours, by=by)
    return answered(one, position, gettext("Hours kept."))


def week_sent(facts: dict[str, Any], one: Resource) -> Hours:
    """What stands in the form, beside periods that are over, which it does not show."""
    over = [each for each in one.hours.weekly if each.until_on and each.until_on < visit.today()]
    return Hours([*over, *facts["periods"]], one.hours.dated)


def must_not_overlap(hours: Hours) -> None:
    """Says which day it is; what overlaps in rarer ways the domain refuses."""
    for one, other in overlaps(hours):
        if isinstance(one, WeeklyPeriod):
            raise PeriodsOverlap(day=weekday(one.weekday), one=span_words(one), other=span_words(other))


def answered(one: Resource, position: int, words: str, *, is_undone: bool = False) -> Response:
    """The page as it is now with the message, which first says what is left outside."""
    told.await_view(position)
    now = agenda.resource(visit.store(), visit.house(), one.id)
    facts = facts_of(now, now.hours)
    toast = Toast(words=" ".join(filter(None, [words, outside_words(facts["outside"].count)])))
    if now.version > one.version and not is_undone:
        undo = {"version": str(one.version), "expected_version": str(now.version)}
        toast = Toast(words=toast.words, undo_url=url_for("settings.undo_hours", id=one.id), undo_fields=undo)
    to = url_for("settings.week", id=one.id)
    return told.answer(toast, to=to, fragment="settings/hours_week.html", **facts, is_beside=True)


def outside_words(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(num)d appointment falls outside these hours. Nothing is cancelled.",
        "%(num)d appointments fall outside these hours. Nothing is cancelled.",
        count,
    )


def facts_of(one: Resource, hours: Hours) -> dict[str, Any]:
    cards = editable()
    card = next(each for each in cards if each.id == one.id)
    ahead = agenda.left_outside(visit.store(), visit.house(), one.id, Hours(), visit.now())
    outside = outside_of(one.id, hours)
    return {
        "one": one,
        "card": card,
        "cards": cards,
        "colleagues": [each for each in agenda_seen() if each.id != one.id],
        "week": drawn(hours, ahead, ZoneInfo(card.zone), visit.today()),
        "dated": sorted((day for day in hours.dated if day.on >= visit.today()), key=lambda day: day.on),
        "places": places_for(one, hours),
        "outside": outside,
        "outside_words": outside_words(outside.count),
        "last": last_change(visit.store(), visit.house(), one.id),
        "field_time": field_time,
        "span_words": span_words,
    }


def places_for(one: Resource, hours: Hours) -> list[Place]:
    """Where they receive, and wherever their hours already are."""
    written = commands.places_of([*hours.weekly, *(period for day in hours.dated for period in day.periods)])
    with visit.store().reading(visit.house()) as db:
        known = accounts.places(db)
    return [place for place in known if not one.place_ids or place.id in one.place_ids or place.id in written]


def outside_of(id: UUID, hours: Hours) -> Outside:
    rows = agenda.left_outside(visit.store(), visit.house(), id, hours, visit.now())
    ids = list(dict.fromkeys(row.id for row in sorted(rows, key=lambda row: row.start)))
    cards = (desk_view.appointment(visit.store(), visit.house(), each) for each in ids[:LISTED])
    return Outside(len(ids), [card for card in cards if card is not None and may(SEE, card)])


def resource_of(id: UUID) -> Resource:
    """One whose hours the visitor may change; any other is as if it were not there."""
    if id not in {card.id for card in editable()}:
        raise NotFound(kind="Resource", id=str(id))
    return agenda.resource(visit.store(), visit.house(), id)


def editable() -> list[ResourceCard]:
    known = agenda.resources(visit.store(), visit.house())
    return [one for one in known if one.has_hours and may("hours.write", one)]


def agenda_seen() -> list[ResourceCard]:
    return [one for one in agenda.resources(visit.store(), visit.house()) if one.has_hours and may(SEE, one)]


def read_date(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as wrong:
        raise NoSuchPage from wrong
