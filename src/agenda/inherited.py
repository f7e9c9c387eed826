"""Lead time, horizon and notice: a service's own, else the person's, else the place's, else the house's."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from agenda.service import Service
from agenda.slots import Calendar, Rules
from agenda.timetable import Settings


class Inherited(NamedTuple):
    """How soon (minutes) and how far ahead (days, None for no limit) one books; until when one may cancel (minutes)."""

    lead_minutes: int
    horizon_days: int | None
    notice_minutes: int


def inherited(settings: Settings, service: Service, resource_id: UUID) -> Inherited:
    """What the nearest of them says, each of the three for itself."""
    resource = settings.resources[resource_id]
    place = settings.places.get(resource.place_ids[0]) if resource.place_ids else None
    sources = [each for each in (service, resource, place, settings.terms) if each]

    def nearest(name: str) -> int | None:
        return next((value for each in sources if (value := getattr(each, name)) is not None), None)

    return Inherited(nearest("lead_minutes") or 0, nearest("horizon_days"), nearest("notice_minutes") or 0)


def strictest(terms: Iterable[Inherited]) -> Inherited:
    """What holds for a visit of several services: the longest lead time and notice, the nearest horizon."""
    leads, horizons, notices = zip(*terms, strict=True)
    return Inherited(max(leads), min((days for days in horizons if days is not None), default=None), max(notices))


def for_clients(settings: Settings, boards: dict[UUID, Calendar], service_ids: Iterable[UUID]) -> dict[UUID, Calendar]:
    """The calendars as those who book themselves meet them; staff are bound by neither lead time nor horizon."""
    services = [settings.services[id] for id in service_ids]

    def bound(id: UUID, board: Calendar) -> Calendar:
        terms = strictest(inherited(settings, service, id) for service in services)
        return board._replace(own_rules=Rules(terms.lead_minutes, terms.horizon_days))

    return {id: bound(id, board) for id, board in boards.items()}
