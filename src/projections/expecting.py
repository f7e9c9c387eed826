"""Who is probably meant by an empty time: who comes at this hour, who should have come again, who was seen last."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from agenda.timetable import settings_of
from booking.appointment import ENDED
from clients.queries import ClientCard, cards
from kernel.store import Store
from kernel.zones import DAY

# The visits of the last months in this column, each client with the next one anywhere, if there is one.
RECENT = """
SELECT c.id, latest.starts_at, latest.service_id, EXISTS (
    SELECT FROM view_visits n JOIN clients f ON f.id = n.client_id AND f.is_current
    WHERE f.file_id = c.id AND n.starts_at >= %(at)s AND n.status <> ALL(%(ended)s)) AS comes_again
FROM (
    SELECT client_id, starts_at, service_id FROM view_visits
    WHERE resource_id = %(resource)s AND client_id IS NOT NULL AND starts_at < %(at)s AND starts_at > %(since)s
    AND status <> ALL(%(ended)s) ORDER BY starts_at DESC LIMIT 400) latest
JOIN clients o ON o.id = latest.client_id AND o.is_current
JOIN clients c ON c.id = o.file_id AND c.is_current AND NOT c.is_archived
ORDER BY latest.starts_at DESC"""
USUAL = """
SELECT service_id FROM view_visits
WHERE client_id IN (SELECT id FROM clients WHERE file_id = %s AND is_current) AND status <> ALL(%s)
GROUP BY service_id ORDER BY count(*) DESC, max(starts_at) DESC"""
MONTHS = 200 * DAY
NEAR_MINUTES = 30
# Somebody is late after half as long again as they usually stay away.
LATE = 1.5


class Expected(Struct, frozen=True, kw_only=True):
    """A client who may be meant: when last seen, and for what; `due_on` is the date since when a visit is overdue."""

    client: ClientCard
    last_at: datetime
    service_id: UUID
    is_usual_time: bool
    due_on: date | None = None


def expected_clients(store: Store, organisation_id: UUID, resource_id: UUID, starts_at: datetime) -> list[Expected]:
    """Who this column saw in the months before: those of the same weekday and hour first, then the latest seen."""
    with store.reading(organisation_id) as db:
        settings = settings_of(db, organisation_id)
        zone = settings.zone_at(settings.resources[resource_id])
        values = {"resource": resource_id, "at": starts_at, "since": starts_at - MONTHS, "ended": list(ENDED)}
        rows = db.execute(RECENT, values, prepare=True).fetchall()
        known = cards(db, list(dict.fromkeys(row[0] for row in rows)))
    visits: dict[UUID, list[tuple[datetime, UUID, bool]]] = {}
    for id, *visit in rows:
        visits.setdefault(id, []).append(tuple(visit))
    seen = [expected(known[id], some, starts_at, zone) for id, some in visits.items() if id in known]
    return sorted(seen, key=lambda each: (not each.is_usual_time, -each.last_at.timestamp()))


def expected(
    client: ClientCard, visits: list[tuple[datetime, UUID, bool]], starts_at: datetime, zone: ZoneInfo
) -> Expected:
    """From this client's visits, the latest first."""
    last_at, service_id, comes_again = visits[0]
    return Expected(
        client=client,
        last_at=last_at,
        service_id=service_id,
        is_usual_time=any(is_near(at.astimezone(zone), starts_at.astimezone(zone)) for at, *_ in visits[:3]),
        due_on=None if comes_again else overdue_since([at for at, *_ in visits], starts_at, zone),
    )


def is_near(then: datetime, now: datetime) -> bool:
    apart = abs(then.hour * 60 + then.minute - now.hour * 60 - now.minute)
    return then.weekday() == now.weekday() and apart <= NEAR_MINUTES


def overdue_since(visits: Iterable[datetime], now: datetime, zone: ZoneInfo) -> date | None:
    """The date on which the next visit was to be expected, by how far apart these were, if that is well past."""
    dates = sorted({at.astimezone(zone).date() for at in visits})
    gaps = [(later - earlier).days for earlier, later in pairwise(dates)]
    if not gaps:
        return None
    usual, last = median(gaps), dates[-1]
    is_late = (now.astimezone(zone).date() - last).days > LATE * usual
    return last + timedelta(days=round(usual)) if is_late else None


def usual_services(store: Store, organisation_id: UUID, client_id: UUID) -> list[UUID]:
    """The services this client has had, the most frequent first."""
    with store.reading(organisation_id) as db:
        return [id for (id,) in db.execute(USUAL, (client_id, list(ENDED)), prepare=True)]
