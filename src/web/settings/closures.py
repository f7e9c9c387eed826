"""The dates on which a place is closed: public holidays of a year, the house's own, and who is booked on them."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask_babel import get_locale, gettext, ngettext
from werkzeug.wrappers import Response

from accounts import queries as accounts
from accounts.place import Place
from agenda import commands
from agenda import queries as agenda
from kernel.errors import NotFound, Refusal
from projections import desk as desk_view
from projections.desk import Line
from web import told, visit
from web.entry import admits
from web.forms import asked, sent
from web.forms_agenda import AskYear, CloseDates, CloseHolidays, ReopenDate
from web.settings import settings
from web.sight import SEE, may
from web.told import Toast
from web.words import LIVE

LONGEST_DAYS = 92


class ClosureNotValid(Refusal):
    """Dates that end before they begin, or go on for longer than a season."""


@settings.get("/closures")
@admits("settings.write")
def closures() -> str:
    year = asked(AskYear)["year"] or visit.today().year
    known = [facts_of(place, year) for place in places()]
    return render_template("settings/closures.html", known=known, year=year, years=range(year - 1, year + 2))


@settings.post("/closures/<uuid:id>/holidays")
@admits("settings.write")
def close_holidays(id: UUID) -> Response:
    facts, place = sent(CloseHolidays), place_of(id)
    position = commands.close_public_holidays(visit.store(), place.id, facts["year"], by=visit.act(facts["key"]))
    return back(position, gettext("Public holidays of %(year)s closed.", year=facts["year"]), facts["year"])


@settings.post("/closures/<uuid:id>")
@admits("settings.write")
def close_dates(id: UUID) -> Response:
    facts, place = sent(CloseDates), place_of(id)
    first, last = facts["from_on"], facts["until_on"] or facts["from_on"]
    days = (last - first).days + 1
    if not 1 <= days <= LONGEST_DAYS:
        raise ClosureNotValid(days=LONGEST_DAYS)
    named = {first + timedelta(day): "" for day in range(days)}
    position = commands.close_dates(visit.store(), place.id, named, by=visit.act(facts["key"]))
    return back(position, ngettext("%(num)d day closed.", "%(num)d days closed.", days), first.year)


@settings.post("/closures/<uuid:id>/reopen")
@admits("settings.write")
def reopen_date(id: UUID) -> Response:
    facts, place = sent(ReopenDate), place_of(id)
    position = commands.reopen_dates(visit.store(), place.id, [facts["on"]], by=visit.act(facts["key"]))
    return back(position, gettext("Open again on this date."), facts["on"].year)


def facts_of(place: Place, year: int) -> dict[str, Any]:
    closed = agenda.closed_dates(visit.store(), visit.house(), place.id)
    return {
        "place": place,
        "closed": [(on, name, booked_on(place, on)) for on, name in closed.items() if on.year == year],
        "offered": [(on, name, booked_on(place, on)) for on, name in holidays(place, year) if on not in closed],
    }


def holidays(place: Place, year: int) -> list[tuple[date, str]]:
    try:
        return sorted(commands.public_holidays(place.country, year, get_locale().language).items())
    except commands.CountryUnknown:
        return []


def booked_on(place: Place, on: date) -> list[Line]:
    """Appointments ahead of those who receive at this place; each once."""
    if on < visit.today():
        return []
    columns = desk_view.day(visit.store(), visit.house(), on).columns
    there = (each for each in columns if not each.resource.place_ids or place.id in each.resource.place_ids)
    lines = [line for column in there for line in column.lines if line.status in LIVE and may(SEE, line)]
    return list({line.appointment_id: line for line in lines}.values())


def places() -> list[Place]:
    with visit.store().reading(visit.house()) as db:
        return accounts.places(db)


def place_of(id: UUID) -> Place:
    found = next((each for each in places() if each.id == id), None)
    if found is None:
        raise NotFound(kind="Place", id=str(id))
    return found


def back(position: int, words: str, year: int) -> Response:
    told.await_view(position)
    return told.leave_for(url_for("settings.closures", year=year), Toast(words=words))
