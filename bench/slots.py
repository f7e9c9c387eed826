"""Slot search over sixty days, against fetching the busy rows that it needs."""

from datetime import datetime
from uuid import UUID

from agenda.queries import find_slots, starts_by_resource
from agenda.timetable import TAKEN
from agenda.wanted import Wanted
from agenda.windows import Window
from bench.measure import compare, report
from bench.workload import FIRST, LAST, NOW, WORKLOAD, ZONE, Practice
from kernel.store import Store
from kernel.zones import instant_of

HISTORY = (0, 10_000, 100_000)
PEOPLE = (1, 10, 50)
STEPS = (30, 15, 5)
ROUNDS = 15


def run(store: Store, _: str) -> None:
    practice, past = Practice(store), 0
    services = {(people, step): practice.add_service(people, step) for people in PEOPLE for step in STEPS}
    for history in HISTORY:
        practice.add_history(past, history)
        past = history
        practice.settle()
        for (people, step), service in services.items():
            measure(practice, people, step, service, history)


def measure(practice: Practice, people: int, step: int, service: UUID, history: int) -> None:
    wanted = Wanted(service)
    facts = (practice.store, practice.id)
    each = lambda: starts_by_resource(*facts, wanted, FIRST, LAST, NOW, for_staff=False)  # noqa: E731
    any_of = lambda: find_slots(*facts, [wanted], FIRST, LAST, NOW, for_staff=False)  # noqa: E731
    must_equal(sum(len(starts) for starts in each().values()), WORKLOAD["expected"][str(step)]["pairs"][str(people)])
    must_equal(len(any_of()), WORKLOAD["expected"][str(step)]["union"][str(people)])
    fetch = lambda: busy_rows(practice, people)  # noqa: E731
    for name, search in (("slots of each", each), ("slots of any", any_of)):
        median, limit = compare(search, fetch, ROUNDS)
        report(
            name,
            people=people,
            step=step,
            history=history,
            n=ROUNDS,
            median_ms=median,
            limit=limit,
            ratio=median / limit,
        )


def busy_rows(practice: Practice, people: int) -> int:
    window = Window.of_days(ZONE, FIRST, LAST)
    values: tuple[list[UUID], datetime, datetime] = (
        practice.people[:people],
        instant_of(window.first),
        instant_of(window.last),
    )
    with practice.store.reading(practice.id) as db, db.cursor(binary=True) as cursor:
        return len(cursor.execute(TAKEN, values, prepare=True).fetchall())


def must_equal(found: int, expected: int) -> None:
    if found != expected:
        raise SystemExit(f"the search found {found} slots where the brute force found {expected}")
