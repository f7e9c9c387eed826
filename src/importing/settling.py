"""What becomes of an entry: an appointment, an absence, or nothing; each in one transaction."""

from collections.abc import Iterator
from uuid import UUID

from agenda.commands import cancel_absence, move_absence, plan_absence
from agenda.wanted import Wanted
from clients.commands import create_client
from clients.words import cleaned
from importing.entries import Entry, Unreadable
from importing.holders import held, is_free
from importing.house import House
from importing.people import People, Person
from importing.practitioners import Practitioners
from importing.promises import Promises
from importing.report import Line, Note, Refused, Report
from importing.services import Services
from importing.titles import Title, Titles
from importing.told import Told, told_by
from importing.visitors import Visitor, visitor
from kernel.errors import TimeNotFree
from kernel.store import Log

OVERLAPPING = ("overlap",)


class Settling:
    """Settles the entries of one file; `names` say whose agenda it is, before what an entry says itself."""

    def __init__(self, house: House, people: People, report: Report, names: list[str], *, overbook: bool):
        self.house = house
        self.people = people
        self.report = report
        self.names = names
        self.promises = Promises(house, overbook=overbook)
        self.shared = Promises(house, overbook=True)
        self.practitioners = Practitioners(house, report)
        self.services = Services(house, report)
        self.titles = Titles(people, self.services.by_name)

    def settle(self, entry: Entry | Unreadable) -> Line:
        if isinstance(entry, Unreadable):
            return Line(entry.number, entry.outcome, entry.what, (Note(entry.reason, entry.column, entry.value),))
        if entry.is_free:
            return line(entry, "kept_out", Note("shows_as_free"))
        resource_id = self.practitioners.of([*self.names, entry.practitioner])
        title = self.titles.read(entry, self.practitioners.names[resource_id])
        if title is None or entry.is_whole_days:
            return self.house.together(lambda log: self.absence(log, entry, resource_id), self.report)
        return self.visit(entry, title, resource_id)

    def visit(self, entry: Entry, title: Title, resource_id: UUID) -> Line:
        wanted = Wanted(self.services.of(title.service, entry.minutes, resource_id), (resource_id,), entry.minutes)
        who = visitor(self.people, title.client, entry, self.practitioners.names[resource_id])
        known = (entry, who, wanted)
        try:
            settled, added = self.house.together(lambda log: self.appointment(log, *known, self.promises), self.report)
        except TimeNotFree as taken:
            refused = held(self.house, taken, resource_id)
            settled, added = self.house.together(lambda log: self.sharing_a_room(log, *known, refused), self.report)
        if added:
            self.people.add(added)
        return settled

    def sharing_a_room(
        self, log: Log, entry: Entry, who: Visitor, wanted: Wanted, refused: Refused
    ) -> tuple[Line, Person | None]:
        """The other program knew no room of ours: where only that is missing, the appointment stands."""
        id = self.house.id_of("appointment", entry.source_id)
        if refused.note.reason != "room_taken" or not is_free(log, wanted.resource_ids[0], entry, id):
            raise refused
        settled, added = self.appointment(log, entry, who, wanted, self.shared)
        return settled._replace(notes=(*settled.notes, refused.note)), added

    def appointment(
        self, log: Log, entry: Entry, who: Visitor, wanted: Wanted, promises: Promises
    ) -> tuple[Line, Person | None]:
        id = self.house.id_of("appointment", entry.source_id)
        if told := told_by(log.events.get(id)):
            return self.appointment_again(log, id, entry, told, wanted, promises), None
        added = self.open_file(log, who)
        client = added or who.person
        notes = list(notes_on(who))
        note = "\n\n".join(filter(None, [*(each.sentence() for each in notes if who.namesakes), entry.note]))
        promises.make(log, id, entry, client.id if client else None, wanted, note)
        return line(entry, "imported", *notes), added

    def appointment_again(
        self, log: Log, id: UUID, entry: Entry, told: Told, wanted: Wanted, promises: Promises
    ) -> Line:
        if not told.resource_ids.intersection(wanted.resource_ids):
            raise Refused("in_another_agenda", value=entry.source_id)
        if told.says(entry):
            return line(entry, "joined")
        if told.is_changed_here:
            return line(entry, "joined", Note("changed_here"))
        promises.follow(log, id, entry, told, wanted)
        return line(entry, "changed", Note("now_cancelled" if entry.is_cancelled else "now_moved"))

    def open_file(self, log: Log, who: Visitor) -> Person | None:
        """A new file for somebody who has none."""
        if not who.facts:
            return None
        country = self.house.organisation.country
        words = cleaned(who.facts, country)
        id = self.house.id_of("client", "", words.name, words.email)
        create_client(log, id, who.facts, country=country, by=self.house.by())
        return Person(id, words)

    def absence(self, log: Log, entry: Entry, resource_id: UUID) -> Line:
        id = self.house.id_of("absence", resource_id, entry.source_id)
        if told := told_by(log.events.get(id)):
            return self.absence_again(log, id, entry, told)
        if entry.is_cancelled:
            return line(entry, "kept_out", Note("cancelled_without_client"))
        time = (resource_id, entry.starts_at, entry.ends_at)
        reason = "\n".join(filter(None, (entry.title or entry.service, entry.location, entry.note)))
        facts = {"is_whole_days": entry.is_whole_days, "reason": reason, "override": OVERLAPPING}
        plan_absence(log, id, *time, **facts, by=self.house.by(entry.happened_at))
        return line(entry, "imported", Note("as_absence"))

    def absence_again(self, log: Log, id: UUID, entry: Entry, told: Told) -> Line:
        if told.says(entry):
            return line(entry, "joined")
        if told.is_changed_here or told.is_cancelled:
            return line(entry, "joined", Note("changed_here"))
        if entry.is_cancelled:
            cancel_absence(log, id, by=self.house.by())
            return line(entry, "changed", Note("now_cancelled"))
        facts = {"is_whole_days": entry.is_whole_days, "override": OVERLAPPING}
        move_absence(log, id, entry.starts_at, entry.ends_at, **facts, by=self.house.by())
        return line(entry, "changed", Note("now_moved"))


def notes_on(who: Visitor) -> Iterator[Note]:
    if who.namesakes:
        yield Note("client_ambiguous", value=who.name, facts={"count": str(who.namesakes)})
    elif who.facts:
        yield Note("client_added", value=who.name)


def line(entry: Entry, outcome: str, *notes: Note) -> Line:
    return Line(entry.number, outcome, entry.what, notes)
