"""The day on paper: a sheet for each practitioner, or the week of one."""

from datetime import date, timedelta

from flask import render_template
from msgspec import Struct

from agenda.queries import ResourceCard
from projections.desk import Column
from web import visit
from web.day_rows import Row, Told, columns_on, rows_of, told_of
from web.desk import desk
from web.desk.today import chosen, days_around
from web.entry import admits
from web.forms import asked
from web.forms_list import AskDay
from web.sight import practitioners

WEEK = 7


class Sheet(Struct, frozen=True, kw_only=True):
    """What one person has on one day, or on each day of a week that has anything."""

    person: ResourceCard
    days: list[tuple[date, list[Row]]]


@desk.get("/sheets")
@admits("agenda.see")
def sheets() -> str:
    facts = asked(AskDay)
    on, people = facts["on"] or visit.today(), practitioners()
    shown = chosen(people, facts["person"])
    first = on - timedelta(days=on.weekday()) if facts["week"] else on
    dates = [first + timedelta(days=number) for number in range(WEEK if facts["week"] else 1)]
    columns = columns_on(dates, [one.id for one in shown])
    told = told_of(columns)
    drawn = [sheet_of(one, columns, told, is_week=facts["week"]) for one in shown]
    return render_template(
        "today/sheets.html",
        sheets=drawn,
        people=people,
        shown={one.id for one in shown},
        is_everybody=len(shown) == len(people),
        is_week=facts["week"],
        first=first,
        last=dates[-1],
        **days_around(on),
    )


def sheet_of(person: ResourceCard, columns: list[Column], told: Told, *, is_week: bool) -> Sheet:
    days = [(column.on, rows_of([column], told)) for column in columns if column.resource.id == person.id]
    return Sheet(person=person, days=[(on, rows) for on, rows in days if rows or not is_week])
