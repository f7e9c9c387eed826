"""Whose agenda it is: a practitioner on file, or a new one with usual hours."""

from collections.abc import Iterable
from uuid import UUID

from accounts.queries import places
from agenda.commands import add_resource, set_hours
from agenda.hours import Hours, WeeklyPeriod
from agenda.resource import Resource
from importing.house import House
from importing.names import agree, key_of
from importing.report import Refused, Report
from kernel.store import Log, listed
from kernel.texts import words_of

USUAL_HOURS = Hours(
    [WeeklyPeriod(day, *period) for day in range(5) for period in (("09:00", "12:30"), ("13:30", "19:00"))]
)


class Practitioners:
    def __init__(self, house: House, report: Report):
        self.house = house
        self.report = report
        with house.store.reading(house.id) as db:
            known = [each for each in listed(db, Resource) if each.kind == "practitioner"]
            names = words_of(db, (each.name_id for each in known))
            self.place_ids = [place.id for place in places(db)][:1]
        self.names = {each.id: names.get(each.name_id, "") for each in known}

    def of(self, written: Iterable[str]) -> UUID:
        """The first of these names that is on file, else a new practitioner; without a name, the only one there is."""
        names = [name for name in written if key_of(name)]
        if found := next((id for name in names if (id := self.named(name))), None):
            return found
        if names:
            return self.add(names[0])
        if len(self.names) != 1:
            raise Refused("practitioner_missing")
        return next(iter(self.names))

    def named(self, name: str) -> UUID | None:
        """By the same words, or by fewer or more of them when only one agrees (« Agenda de Claire Moreau »)."""
        same = [id for id, known in self.names.items() if key_of(known) == key_of(name)]
        close = [id for id, known in self.names.items() if agree(known, name)]
        return same[0] if same else close[0] if len(close) == 1 else None

    def add(self, name: str) -> UUID:
        id = self.house.id_of("practitioner", key_of(name))
        if self.house.together(lambda log: self.add_to(log, id, name), self.report, is_exclusive=True):
            self.report.notice("practitioner_added", name=name)
        self.names[id] = name
        return id

    def add_to(self, log: Log, id: UUID, name: str) -> bool:
        """Whether somebody is new; whom an import made and the house renamed since is the same."""
        if log.find(Resource, id):
            return False
        facts = {"rank": len(self.names), "place_ids": self.place_ids}
        add_resource(log, id, kind="practitioner", name=name, **facts, by=log.by)
        set_hours(log, id, USUAL_HOURS, by=log.by)
        return True
