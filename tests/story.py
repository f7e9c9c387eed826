"""How tests tell a story: given facts, an act, then facts; and a small house in a real database to live it in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from accounts.commands import open_organisation, open_place
from accounts.people.acts import as_self
from accounts.people.commands import register_person
from accounts.rights import SETUP
from accounts.team.commands import add_member
from agenda.commands import add_resource, add_service, assign_performer, set_hours
from agenda.events import ServiceNeed
from agenda.hours import Hours, WeeklyPeriod
from agenda.wanted import Wanted
from booking.commands import book_appointment
from carnet.wiring import catch_up, register
from clients.commands import create_client
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.events import Event, facts_of
from kernel.store import Store

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
# A Tuesday.
DAY = datetime(2026, 11, 24, tzinfo=PARIS)


def at(hour: int, minute: int = 0, days: int = 0, zone: ZoneInfo = PARIS) -> datetime:
    """An instant of the story's Tuesday, or of a day after it, in wall time."""
    wall = DAY.replace(tzinfo=zone) + timedelta(days=days)
    return wall.replace(hour=hour, minute=minute).astimezone(UTC)


def somebody(organisation_id: UUID | None = None, **circumstances: Any) -> Act:
    facts = {
        "actor": "staff/sonia",
        "origin": "desk",
        "at": NOW,
        "may": SETUP,
        "right": "settings.write",
    } | circumstances
    return Act(organisation_id=organisation_id or uuid4(), **facts)


def fact(kind: type[Event], **facts: Any) -> tuple[type[Event], dict[str, Any]]:
    return kind, facts


def given(kind: type[Aggregate], *events: Event) -> Aggregate:
    return kind.replay(events[0].originator_id, events)


def then(aggregate: Aggregate) -> list[tuple[type[Event], dict[str, Any]]]:
    """What the aggregate has newly decided, as facts."""
    return [(type(event), facts_of(event)) for event in aggregate.pending]


class House:
    """A practice with one place, two practitioners, a room and three services, in a database."""

    def __init__(self, store: Store):
        self.store = store
        self.id = uuid4()
        self.place_id, self.member_id = uuid4(), uuid4()
        self.claire, self.karim, self.room = uuid4(), uuid4(), uuid4()
        self.massage, self.class_of_three, self.check_up = uuid4(), uuid4(), uuid4()
        register(store)
        self.open()

    def by(self, **circumstances: Any) -> Act:
        return somebody(self.id, **({"actor": f"staff/{self.member_id}"} | circumstances))

    def open(self) -> None:
        by = self.by(actor="setup/test", origin="setup")
        open_organisation(self.store, name="Les Tilleuls", country="FR", zone="Europe/Paris", by=by)
        open_place(self.store, self.place_id, name="Les Tilleuls", zone="Europe/Paris", country="FR", by=by)
        for rank, (id, name) in enumerate(((self.claire, "Claire Moreau"), (self.karim, "Karim Benali"))):
            self.add_practitioner(id, name, rank)
        add_resource(self.store, self.room, kind="room", name="Salle 1", has_hours=False, by=by)
        self.add_services()

    def join(self, email: str = "", role: str = "owner", password: str = "un mot de passe") -> str:
        """Makes the story's member somebody who can sign in; returns the address."""
        email = email or f"{self.id}@exemple.fr"
        self.person_id = self.hire(role, email, id=self.member_id, password=password)
        return email

    def hire(
        self,
        role: str,
        email: str,
        name: str = "Sonia Marchetti",
        *,
        id: UUID | None = None,
        password: str = "un mot de passe",
    ) -> UUID:
        """Somebody new in the team, who can sign in; returns the person."""
        person_id = self.person(name, email, password)
        facts = {"person_id": person_id, "name": name, "email": email, "role": role}
        add_member(self.store, id or uuid4(), **facts, by=self.by())
        return person_id

    def person(self, name: str = "Sonia Marchetti", email: str = "", password: str = "un mot de passe") -> UUID:
        """Somebody who can sign in, and is no member of anything yet."""
        id = uuid4()
        by = as_self(id, NOW)
        register_person(self.store, name=name, email=email or f"{id}@exemple.fr", password=password, by=by)
        return id

    def add_practitioner(self, id: UUID, name: str, rank: int = 0, **facts: Any) -> UUID:
        add_resource(
            self.store, id, kind="practitioner", name=name, rank=rank, place_ids=[self.place_id], **facts, by=self.by()
        )
        set_hours(self.store, id, office_hours(), by=self.by())
        return id

    def add_services(self) -> None:
        self.add_service(self.massage, "Massage", 60)
        self.add_service(self.class_of_three, "Cours", 60, capacity=3)
        room = ServiceNeed("room", resource_ids=[self.room])
        self.add_service(self.check_up, "Bilan", 30, needs=[ServiceNeed("practitioner"), room])

    def add_service(self, id: UUID, name: str, minutes: int, **facts: Any) -> UUID:
        add_service(self.store, id, name=name, duration_minutes=minutes, price_cents=5000, **facts, by=self.by())
        for practitioner in (self.claire, self.karim):
            assign_performer(self.store, id, practitioner, by=self.by())
        return id

    def client(self, first_name: str = "Émilie", last_name: str = "Rousseau", **facts: str) -> UUID:
        id = uuid4()
        create_client(self.store, id, {"first_name": first_name, "last_name": last_name, **facts}, by=self.by())
        return id

    def book(
        self, starts_at: datetime, service: UUID | None = None, resource: UUID | None = None, **facts: Any
    ) -> UUID:
        id = facts.pop("id", None) or uuid4()
        by = facts.pop("by", None) or self.by()
        wanted = [Wanted(service or self.massage, (resource or self.claire,))]
        book_appointment(self.store, id, facts.pop("client_id", None), starts_at, wanted, **facts, by=by)
        return id

    def read_on(self) -> None:
        catch_up(self.store)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.store.reading(self.id) as db:
            return db.execute(query, values).fetchall()


def office_hours(*weekdays: int) -> Hours:
    """9:00 to 12:00 and 14:00 to 18:00, Monday to Friday or on these weekdays."""
    days = weekdays or range(5)
    return Hours(
        [WeeklyPeriod(day, start, end) for day in days for start, end in (("09:00", "12:00"), ("14:00", "18:00"))]
    )


def eventually(question: Callable[[], Any], seconds: float = 5.0) -> Any:
    """The first true answer within the time given; else the last answer."""
    import time

    until = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < until:
        time.sleep(0.01)
    return answer
