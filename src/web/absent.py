"""Absences as pages speak of them: the stretch on the wall of whoever is away, its words, and where it can be seen."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext
from msgspec import Struct

from agenda import queries as agenda
from agenda.absence import Absence, EndBeforeStart
from agenda.queries import ResourceCard
from agenda.resource import KINDS
from kernel.errors import NotFound
from kernel.texts import words_of
from kernel.zones import DAY
from web import visit
from web.formats import clock, day, local_day
from web.forms_absences import Wall
from web.grid import wall
from web.sight import SEE, may

WRITE = "absences.write"
KIND_WORDS = {"leave": lazy_gettext("Leave"), "out": lazy_gettext("Out of the office"), "break": lazy_gettext("Break")}
MINUTE = timedelta(minutes=1)


class AbsenceCard(Struct, frozen=True, kw_only=True):
    """One absence as its own events tell it."""

    id: UUID
    version: int
    person: ResourceCard
    starts_at: datetime
    ends_at: datetime
    is_whole_days: bool
    is_cancelled: bool
    reason: str


def people() -> list[ResourceCard]:
    """Those whose absences the visitor may enter, and after them the rooms and the machines."""
    known = agenda.resources(visit.store(), visit.house())
    return sorted((one for one in known if may(WRITE, one)), key=lambda one: KINDS.index(one.kind))


def person_of(id: UUID) -> ResourceCard:
    found = next((one for one in people() if one.id == id), None)
    if found is None:
        raise NotFound(kind="Resource", id=str(id))
    return found


def card_of(id: UUID) -> AbsenceCard:
    """For whoever may not look at the column, as if it were not there."""
    found = agenda.absence(visit.store(), visit.house(), id)
    person = person_seen(found) if found else None
    if person is None:
        raise NotFound(kind="Absence", id=str(id))
    with visit.store().reading(visit.house()) as db:
        reason = words_of(db, [found.reason_id]).get(found.reason_id, "")
    facts = {name: getattr(found, name) for name in ("id", "version", "starts_at", "ends_at")}
    facts |= {"is_whole_days": found.is_whole_days, "is_cancelled": found.is_cancelled}
    return AbsenceCard(person=person, reason=reason, **facts)


def person_seen(found: Absence) -> ResourceCard | None:
    known = agenda.resources(visit.store(), visit.house())
    return next((one for one in known if one.id == found.resource_id and may(SEE, one)), None)


def span_of(at: Wall, person: ResourceCard) -> tuple[datetime, datetime]:
    """The instants of a stretch on the wall where this person receives."""
    zone, midnight = ZoneInfo(person.zone), time()
    if at.is_whole_days:
        return wall(at.from_on, midnight, zone), wall(at.until_on + DAY, midnight, zone)
    begins, ends = wall(at.from_on, at.from_time, zone), wall(at.until_on, at.until_time, zone)
    if ends <= begins:
        raise EndBeforeStart
    return begins, ends


def reason_of(facts: dict[str, Any]) -> str:
    """The words written, else those of the kind chosen."""
    return facts["words"] or str(KIND_WORDS.get(facts["kind"], ""))


def span_words(one: Any) -> str:
    """24 nov., 9:00 to 12:00, or the days where it was said in days."""
    first, last = local_day(one.starts_at), local_day(one.ends_at - MINUTE)
    if one.is_whole_days:
        until = gettext("%(from)s to %(to)s", **{"from": day(first, "short"), "to": day(last, "short")})
        return day(first, "short") if first == last else until
    begins, ends = (f"{day(local_day(each), 'short')}, {clock(each)}" for each in (one.starts_at, one.ends_at))
    return gettext("%(from)s to %(to)s", **{"from": begins, "to": clock(one.ends_at) if first == last else ends})
