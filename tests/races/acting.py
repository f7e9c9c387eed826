"""People at desks and programs who all act at once: each books, moves and gives up, and changes the rules meanwhile."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

from agenda import commands as agenda
from agenda.hours import DatedPeriod, Hours, WeeklyPeriod
from agenda.service import Performer
from agenda.wanted import Wanted
from booking import commands as booking
from booking.series.commands import plan_series
from booking.series.rule import Rule
from kernel.actors import Act
from kernel.errors import Refusal
from kernel.store import Store
from tests.late import SETTINGS
from tests.races.order import ANYBODY
from tests.story import DAY, NOW, House, at, office_hours, somebody
from web import visit
from web.app import create_app

DAYS = 14
THREADS = 6


class Ground(NamedTuple):
    """The house that everybody acts in, as another process can be told of it."""

    id: UUID
    place_id: UUID
    people: tuple[UUID, ...]
    room: UUID
    services: tuple[UUID, ...]
    secret: str

    @classmethod
    def of(cls, house: House, secret: str) -> "Ground":
        services = (house.massage, house.class_of_three, house.check_up)
        return cls(house.id, house.place_id, (house.claire, house.karim), house.room, services, secret)


class Actor:
    """One of many. What it does follows from its seed; what comes of it, from everybody."""

    def __init__(self, store: Store, ground: Ground, browser: Callable[..., object], seed: str):
        self.store, self.ground, self.browser = store, ground, browser
        self.random = random.Random(seed)  # noqa: S311 — for tests
        self.own: list[UUID] = []
        self.gone: list[UUID] = []
        self.away: list[UUID] = []
        self.met: Counter[str] = Counter()

    def act(self) -> None:
        deed = self.random.choices(list(DEEDS), DEEDS.values())[0]
        try:
            deed(self)
            self.met["done"] += 1
        except Refusal as refusal:
            self.met[type(refusal).__name__] += 1

    def by(self) -> Act:
        return somebody(self.ground.id, key=str(uuid4()))

    def start(self) -> datetime:
        return at(self.random.randrange(9, 18), self.random.choice((0, 0, 30)), days=self.random.randrange(DAYS))

    def date(self) -> date:
        return (DAY + timedelta(self.random.randrange(DAYS))).date()

    def one(self, some: Sequence[UUID]) -> UUID:
        """Of nothing, something that nobody has."""
        return self.random.choice(some) if some else UUID(int=0)

    def taken_from(self, some: list[UUID]) -> UUID:
        id = self.one(some)
        if some:
            some.remove(id)
        return id

    def wanted(self) -> tuple[list[Wanted], str]:
        service = self.one(self.ground.services)
        if self.random.random() < 0.3:
            return [Wanted(service)], ANYBODY
        return [Wanted(service, (self.one(self.ground.people),))], ""

    # Promises

    def book(self) -> None:
        id, (wanted, source_id) = uuid4(), self.wanted()
        status = self.random.choice(("booked", "booked", "requested", "proposed"))
        facts = {"status": status, "source_id": source_id}
        booking.book_appointment(self.store, id, None, self.start(), wanted, **facts, by=self.by())
        self.own.append(id)

    def book_what_was_held(self) -> None:
        id, (wanted, _), starts_at, held = uuid4(), self.wanted(), self.start(), uuid4()
        booking.hold_time(self.store, held, starts_at, wanted, by=self.by())
        booking.book_appointment(self.store, id, None, starts_at, wanted, hold_id=held, by=self.by())
        self.own.append(id)

    def move(self) -> None:
        booking.move_appointment(self.store, self.one(self.own), self.start(), by=self.by())

    def cancel(self) -> None:
        id = self.taken_from(self.own)
        booking.cancel_appointment(self.store, id, by=self.by())
        self.gone.append(id)

    def restore(self) -> None:
        id = self.taken_from(self.gone)
        booking.restore_appointment(self.store, id, by=self.by())
        self.own.append(id)

    def settle(self) -> None:
        how = self.random.choice((booking.approve_appointment, booking.confirm_appointment))
        how(self.store, self.one(self.own), by=self.by())

    def come_back(self) -> None:
        """Three days in a row."""
        wanted, _ = self.wanted()
        when = (self.date(), f"{self.random.randrange(9, 17):02}:00", Rule(unit="day", count=3))
        plan_series(self.store, uuid4(), None, *when, wanted, by=self.by())

    # The same from outside

    def call(self, path: str, body: dict) -> None:
        headers = {"Authorization": f"Bearer {self.ground.secret}", "Idempotency-Key": str(uuid4())}
        answer = self.browser(f"/api/v1{path}", json=body, headers=headers)
        self.met[f"HTTP {answer.status_code}"] += 1
        if answer.status_code == 201 and path == "/appointments":
            self.own.append(UUID(answer.json["id"]))

    def call_to_book(self) -> None:
        services = [{"service_id": str(self.one(self.ground.services)), "resource_ids": [str(self.ground.people[0])]}]
        self.call("/appointments", {"starts_at": self.start().isoformat(), "services": services})

    def call_to_move(self) -> None:
        self.call(f"/appointments/{self.one(self.own)}/move", {"starts_at": self.start().isoformat()})

    # Rules

    def change_a_date(self) -> None:
        periods = self.random.choice(([], [DatedPeriod("09:00", "12:00")], [DatedPeriod("13:00", "18:00")]))
        agenda.set_day_hours(self.store, self.one(self.ground.people), self.date(), periods, by=self.by())

    def clear_a_date(self) -> None:
        agenda.clear_day_hours(self.store, self.one(self.ground.people), self.date(), by=self.by())

    def change_hours(self) -> None:
        mornings = Hours([WeeklyPeriod(each, "09:00", "12:00") for each in range(5)])
        hours = self.random.choice((office_hours(), office_hours(1, 3), mornings))
        agenda.set_hours(self.store, self.one(self.ground.people), hours, by=self.by())

    def close(self) -> None:
        agenda.close_dates(self.store, self.ground.place_id, {self.date(): "Fermé"}, by=self.by())

    def reopen(self) -> None:
        agenda.reopen_dates(self.store, self.ground.place_id, [self.date()], by=self.by())

    def retire_or_bring_back(self) -> None:
        is_active = self.random.random() < 0.7
        agenda.change_resource(self.store, self.one(self.ground.people), is_active=is_active, by=self.by())

    def limit(self) -> None:
        most = self.random.choice((None, 3, 6))
        agenda.change_resource(self.store, self.one(self.ground.people), max_per_day=most, by=self.by())

    def resize_room(self) -> None:
        agenda.change_resource(self.store, self.ground.room, capacity=self.random.choice((1, 2)), by=self.by())

    def change_service(self) -> None:
        facts = self.random.choice(
            ({"duration_minutes": 45}, {"duration_minutes": 60}, {"after_minutes": 10}, {"after_minutes": 0},
             {"price_cents": 4000}, {"price_cents": 5000})
        )  # fmt: skip
        agenda.change_service(self.store, self.one(self.ground.services), **facts, by=self.by())

    def change_capacity(self) -> None:
        capacity = self.random.choice((2, 3, 4))
        agenda.change_service(self.store, self.ground.services[1], capacity=capacity, by=self.by())

    def change_performers(self) -> None:
        who = self.random.choice((self.ground.people, self.ground.people[:1], self.ground.people[1:]))
        given = [Performer(id) for id in who]
        agenda.set_performers(self.store, self.one(self.ground.services), given, by=self.by())

    def change_terms(self) -> None:
        facts = {"notice_minutes": self.random.choice((0, 60, 1440)), "needs_approval": self.random.random() < 0.5}
        agenda.set_booking_terms(self.store, **facts, by=self.by())

    def be_away(self) -> None:
        id, starts_at = uuid4(), self.start()
        person, until = self.one(self.ground.people), starts_at + timedelta(hours=self.random.choice((1, 3)))
        agenda.plan_absence(self.store, id, person, starts_at, until, override=("overlap",), by=self.by())
        self.away.append(id)

    def be_back(self) -> None:
        agenda.cancel_absence(self.store, self.taken_from(self.away), by=self.by())


DEEDS: dict[Callable[[Actor], None], int] = {
    Actor.book: 24,
    Actor.book_what_was_held: 6,
    Actor.move: 14,
    Actor.cancel: 24,
    Actor.restore: 6,
    Actor.settle: 4,
    Actor.come_back: 1,
    Actor.call_to_book: 5,
    Actor.call_to_move: 3,
    Actor.change_a_date: 1,
    Actor.clear_a_date: 2,
    Actor.change_hours: 1,
    Actor.close: 1,
    Actor.reopen: 2,
    Actor.retire_or_bring_back: 2,
    Actor.limit: 1,
    Actor.resize_room: 1,
    Actor.change_service: 2,
    Actor.change_capacity: 1,
    Actor.change_performers: 1,
    Actor.change_terms: 1,
    Actor.be_away: 1,
    Actor.be_back: 2,
}


def work(url: str, ground: Ground, seed: str, acts: int) -> Counter[str]:
    """So many acts by the people of one process, all at once; what each came to."""
    store = Store(url, size=THREADS)
    visit.now = lambda: NOW
    app = create_app(store, SETTINGS)
    actors = [Actor(store, ground, app.test_client().post, f"{seed}/{number}") for number in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as together:
        for done in [together.submit(live, actor, acts // THREADS) for actor in actors]:
            done.result()
    store.close()
    return sum((actor.met for actor in actors), Counter())


def live(actor: Actor, acts: int) -> None:
    for _ in range(acts):
        actor.act()
