"""One day: a column for each practitioner, drawn for the page and redrawn when something changed."""

from datetime import date, timedelta
from typing import Any
from zlib import crc32

from flask import abort, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from projections import desk as desk_view
from projections import history, message_list
from web import visit
from web.desk import desk
from web.entry import admits
from web.forms import FIRST_YEAR, LAST_YEAR
from web.grid import draw
from web.sight import SEE, practitioners

MOST_COLUMNS = 12
STRIP_DAYS = 14
A_DAY = timedelta(days=1)


@desk.get("/")
@admits("agenda.see")
def home() -> Response:
    return redirect(url_for("desk.day", on=visit.today()))


@desk.get("/agenda/")
@admits("agenda.see")
def jump() -> Response:
    """Where the date picker of the title leads without a script."""
    return redirect(url_for("desk.day", on=date_in(request.args.get("on", ""))))


@desk.get("/agenda/<on>")
@admits("agenda.see")
def day(on: str) -> str:
    return day_page(date_in(on))


@desk.get("/agenda/<on>/changes")
@admits("agenda.see")
def changes(on: str) -> Response:
    """The columns again if anything changed since `mark`; 204 if not. Cheap while the log stands still."""
    mark = request.args.get("mark", "")
    position = history.latest(visit.store(), visit.house())
    if mark.startswith(f"{position}."):
        return make_response("", 204)
    facts = day_facts(date_in(on))
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
    return render_template("day/page.html", **day_facts(on), **panel)


def day_facts(on: date) -> dict[str, Any]:
    """Everything the page of a day shows."""
    people = practitioners()
    pages = max(1, -(-len(people) // MOST_COLUMNS))
    page = min(page_number(), pages)
    # Read before the day is: what arrives in between is drawn twice rather than missed.
    position = history.latest(visit.store(), visit.house())
    ids = [one.id for one in people[(page - 1) * MOST_COLUMNS : page * MOST_COLUMNS]]
    seen = desk_view.day(visit.store(), visit.house(), on, ids)
    drawing, strip = draw(seen, visit.zone(), visit.now()), fills(on)
    mark = f"{position}.{crc32(repr((drawing.columns, drawing.opens, strip)).encode()):x}"
    around = {"on": on, "before": on - A_DAY, "after": on + A_DAY, "pending": seen.pending if sees_all() else 0}
    around["failed"] = message_list.failed(visit.store(), visit.house(), visit.now(), g.member.rights.over(SEE))
    return around | {"drawing": drawing, "strip": strip, "page": page, "pages": pages, "mark": mark}


def sees_all() -> bool:
    return g.member.rights.over(SEE) is None


def fills(on: date) -> dict[date, int | None]:
    """Two weeks from this week's Monday, with how full each day is."""
    monday = on - timedelta(days=on.weekday())
    columns = g.member.rights.over(SEE)
    return desk_view.fills(visit.store(), visit.house(), monday, STRIP_DAYS, columns)
