"""How full the days are: booked minutes against open ones, of many columns at once."""

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

from agenda.hours import open_periods
from agenda.timetable import Settings, settings_of
from booking.appointment import ENDED
from kernel.store import Store

BOOKED_MINUTES = """
SELECT shown_on, resource_id, sum(extract(epoch FROM ends_at - starts_at))::bigint / 60 FROM view_agenda
WHERE shown_on BETWEEN %s AND %s AND status <> ALL(%s) GROUP BY 1, 2"""


def fills(
    store: Store, organisation_id: UUID, first: date, days: int = 14, columns: frozenset[UUID] | None = None
) -> dict[date, int | None]:
    """For each local date, the percentage of open time that is booked, of all practitioners or of these `columns`.

    None when all are closed.
    """
    last = first + timedelta(days - 1)
    with store.reading(organisation_id) as db:
        settings = settings_of(db, organisation_id)
        booked = db.execute(BOOKED_MINUTES, (first, last, list(ENDED)), prepare=True).fetchall()
    people = {id for id, each in settings.resources.items() if each.kind == "practitioner" and each.is_active}
    people = people if columns is None else people & columns
    taken = Counter()
    for on, resource_id, minutes in booked:
        taken[on] += minutes if resource_id in people else 0
    opened = open_minutes(settings, people, first, last)
    dates = (first + timedelta(number) for number in range(days))
    return {on: min(100, round(100 * taken[on] / opened[on])) if opened[on] else None for on in dates}


def open_minutes(settings: Settings, people: set[UUID], first: date, last: date) -> Counter:
    minutes: Counter = Counter()
    for id in people:
        resource = settings.resources[id]
        closed_on = settings.closures_for(resource)
        for period in open_periods(resource.hours, first, last, settings.zone_of, closed_on):
            minutes[period.on] += period.end - period.start
    return minutes
