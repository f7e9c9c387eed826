"""Who is away in the time to come and when the house is closed, in one list by date."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import g, render_template
from msgspec import Struct

from accounts import queries as accounts
from agenda import queries as agenda
from agenda.timetable import settings_of
from kernel.texts import words_of
from projections import absences as absences_view
from projections.absences import AbsenceLine
from web import visit
from web.absent import WRITE, span_words
from web.entry import admits
from web.formats import local_day
from web.settings import settings
from web.sight import SEE, may

LISTED = 300


class Ahead(Struct, frozen=True, kw_only=True):
    """An absence by its id, or a closed date of a place."""

    on: date
    title: str
    words: str
    who: str
    absence_id: UUID | None = None
    place_id: UUID | None = None
    is_writable: bool = False


@settings.get("/absences")
@admits(WRITE)
def absences() -> str:
    known = sorted([*away(visit.now()), *closed()], key=lambda one: (one.on, one.absence_id is None))
    return render_template("settings/absences.html", known=known)


def away(now: datetime) -> list[Ahead]:
    reach = g.member.rights.over(SEE)
    with visit.store().reading(visit.house()) as db:
        lines = absences_view.ahead(db, now, None if reach is None else list(reach), LISTED)
        reasons = words_of(db, (each.reason_id for each in lines))
    people = {one.id: one for one in agenda.resources(visit.store(), visit.house())}
    return [ahead(line, people[line.resource_id], reasons) for line in lines if line.resource_id in people]


def ahead(line: AbsenceLine, person: Any, reasons: dict[UUID, str]) -> Ahead:
    return Ahead(
        on=local_day(line.starts_at),
        title=reasons.get(line.reason_id, ""),
        words=span_words(line),
        who=person.name,
        absence_id=line.absence_id,
        is_writable=may(WRITE, person),
    )


def closed() -> list[Ahead]:
    with visit.store().reading(visit.house()) as db:
        places, known = accounts.places(db), settings_of(db, visit.house()).closed_on
    ahead = ((place, on, name) for place in places for on, name in known.get(place.id, {}).items())
    return [
        Ahead(on=on, title=name, words="", who=place.name, place_id=place.id, is_writable=may("settings.write"))
        for place, on, name in ahead
        if on >= visit.today()
    ]
