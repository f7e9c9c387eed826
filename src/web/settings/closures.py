"""The dates on which a place is closed: public holidays of a year, the house's own, and who is booked on them."""

from collections.abc import Iterable
from datetime import date, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from flask import g, redirect, render_template, url_for
from flask_babel import get_locale, gettext, ngettext
from werkzeug.wrappers import Response

from accounts import queries as accounts
from accounts.place import Place
from agenda import commands
from agenda import queries as agenda
from kernel.actors import Act
from kernel.errors import NotFound, Refusal
from kernel.zones import DAY
from projections import desk as desk_view
from projections.desk import Line
from web import told, visit
from web.covered import Blocks, hit_cards, proposals
from web.covered_settled import settle
from web.entry import admits
from web.forms import asked, sent
from web.forms_absences import choices_sent
from web.forms_agenda import AskClosing, AskYear, CloseDates, CloseHolidays, ReopenDates
from web.grid import wall
from web.settings import settings
from web.sight import SEE, may
from web.told import Toast
from web.words import LIVE

LONGEST_DAYS = 92


class ClosureNotValid(Refusal):
    """Dates that end before they begin, or go on for longer than a season."""


class Closing(NamedTuple):
    """Places, the dates that are not closed yet, and what in an address asks for the same again."""

    places: list[Place]
    dates: dict[date, str]
    asked: dict[str, Any]

    @property
    def blocks(self) -> Blocks:
        """For each column that receives there, those dates as whole days."""
        people = agenda.resources(visit.store(), visit.house(), kind="practitioner")
        found: Blocks = {}
        for place in self.places:
            zone = ZoneInfo(place.zone)
            spans = [(wall(a, time(), zone), wall(b + DAY, time(), zone)) for a, b in stretches(self.dates)]
            found |= {one.id: spans for one in people if not one.place_ids or place.id in one.place_ids}
        return found


@settings.get("/closures")
@admits("settings.write")
def closures() -> str:
    year = asked(AskYear)["year"] or visit.today().year
    known = [facts_of(place, year) for place in places()]
    return render_template("settings/closures.html", known=known, year=year, years=range(year - 1, year + 2))


@settings.post("/closures/<uuid:id>/holidays")
@admits("settings.write")
def close_holidays(id: UUID) -> Response | str:
    facts, place = sent(CloseHolidays), place_of(id)
    words = gettext("Public holidays of %(year)s closed.", year=facts["year"])
    return close(id, holidays_of(place, facts["year"]), facts, words)


@settings.post("/closures/<uuid:id>")
@admits("settings.write")
def close_dates(id: UUID) -> Response | str:
    facts, place = sent(CloseDates), place_of(id)
    closing = dates_of(place, facts)
    days = len(closing.dates)
    return close(id, closing, facts, ngettext("%(num)d day closed.", "%(num)d days closed.", days))


@settings.get("/closures/<uuid:id>/foresee")
@admits("settings.write")
def foresee_closing(id: UUID) -> str:
    """Who is booked on dates that would be closed, before they are."""
    facts, place = asked(AskClosing), place_of(id)
    closing = holidays_of(place, facts["year"]) if facts["year"] else dates_of(place, facts)
    way = "settings.close_holidays" if facts["year"] else "settings.close_dates"
    blocks = closing.blocks
    return render_template(
        "covered/page.html",
        title=gettext("Closing: %(place)s", place=", ".join(place.name for place in closing.places)),
        hits=proposals(hit_cards(blocks), blocks),
        action=url_for(way, id=id),
        handed=[*closing.asked.items(), ("key", uuid4())],
    )


@settings.post("/closures/<uuid:id>/reopen")
@admits("settings.write")
def reopen_date(id: UUID) -> Response:
    """Dates of one place, and with them those of others that were closed together."""
    facts = sent(ReopenDates)
    closed = {place_of(each).id: dates for each, dates in ({id: facts["on"]} | facts["elsewhere"]).items() if dates}
    for each, dates in closed.items():
        told.await_view(commands.reopen_dates(visit.store(), each, dates, by=act_at(each, facts)))
    year = min([on for dates in closed.values() for on in dates], default=visit.today()).year
    return told.leave_for(url_for("settings.closures", year=year), Toast(words=gettext("Open again on this date.")))


def close(id: UUID, closing: Closing, facts: dict[str, Any], words: str) -> Response | str:
    """At once where nobody is booked; else those who are stand first on a page of their own."""
    blocks, chosen = closing.blocks, choices_sent()
    if not facts["is_foreseen"] and hit_cards(blocks):
        return redirect(url_for("settings.foresee_closing", id=id, **closing.asked), code=303)
    toast = Toast(words=words, **reopening(id, closing))
    for place in closing.places:
        by = act_at(place.id, facts)
        told.await_view(commands.close_dates(visit.store(), place.id, closing.dates, by=by))
    if facts["is_foreseen"]:
        outcomes = settle(facts, blocks, chosen)
        return render_template("covered/settled.html", toast=toast, refused={}, outcomes=outcomes)
    return told.leave_for(url_for("settings.closures", year=facts.get("year") or facts["from_on"].year), toast)


def act_at(place_id: UUID, facts: dict[str, Any]) -> Act:
    """Of one sending, what is done at one place."""
    return visit.act(facts["key"] and f"{facts['key']}/{place_id}")


def reopening(id: UUID, closing: Closing) -> dict[str, Any]:
    """The form that opens again what is about to be closed, at each place only what was open there."""
    open_at = {place.id: still_open(place, closing.dates) for place in closing.places}
    if not any(open_at.values()):
        return {}
    elsewhere = ", ".join(f"{place} {dates}" for place, dates in open_at.items() if dates and place != id)
    fields = {"on": open_at.get(id, ""), "elsewhere": elsewhere}
    return {"undo_url": url_for("settings.reopen_date", id=id), "undo_fields": fields}


def still_open(place: Place, dates: Iterable[date]) -> str:
    closed = agenda.closed_dates(visit.store(), visit.house(), place.id)
    return " ".join(str(on) for on in dates if on not in closed)


def holidays_of(place: Place, year: int) -> Closing:
    closed = agenda.closed_dates(visit.store(), visit.house(), place.id)
    named = commands.public_holidays(place.country, year, g.member.language)
    return Closing([place], {on: name for on, name in named.items() if on not in closed}, {"year": year})


def dates_of(place: Place, facts: dict[str, Any]) -> Closing:
    first, last = facts["from_on"], facts["until_on"] or facts["from_on"]
    if first is None or not 1 <= (last - first).days + 1 <= LONGEST_DAYS:
        raise ClosureNotValid(days=LONGEST_DAYS)
    there = places() if facts["is_everywhere"] else [place]
    closed = [agenda.closed_dates(visit.store(), visit.house(), each.id) for each in there]
    days = (first + timedelta(day) for day in range((last - first).days + 1))
    dates = {on: "" for on in days if not all(on in known for known in closed)}
    everywhere = {"is_everywhere": 1} if facts["is_everywhere"] else {}
    return Closing(there, dates, {"from_on": first, "until_on": last} | everywhere)


def stretches(dates: Iterable[date]) -> list[tuple[date, date]]:
    """Dates that follow each other, as their first and last."""
    found: list[tuple[date, date]] = []
    for on in sorted(dates):
        if found and found[-1][1] + DAY == on:
            found[-1] = (found[-1][0], on)
        else:
            found.append((on, on))
    return found


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
