"""The appointments of a series: reading them all at once, and which of them a change of the series concerns."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from psycopg import Connection

from booking.appointment import ENDED, OPEN, Appointment
from booking.queries import streams
from booking.series.events import Occurrence
from booking.series.series import Series, occurrence_id


class Member(NamedTuple):
    occurrence: Occurrence
    appointment: Appointment


class Concerned(NamedTuple):
    """What a change touches, the exceptions that it leaves as they are, and what was cancelled before. What is past or
    has come about is in none of them."""

    touched: list[Member]
    kept: list[Member]
    ended: list[Member]


def members(db: Connection, series: Series, occurrences: Iterable[Occurrence]) -> list[Member]:
    """These occurrences with their appointments; those that were never made are left out."""
    ids = {occurrence_id(series.id, each.on): each for each in occurrences}
    known = {id: Appointment.replay(id, events) for id, events in streams(db, ids, None).items()}
    return [Member(each, known[id]) for id, each in ids.items() if known.get(id)]


def concerned(
    db: Connection, series: Series, from_on: date | None, now: datetime, *, includes_exceptions: bool
) -> Concerned:
    """From one occurrence on, or all."""
    found = Concerned([], [], [])
    for each in members(db, series, series.from_one_on(from_on)):
        if each.appointment.status in ENDED:
            found.ended.append(each)
        elif each.appointment.status in OPEN and each.appointment.starts_at > now:
            is_kept = each.appointment.is_exception and not includes_exceptions
            (found.kept if is_kept else found.touched).append(each)
    return found
