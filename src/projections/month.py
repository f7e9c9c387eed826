"""A month at a glance: for each day how many appointments, how full, how much is free, and why it is closed."""

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

from msgspec import Struct

from agenda.timetable import settings_of
from booking.appointment import ENDED
from kernel.store import Store
from projections.fill import open_minutes

# Practitioners who lead are counted; a room beside them is the same appointment.
COUNTS = """
SELECT shown_on, resource_id, count(DISTINCT appointment_id),
    count(DISTINCT appointment_id) FILTER (WHERE status = 'requested'),
    sum(extract(epoch FROM ends_at - starts_at))::bigint / 60
FROM view_agenda WHERE shown_on BETWEEN %s AND %s AND status <> ALL(%s) AND is_lead GROUP BY 1, 2"""


class DayLoad(Struct, frozen=True, kw_only=True):
    """`fill` is the percentage of open time that is booked, None when nobody is open; `closed` says why, if it does."""

    on: date
    count: int
    requests: int
    fill: int | None
    free_minutes: int
    closed: str


def weeks(
    store: Store, organisation_id: UUID, month: date, columns: frozenset[UUID] | None = None
) -> list[list[DayLoad]]:
    """Whole weeks from Monday that hold this month, of all practitioners or of these columns; one query."""
    first, last = edges(month)
    with store.reading(organisation_id) as db:
        settings = settings_of(db, organisation_id)
        rows = db.execute(COUNTS, (first, last, list(ENDED)), prepare=True).fetchall()
    people = {id for id, each in settings.resources.items() if each.kind == "practitioner" and each.is_active}
    people = people if columns is None else people & columns
    booked = Booked()
    for on, resource_id, *numbers in rows:
        if resource_id in people:
            booked.add(on, *numbers)
    opened = open_minutes(settings, people, first, last)
    closed = {on: name for dates in settings.closed_on.values() for on, name in dates.items()}
    dates = [first + timedelta(number) for number in range((last - first).days + 1)]
    days = [booked.load(on, opened[on], closed.get(on, "")) for on in dates]
    return [days[start : start + 7] for start in range(0, len(days), 7)]


class Booked:
    """What stands on each date, added up over columns."""

    def __init__(self) -> None:
        self.count: Counter = Counter()
        self.requests: Counter = Counter()
        self.minutes: Counter = Counter()

    def add(self, on: date, count: int, requests: int, minutes: int) -> None:
        self.count[on] += count
        self.requests[on] += requests
        self.minutes[on] += minutes

    def load(self, on: date, opened: int, closed: str) -> DayLoad:
        taken = self.minutes[on]
        return DayLoad(
            on=on,
            count=self.count[on],
            requests=self.requests[on],
            fill=min(100, round(100 * taken / opened)) if opened else None,
            free_minutes=max(0, opened - taken),
            closed=closed,
        )


def edges(month: date) -> tuple[date, date]:
    """The Monday on or before the first of the month, and the Sunday on or after its last day."""
    first = month.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first - timedelta(first.weekday()), last + timedelta(6 - last.weekday())
