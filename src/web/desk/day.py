"""The agenda as columns of days: one day of many, or one week of a few, drawn and redrawn when something changed."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zlib import crc32

from flask import abort, g, make_response, redirect, render_template, request, url_for
from msgspec.structs import replace
from werkzeug.wrappers import Response

from agenda import queries as agenda
from agenda.queries import ResourceCard
from projections import desk as desk_view
from projections import fill, history, message_list
from projections.desk import Column
from web import visit
from web.desk import desk
from web.desk.columns import choice, shown_in_weeks, shown_on_days, to_choose_from
from web.entry import admits
from web.forms import FIRST_YEAR, LAST_YEAR
from web.grid import draw
from web.sight import SEE

MOST_COLUMNS = 12
STRIP_DAYS = 14
A_DAY = timedelta(days=1)
WEEKEND = (5, 6)
STEPS = {"day": A_DAY, "week": 7 * A_DAY}


@desk.get("/")
@admits("agenda.see")
def home() -> Response:
    return redirect(url_for("desk.day", on=visit.today()))


@desk.get("/agenda/")
@admits("agenda.see")
def jump() -> Response:
    """Where the date picker of the title leads without a script."""
    on = date_in(request.args.get("on", ""))
    return redirect(here("week" if request.args.get("view") == "week" else "day", on))


@desk.get("/agenda/<on>")
@admits("agenda.see")
def day(on: str) -> str:
    return sheet_page("day", date_in(on))


@desk.get("/week/")
@admits("agenda.see")
def this_week() -> Response:
    return redirect(url_for("desk.week", on=visit.today()))


@desk.get("/week/<on>")
@admits("agenda.see")
def week(on: str) -> str:
    return sheet_page("week", date_in(on))


@desk.get("/<any(agenda, week):view>/<on>/changes")
@admits("agenda.see")
def changes(view: str, on: str) -> Response:
    """The columns again if anything changed since `mark`; 204 if not. Cheap while the log stands still."""
    mark = request.args.get("mark", "")
    position = history.latest(visit.store(), visit.house())
    if mark.startswith(f"{position}."):
        return make_response("", 204)
    facts = sheet_facts("week" if view == "week" else "day", date_in(on))
    if mark.partition(".")[2] == facts["mark"].partition(".")[2]:
        return make_response("", 204, {"Carnet-Mark": facts["mark"]})
    return make_response(render_template("day/changes.html", **facts))


def date_in(written: str) -> date:
    """The day an address names; 404 for one that no calendar has."""
    try:
        on = date.fromisoformat(written)
    except ValueError:
        abort(404)
    if not FIRST_YEAR < on.year < LAST_YEAR:
        abort(404)
    return on


def page_number() -> int:
    written = request.args.get("page", "1")
    return int(written) if written.isascii() and written.isdecimal() and 0 < int(written) < 1000 else 1


def day_page(on: date, **panel: Any) -> str:
    return sheet_page("day", on, **panel)


def sheet_page(view: str, on: date, **panel: Any) -> str:
    return render_template("day/page.html", **sheet_facts(view, on), **panel)


def sheet_facts(view: str, on: date) -> dict[str, Any]:
    """Everything that the page of a day or of a week shows."""
    known = to_choose_from()
    # Read before the columns are: what arrives in between is drawn twice rather than missed.
    position = history.latest(visit.store(), visit.house())
    chosen, found, pages = week_columns(known, on) if view == "week" else day_columns(known, on)
    options = found.options
    dates = list(dict.fromkeys(column.on for column in found.columns)) or [on]
    usual = (options.first_hour, options.last_hour)
    drawing, strip = draw(found.columns, dates, visit.zone(), visit.now(), usual), fills(on)
    waiting = waits()
    mark = f"{position}.{crc32(repr((drawing.columns, drawing.minutes, strip, waiting)).encode()):x}"
    around = {"view": view, "on": on, "pages": pages, "page": min(page_number(), pages), "dates": dates}
    around |= {"before": here(view, on - STEPS[view]), "after": here(view, on + STEPS[view])}
    around |= {"to_choose_from": known, "chosen": chosen, "choice": choice(options), "here": here, "options": options}
    return around | waiting | {"drawing": drawing, "strip": strip, "mark": mark}


def waits() -> dict[str, int]:
    """What the chips of the strip count: from today on, whatever day is looked at."""
    house, columns = (visit.store(), visit.house()), g.member.rights.over(SEE)
    pending = desk_view.requests_from(*house, visit.today()) if columns is None else 0
    return {"pending": pending, "failed": message_list.failed(*house, visit.now(), columns)}


def day_columns(known: list[ResourceCard], on: date) -> tuple[list[ResourceCard], desk_view.Sheet, int]:
    """A page of the columns of one date."""
    chosen = shown_on_days(known, choice(agenda.agenda_options(visit.store(), visit.house())))
    pages = max(1, -(-len(chosen) // MOST_COLUMNS))
    first = (min(page_number(), pages) - 1) * MOST_COLUMNS
    ids = [one.id for one in chosen[first : first + MOST_COLUMNS]]
    return chosen, sheet([on], ids), pages


def week_columns(known: list[ResourceCard], on: date) -> tuple[list[ResourceCard], desk_view.Sheet, int]:
    """A page of the days of one week, each with a column for each who is looked at."""
    chosen = shown_in_weeks(known, MOST_COLUMNS)
    monday = on - timedelta(days=on.weekday())
    found = sheet([monday + number * A_DAY for number in range(7)], [one.id for one in chosen])
    dates = [on for on in dict.fromkeys(column.on for column in found.columns) if is_worked(found.columns, on)]
    a_page = max(1, MOST_COLUMNS // max(1, len(chosen)))
    pages = max(1, -(-len(dates) // a_page))
    first = (min(page_number(), pages) - 1) * a_page
    shown = set(dates[first : first + a_page])
    columns = [column for column in found.columns if column.on in shown]
    return chosen, replace(found, columns=columns), pages


def is_worked(columns: list[Column], on: date) -> bool:
    """A day of a weekend takes its place only when somebody is there or something stands on it."""
    of_day = [column for column in columns if column.on == on]
    return on.weekday() not in WEEKEND or any(column.periods or column.lines for column in of_day)


def sheet(dates: list[date], ids: list[UUID]) -> desk_view.Sheet:
    return desk_view.sheet(visit.store(), visit.house(), dates, ids)


def here(view: str, on: date, page: int = 1) -> str:
    """The address of another day or week, of whom this one is."""
    about = {"on": on, "page": page if page > 1 else None}
    who = request.args.getlist("who") or None
    return url_for("desk.week", who=who, **about) if view == "week" else url_for("desk.day", **about)


def fills(on: date) -> dict[date, int | None]:
    """Two weeks from this week's Monday, with how full each day is."""
    monday = on - timedelta(days=on.weekday())
    columns = g.member.rights.over(SEE)
    return fill.fills(visit.store(), visit.house(), monday, STRIP_DAYS, columns)
