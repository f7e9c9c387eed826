"""A month: counts, fill and free hours, each day a way into itself."""

from datetime import date, timedelta

from flask import abort, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from projections import month as view
from web import visit
from web.desk import desk
from web.desk.day import date_in
from web.entry import admits
from web.sight import SEE


@desk.get("/month/")
@admits("agenda.see")
def this_month() -> Response:
    return redirect(url_for("desk.month", month=f"{visit.today():%Y-%m}"))


@desk.get("/month/<month>")
@admits("agenda.see")
def month(month: str) -> str:
    """`month` reads 2026-11."""
    if len(month) != len("2026-11"):
        abort(404)
    first = date_in(f"{month}-01")
    weeks = view.weeks(visit.store(), visit.house(), first, g.member.rights.over(SEE))
    return render_template("month/page.html", first=first, weeks=weeks, before=moved(first, -1), after=moved(first, 40))


def moved(first: date, days: int) -> str:
    """The month of some days later."""
    return f"{first + timedelta(days):%Y-%m}"
