"""What entries are for: services on file by their folded names, or new ones that are not shown online."""

from uuid import UUID

from agenda.commands import add_service, assign_performer
from agenda.service import Performer, Service
from clients.words import name_key
from importing.house import House
from importing.report import Report
from importing.sentences import say
from kernel.store import Log, listed


class Services:
    """New ones are made in a transaction of their own: they outlive a line that is refused."""

    def __init__(self, house: House, report: Report):
        self.house = house
        self.report = report
        with house.store.reading(house.id) as db:
            self.by_name = {name_key(each.name): each for each in listed(db, Service)}

    def minutes(self, name: str) -> int | None:
        known = self.by_name.get(name_key(name))
        return known.duration_minutes if known else None

    def of(self, name: str, minutes: int, performer_id: UUID) -> UUID:
        name = name.strip() or say("appointment")
        known = self.by_name.get(name_key(name))
        service = known or Service(id=self.house.id_of("service", name_key(name)), name=name, duration_minutes=minutes)
        if known is None or is_left_out(known, performer_id):
            self.offer(service, performer_id)
        return service.id

    def offer(self, service: Service, performer_id: UUID) -> None:
        reason = self.house.together(lambda log: offer(log, service, performer_id), self.report, is_exclusive=True)
        self.by_name[name_key(service.name)] = service
        service.performers = [*service.performers, Performer(performer_id)]
        if reason:
            self.report.notice(reason, name=service.name, minutes=str(service.duration_minutes))


def is_left_out(service: Service, performer_id: UUID) -> bool:
    """A service that names nobody is for everybody."""
    return bool(service.performers) and service.performer(performer_id) is None


def offer(log: Log, service: Service, performer_id: UUID) -> str:
    """What is new, as a notice says it; nothing for a service that an import made and the house renamed since."""
    known = log.find(Service, service.id)
    if known is None:
        facts = {"name": service.name, "duration_minutes": service.duration_minutes, "is_online": False}
        add_service(log, service.id, **facts, by=log.by)
    elif not is_left_out(known, performer_id):
        return ""
    assign_performer(log, service.id, performer_id, by=log.by)
    return "performer_assigned" if known else "service_added"
