"""A day from the first visit to the last, for a phone in the hand: who is next, who has come, what is free."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import render_template
from msgspec import Struct

from agenda.queries import ResourceCard
from web import visit
from web.day_rows import Row, columns_on, rows_of, told_of
from web.desk import desk
from web.entry import admits
from web.forms import asked
from web.forms_list import AskDay
from web.sight import practitioners

A_DAY = timedelta(days=1)
AHEAD = ("booked", "requested", "proposed")


class Timed(Struct, frozen=True, kw_only=True):
    """A line of the day; `moment` is over, now, next or later, on the day of today alone."""

    row: Row
    moment: str = ""


@desk.get("/today")
@admits("agenda.see")
def today() -> str:
    facts = asked(AskDay)
    on = facts["on"] or visit.today()
    people = practitioners()
    shown = chosen(people, facts["person"])
    columns = columns_on([on], [one.id for one in shown])
    rows = rows_of(columns, told_of(columns))
    visits = [row for row in rows if row.kind == "visit"]
    return render_template(
        "today/page.html",
        lines=timed(rows) if on == visit.today() else [Timed(row=row) for row in rows],
        count=len({row.line.appointment_id for row in visits}),
        people=people,
        shown={one.id for one in shown},
        is_everybody=len(shown) == len(people),
        **days_around(on),
    )


def chosen(people: list[ResourceCard], ids: list[UUID]) -> list[ResourceCard]:
    """Those asked for among those whose columns may be looked at; everybody when none of them is."""
    return [one for one in people if one.id in ids] or people


def days_around(on: date) -> dict[str, Any]:
    return {"on": on, "before": on - A_DAY, "after": on + A_DAY}


def timed(rows: list[Row]) -> list[Timed]:
    """With the next visit marked, and free time that is over left out."""
    now = visit.now()
    ahead = [row for row in rows if row.line and row.line.status in AHEAD and row.starts_at > now]
    first = ahead[0].starts_at if ahead else None
    shown = (row for row in rows if row.kind != "free" or row.ends_at > now)
    return [Timed(row=row, moment=moment_of(row, now, first)) for row in shown]


def moment_of(row: Row, now: Any, first: Any) -> str:
    if row.ends_at <= now:
        return "over"
    if row.starts_at <= now:
        return "now"
    return "next" if row.kind == "visit" and row.starts_at == first else "later"
