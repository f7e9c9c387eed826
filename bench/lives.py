"""The lives of appointments in eight practices, as the program's own events: told in the order in which they happen."""

import heapq
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from booking.events import (
    AppointmentApproved,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentCompleted,
    AppointmentEdited,
    AppointmentMissed,
    AppointmentMoved,
    AppointmentRequested,
    ClientArrived,
    Segment,
    Terms,
    Use,
)
from clients.events import ClientAdded, ClientChanged
from kernel.events import Event

HOUSES, PEOPLE, SERVICES = 8, 5, 6
ZONE = ZoneInfo("Europe/Paris")
OPENING = datetime(2020, 1, 6, 8, tzinfo=ZONE)
VISITS_A_DAY = 20
HALF_HOUR, HOUR, DAY = timedelta(minutes=30), timedelta(hours=1), timedelta(days=1)
LONGEST_LEAD = 40 * DAY

# An event, with when it happens and a number that tells two of one moment apart.
Told = tuple[datetime, int, Event]
# What happens at a share of the time from the booking to the end, and its facts.
Turn = tuple[float, type[Event], dict[str, Any]]


def in_order(seed: int) -> Iterator[Event]:
    """Without end; what happens to one appointment stands between what happens to the others."""
    dice = random.Random(seed)
    houses = [House(dice) for _ in range(HOUSES)]
    waiting: list[Told] = []
    for visit in count():
        starts_at = OPENING + visit // VISITS_A_DAY * DAY + visit % VISITS_A_DAY * HALF_HOUR
        for house in houses:
            for told in house.lives(starts_at):
                heapq.heappush(waiting, told)
        while waiting[0][0] < starts_at - LONGEST_LEAD:
            yield heapq.heappop(waiting)[2]


class House:
    """A practice whose people see somebody each half hour."""

    numbers = count()

    def __init__(self, dice: random.Random):
        self.dice = dice
        self.id, *self.people = (self.new_id() for _ in range(1 + PEOPLE))
        self.services = [self.new_id() for _ in range(SERVICES)]
        self.clients = [self.new_id()]

    def new_id(self) -> UUID:
        return UUID(int=self.dice.getrandbits(128), version=4)

    def lives(self, starts_at: datetime) -> Iterator[Told]:
        for person in self.people:
            yield from self.visit(person, starts_at)
            if self.dice.random() < 0.15:
                yield from self.client(starts_at)

    def client(self, at: datetime) -> Iterator[Told]:
        stream = self.new_id()
        self.clients.append(stream)
        yield self.told(stream, 1, at - LONGEST_LEAD, ClientAdded, fields=["first_name", "last_name", "phone"])
        if self.dice.random() < 0.3:
            yield self.told(stream, 2, at, ClientChanged, words_version=2, fields=["phone"])

    def visit(self, person: UUID, starts_at: datetime) -> Iterator[Told]:
        """Of a hundred: ten are asked for first, fifteen moved, ten edited, twelve cancelled, five missed."""
        stream = self.new_id()
        made_at = starts_at - self.dice.uniform(1, 39) * DAY
        life = [*self.made(person, starts_at), *self.edited(), *self.ended()]
        for version, (share, kind, facts) in enumerate(life, 1):
            yield self.told(stream, version, made_at + share * (starts_at + HOUR - made_at), kind, **facts)

    def made(self, person: UUID, starts_at: datetime) -> Iterator[Turn]:
        wanted = {
            "client_id": self.dice.choice(self.clients),
            "terms": Terms(services=["Consultation"], horizon_days=60, notice_minutes=1440),
            "price_cents": 5000,
        }
        if self.dice.random() < 0.1:
            time = self.time(person, starts_at)
            yield 0.0, AppointmentRequested, time | wanted | {"expires_at": starts_at}
            yield 0.1, AppointmentApproved, time
        else:
            # At night, where nobody else stands.
            is_to_move = self.dice.random() < 0.15
            yield 0.0, AppointmentBooked, self.time(person, starts_at - is_to_move * 12 * HOUR) | wanted
            if is_to_move:
                yield 0.3, AppointmentMoved, self.time(person, starts_at)

    def edited(self) -> Iterator[Turn]:
        if self.dice.random() < 0.1:
            yield 0.5, AppointmentEdited, {"note_id": self.new_id()}

    def ended(self) -> Iterator[Turn]:
        chance = self.dice.random()
        if chance < 0.12:
            yield 0.8, AppointmentCancelled, {"reason_id": self.new_id(), "is_by_client": chance < 0.06}
        elif chance < 0.17:
            yield 1.0, AppointmentMissed, {}
        else:
            yield 0.97, ClientArrived, {}
            yield 1.0, AppointmentCompleted, {}

    def time(self, person: UUID, starts_at: datetime) -> dict[str, Any]:
        uses = [Use(person, is_lead=True)]
        service = self.dice.choice(self.services)
        return {
            "zone": ZONE.key,
            "wall_at": f"{starts_at:%Y-%m-%dT%H:%M}",
            "segments": [Segment(service, utc(starts_at), utc(starts_at + HALF_HOUR), uses)],
        }

    def told(self, stream: UUID, version: int, at: datetime, kind: type[Event], **facts: Any) -> Told:
        by = f"staff/{self.dice.choice(self.people)}"
        stamps = {"at": utc(at), "by": by, "via": "desk", "command": self.new_id()}
        names = {"organisation_id": self.id, "originator_id": stream, "originator_version": version}
        return at, next(House.numbers), kind(**names, **stamps, **facts)


def utc(wall: datetime) -> datetime:
    return wall.astimezone(UTC)
