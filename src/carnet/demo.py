"""The demo practice: a house of six practitioners with some weeks of life in it, made by ordinary commands."""

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from accounts.commands import open_organisation, open_place
from accounts.people.acts import as_self
from accounts.people.commands import register_person
from accounts.queries import organisations
from accounts.rights import SETUP
from accounts.team.commands import add_member
from agenda.commands import (
    add_resource,
    add_service,
    assign_performer,
    close_public_holidays,
    plan_absence,
    set_booking_terms,
    set_hours,
)
from agenda.events import ServiceNeed
from agenda.hours import Hours, WeeklyPeriod
from agenda.wanted import Wanted
from booking.commands import book_appointment, cancel_appointment, mark_arrived, mark_completed, mark_missed
from carnet import demo_data as data
from carnet.demo_messages import messages_of, news_of, skip_what_is_past
from carnet.wiring import catch_up, register
from clients.commands import create_client
from kernel.actors import Act
from kernel.errors import Refusal
from kernel.store import Store

HOUSE = UUID("5f0c6c1e-7f3c-4d0e-9a55-2d6b5f1c0a01")
ZONE = ZoneInfo("Europe/Paris")
PASSWORD = "carnet-demo-ouvert"  # noqa: S105 — the demo practice is open to whoever starts it
DAYS_BEFORE, DAYS_AFTER = 21, 28
MESSAGES_AROUND = timedelta(days=4)


# When it happens, and what.
Happening = tuple[datetime, Callable[[], object]]


class Person(NamedTuple):
    """A practitioner with the identifiers of the services they perform."""

    id: UUID
    hours: dict[int, list[tuple[str, str]]]
    services: list[tuple[UUID, int]]


def has_organisation(database_url: str) -> bool:
    store = Store(database_url, size=1)
    try:
        return bool(organisations(store))
    finally:
        store.close()


def logins() -> str:
    people = "\n".join(f"  {email}  ({role})" for _, email, role, _ in data.MEMBERS)
    return f"Demo practice « {data.NAME} », password {PASSWORD}:\n{people}"


def seed(database_url: str, now: datetime | None = None) -> None:
    """Makes the demo practice around today; the same day gives the same practice."""
    store = Store(database_url, size=2)
    try:
        fill(store, now or datetime.now(UTC))
    finally:
        store.close()


def fill(store: Store, now: datetime) -> None:
    # The register comes first, so that whoever waits for the pages waits for every reader.
    register(store)
    dice = random.Random(20261124)
    open_house(store, now)
    people = [add_person(store, person, now) for person in data.PRACTITIONERS]
    add_members(store, people, now)
    clients = [add_client(store, dice, number, now) for number in range(data.CLIENTS)]
    add_absences(store, people, now)
    today = now.astimezone(ZONE).date()
    days = (today + timedelta(day) for day in range(-DAYS_BEFORE, DAYS_AFTER + 1))
    happenings = [each for on in days for each in day_of(store, dice, people, clients, now, on)]
    for _, happen in sorted(happenings, key=lambda each: each[0]):
        # On a public holiday the house is closed, and there is nothing to cancel or complete either.
        with suppress(Refusal):
            happen()
    skip_what_is_past(store, now)
    catch_up(store)


def act(now: datetime, actor: str = "setup/demo", origin: str = "setup") -> Act:
    return Act(organisation_id=HOUSE, actor=actor, may=SETUP, origin=origin, at=now)


def id_of(*parts: object) -> UUID:
    return uuid5(HOUSE, "/".join(map(str, parts)))


def open_house(store: Store, now: datetime) -> None:
    by = act(now)
    open_organisation(store, name=data.NAME, country="FR", zone=ZONE.key, trade="health", by=by)
    open_place(store, id_of("place"), name=data.NAME, zone=ZONE.key, country="FR", address=data.ADDRESS, by=by)
    for year in (now.year, now.year + 1):
        close_public_holidays(store, id_of("place"), year, by=by)
    set_booking_terms(store, lead_minutes=120, horizon_days=60, notice_minutes=24 * 60, by=by)
    for rank, (kind, name) in enumerate(data.ROOMS):
        facts = {"place_ids": [id_of("place")], "rank": 100 + rank, "has_hours": False}
        add_resource(store, id_of(kind, name), kind=kind, name=name, **facts, by=by)


def add_person(store: Store, person: data.Practitioner, now: datetime) -> Person:
    by, id = act(now), id_of("practitioner", person.name)
    rank = data.PRACTITIONERS.index(person)
    facts = {"trade": person.trade, "rank": rank, "place_ids": [id_of("place")]}
    add_resource(store, id, kind="practitioner", name=person.name, **facts, by=by)
    weekly = [WeeklyPeriod(day, start, end) for day, periods in person.hours.items() for start, end in periods]
    set_hours(store, id, Hours(weekly), by=by)
    services = [(add_offer(store, person, offer, id, by), offer.minutes) for offer in person.offers]
    return Person(id, person.hours, services)


def add_offer(store: Store, person: data.Practitioner, offer: data.Offer, performer_id: UUID, by: Act) -> UUID:
    id = id_of("service", offer.name)
    rooms = [ServiceNeed("room", resource_ids=[id_of("room", person.room)])] if person.room else []
    add_service(
        store,
        id,
        name=offer.name,
        category=person.trade,
        colour=person.colour,
        duration_minutes=offer.minutes,
        price_cents=offer.cents,
        interval_minutes=15,
        needs=[ServiceNeed("practitioner"), *rooms],
        by=by,
    )
    assign_performer(store, id, performer_id, by=by)
    return id


def add_members(store: Store, people: list[Person], now: datetime) -> None:
    for name, email, role, rank in data.MEMBERS:
        resource_id = None if rank is None else people[rank].id
        person_id, facts = id_of("person", email), {"name": name, "email": email}
        own = as_self(person_id, now)
        register_person(store, **facts, password=PASSWORD, is_confirmed=True, by=own)
        given = {"person_id": person_id, "role": role, "resource_id": resource_id}
        add_member(store, id_of("member", email), **facts, **given, by=act(now))


def add_client(store: Store, dice: random.Random, number: int, now: datetime) -> UUID:
    id = id_of("client", number)
    title, first_name = data.FIRST_NAMES[number % len(data.FIRST_NAMES)]
    last_name = data.LAST_NAMES[number * 7 % len(data.LAST_NAMES)]
    facts = {"title": title, "first_name": first_name, "last_name": last_name, "town": dice.choice(data.TOWNS)}
    facts["phone"] = f"06 {dice.randrange(10, 99)} {dice.randrange(10, 99)} {dice.randrange(10, 99)} {number % 90 + 10}"
    if dice.random() < 0.8:
        # Nobody has an address that ends so, and nobody ever will: RFC 2606.
        facts["email"] = f"client{number}@clients.example"
    create_client(store, id, facts, by=act(now))
    return id


def day_of(
    store: Store, dice: random.Random, people: list[Person], clients: list[UUID], now: datetime, on: date
) -> Iterator[Happening]:
    ahead = max(0, (on - now.astimezone(ZONE).date()).days)
    density = 0.85 if ahead == 0 else max(0.15, 0.8 - 0.025 * ahead)
    for person in people:
        for starts_at, (service_id, minutes) in openings(dice, person, on):
            if dice.random() < density:
                ends_at = starts_at + timedelta(minutes=minutes)
                yield from visit(store, dice, person, service_id, dice.choice(clients), starts_at, ends_at, now)


def openings(dice: random.Random, person: Person, on: date) -> Iterator[tuple[datetime, tuple[UUID, int]]]:
    """One service after the other through the day's periods."""
    for start, end in person.hours.get(on.weekday(), []):
        at = datetime.combine(on, time.fromisoformat(start), ZONE)
        until = datetime.combine(on, time.fromisoformat(end), ZONE)
        while True:
            service = dice.choice(person.services)
            if at + timedelta(minutes=service[1]) > until:
                break
            yield at.astimezone(UTC), service
            at += timedelta(minutes=-(-service[1] // 15) * 15)


def visit(
    store: Store,
    dice: random.Random,
    person: Person,
    service_id: UUID,
    client_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> Iterator[Happening]:
    id = id_of("visit", person.id, starts_at)
    made_at = min(now, starts_at) - timedelta(days=dice.randrange(1, 15), minutes=dice.randrange(600))
    is_request = starts_at > now + timedelta(hours=6) and dice.random() < 0.06
    words = {"note": dice.choice(data.NOTES)} if dice.random() < 0.12 else {}
    facts = {"status": "requested" if is_request else "booked", "is_asked_for": dice.random() < 0.1, **words}
    wanted, by = [Wanted(service_id, (person.id,))], desk_at(now if is_request else made_at)
    yield by.at, partial(book_appointment, store, id, client_id, starts_at, wanted, **facts, by=by)
    if abs(starts_at - now) < MESSAGES_AROUND:
        yield from messages_of(store, dice, HOUSE, id, starts_at, by.at, now)
    yield from what_became_of_it(store, dice, id, starts_at, ends_at, now)


def what_became_of_it(
    store: Store, dice: random.Random, id: UUID, starts_at: datetime, ends_at: datetime, now: datetime
) -> Iterator[Happening]:
    luck = dice.random()
    if luck < 0.05:
        by = desk_at(min(now, starts_at - timedelta(hours=20)))
        yield by.at, partial(cancel_appointment, store, id, is_by_client=True, reason=dice.choice(data.REASONS), by=by)
        if abs(starts_at - now) < MESSAGES_AROUND:
            yield from news_of(store, HOUSE, id, by.at)
    elif ends_at < now and luck < 0.09:
        by = desk_at(starts_at + timedelta(minutes=15))
        yield by.at, partial(mark_missed, store, id, by=by)
    elif starts_at < now:
        by = desk_at(starts_at - timedelta(minutes=4))
        yield by.at, partial(mark_arrived, store, id, by=by)
        if ends_at < now:
            yield ends_at, partial(mark_completed, store, id, by=desk_at(ends_at))


def desk_at(at: datetime) -> Act:
    return act(at, f"staff/{id_of('member', data.MEMBERS[1][1])}", "desk")


def add_absences(store: Store, people: list[Person], now: datetime) -> None:
    today = now.astimezone(ZONE).date()
    for rank, days, start, end, reason in data.ABSENCES:
        on = today + timedelta(days)
        starts_at, ends_at = (datetime.combine(on, time.fromisoformat(at), ZONE).astimezone(UTC) for at in (start, end))
        plan_absence(
            store, id_of("absence", rank, days), people[rank].id, starts_at, ends_at, reason=reason, by=act(now)
        )
