"""Whatever is asked of series and of their appointments, in whatever order: the ledger, the streams and the views say
what a much simpler model says, and what is refused changes nothing."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from agenda.wanted import Wanted
from booking.appointment import Appointment
from booking.commands import (
    book_appointment,
    cancel_appointment,
    mark_arrived,
    mark_completed,
    move_appointment,
    restore_appointment,
)
from booking.queries import streams
from booking.series.changes import Movement
from booking.series.commands import cancel_series, edit_series, end_series, move_series, plan_series, restore_series
from booking.series.queries import preview_end, preview_move, preview_restore, preview_series
from booking.series.queries import series as series_of
from booking.series.rule import Rule
from booking.series.series import SeriesEmpty
from booking.series.settling import OccurrencesNotFree
from booking.series.text import read_rule
from kernel.errors import Refusal
from kernel.store import Store
from projections.series import OccurrenceLine
from tests.story import PARIS, House

IS_FULL = os.environ.get("CARNET_FULL") == "1"
# Two weeks before the clocks change.
BEGIN = datetime(2027, 3, 15, 7, 0, tzinfo=UTC)
FIRST = date(2027, 3, 16)
HOURS = (8, 9, 10, 11, 14, 15)
OPEN_HOURS = (9, 10, 11, 14, 15, 16, 17)
A_DAY = timedelta(days=1)


@dataclass
class Visit:
    """One appointment as the model has it; `on` and `planned_on` are of an occurrence."""

    id: UUID
    person: UUID
    service: UUID
    start: datetime
    status: str = "booked"
    price: int = 5000
    on: date | None = None
    planned_on: date | None = None
    is_exception: bool = False

    @property
    def holds_time(self) -> bool:
        return self.status != "cancelled"


@dataclass
class Course:
    """A series: its occurrences in order, by identifier; those cancelled together last, and all that left it then."""

    step: timedelta
    hour: int
    person: UUID
    service: UUID
    price: int | None
    members: list[UUID]
    gone: list[UUID] = field(default_factory=list)
    left: list[UUID] = field(default_factory=list)


def instant(on: date, hour: int) -> datetime:
    """What the clock of Paris makes of it, by the standard library alone."""
    return datetime.combine(on, time(hour), PARIS).astimezone(UTC)


class Desk(RuleBasedStateMachine):
    store: ClassVar[Store]

    @initialize()
    def open(self) -> None:
        self.house = House(self.store)
        self.now = BEGIN
        self.visits: dict[UUID, Visit] = {}
        self.courses: dict[UUID, Course] = {}
        self.people = [self.house.claire, self.house.karim]

    def by(self) -> Any:
        return self.house.by(at=self.now)

    # What the model thinks of it

    def has_room(self, moved: list[Visit], freed: set[UUID]) -> bool:
        """Whether all of these have their place at once, when those freed are not counted where they were."""
        others = [each for each in self.visits.values() if each.holds_time and each.id not in freed]
        return all(is_open(each.start) for each in moved) and not over_full([*others, *moved], self.house)

    def attempt(self, act: Callable[[], Any], *, is_possible: bool, refusals: tuple[type[Refusal], ...]) -> bool:
        """Does it if the model says it can be done; else sees it refused with nothing changed."""
        if is_possible:
            act()
            return True
        before = self.events()
        with pytest.raises(refusals):
            act()
        assert self.events() == before
        return False

    def events(self) -> int:
        return self.house.rows("SELECT count(*) FROM events")[0][0]

    def concerned(self, course: Course, first: int, *, includes: bool) -> list[Visit]:
        ahead = (self.visits[id] for id in course.members[first:])
        return [
            each
            for each in ahead
            if each.status == "booked" and each.start > self.now and (includes or not each.is_exception)
        ]

    # Ordinary work

    @rule(day=st.integers(0, 20), hour=st.sampled_from(HOURS), who=st.integers(0, 1), is_class=st.booleans())
    def book(self, day: int, hour: int, who: int, is_class: bool) -> None:
        visit = Visit(uuid4(), self.people[who], self.service(is_class), instant(FIRST + day * A_DAY, hour))

        def act() -> None:
            wanted = [Wanted(visit.service, (visit.person,))]
            book_appointment(self.store, visit.id, None, visit.start, wanted, by=self.by())

        if self.attempt(act, is_possible=self.has_room([visit], set()), refusals=(Refusal,)):
            self.visits[visit.id] = visit

    def service(self, is_class: bool) -> UUID:
        return self.house.class_of_three if is_class else self.house.massage

    @precondition(lambda self: self.visits)
    @rule(data=st.data(), days=st.integers(-3, 3), hour=st.sampled_from(HOURS))
    def move_one(self, data: st.DataObject, days: int, hour: int) -> None:
        visit = data.draw(st.sampled_from(list(self.visits.values())))
        moved = replace(visit, start=instant(visit.start.astimezone(PARIS).date() + days * A_DAY, hour))
        is_possible = visit.status in ("booked", "arrived") and self.has_room([moved], {visit.id})
        act = lambda: move_appointment(self.store, visit.id, moved.start, by=self.by())  # noqa: E731
        if self.attempt(act, is_possible=is_possible, refusals=(Refusal,)) and moved.start != visit.start:
            self.visits[visit.id] = replace(moved, is_exception=visit.on is not None)

    @precondition(lambda self: self.visits)
    @rule(data=st.data())
    def cancel_one(self, data: st.DataObject) -> None:
        visit = data.draw(st.sampled_from(list(self.visits.values())))
        act = lambda: cancel_appointment(self.store, visit.id, by=self.by())  # noqa: E731
        if self.attempt(act, is_possible=visit.status in ("booked", "arrived"), refusals=(Refusal,)):
            visit.status = "cancelled"

    @precondition(lambda self: self.visits)
    @rule(data=st.data())
    def restore_one(self, data: st.DataObject) -> None:
        visit = data.draw(st.sampled_from(list(self.visits.values())))
        is_possible = visit.status == "cancelled" and self.has_room([visit], set())
        act = lambda: restore_appointment(self.store, visit.id, by=self.by())  # noqa: E731
        if self.attempt(act, is_possible=is_possible, refusals=(Refusal,)):
            visit.status = "booked"

    @precondition(lambda self: self.visits)
    @rule(data=st.data(), deed=st.sampled_from([("arrived", mark_arrived), ("completed", mark_completed)]))
    def come(self, data: st.DataObject, deed: tuple[str, Any]) -> None:
        visit = data.draw(st.sampled_from(list(self.visits.values())))
        status, act = deed
        ready = visit.status == "booked" or (visit.status == "arrived" and status == "completed")
        is_possible = ready and (status == "arrived" or visit.start <= self.now)
        if self.attempt(lambda: act(self.store, visit.id, by=self.by()), is_possible=is_possible, refusals=(Refusal,)):
            visit.status = status

    @rule(days=st.integers(1, 6))
    def time_passes(self, days: int) -> None:
        self.now += days * A_DAY

    # Series

    @rule(
        day=st.integers(0, 12),
        hour=st.sampled_from(HOURS),
        weeks=st.booleans(),
        every=st.integers(1, 2),
        count=st.integers(1, 6),
        who=st.integers(0, 1),
        is_class=st.booleans(),
        price=st.sampled_from([None, 4000]),
    )
    def plan(
        self,
        day: int,
        hour: int,
        weeks: bool,
        every: int,
        count: int,
        who: int,
        is_class: bool,
        price: int | None,
    ) -> None:
        id, first_on, wall_time = uuid4(), FIRST + day * A_DAY, f"{hour:02}:00"
        step = timedelta(days=every * (7 if weeks else 1))
        course = Course(step, hour, self.people[who], self.service(is_class), price, [])
        asked, wanted = Rule(unit="week" if weeks else "day", every=every, count=count), self.wanted(course)
        dates = [first_on + number * step for number in range(count)]
        seen = preview_series(self.store, self.house.id, id, first_on, wall_time, asked, wanted, self.now)
        made = [self.occurrence(course, id, on, on) for on in dates]
        is_possible = self.has_room(made, set())
        assert (seen.clashing == 0) == is_possible
        assert [each.on for each in seen.occurrences] == dates

        def act() -> None:
            plan_series(self.store, id, None, first_on, wall_time, asked, wanted, price_cents=price, by=self.by())

        if self.attempt(act, is_possible=is_possible, refusals=(OccurrencesNotFree,)):
            self.courses[id] = course
            self.take_in(course, made)

    def wanted(self, course: Course) -> list[Wanted]:
        return [Wanted(course.service, (course.person,))]

    def occurrence(self, course: Course, series_id: UUID, on: date, planned_on: date) -> Visit:
        from booking.series.series import occurrence_id

        start, price = instant(planned_on, course.hour), 5000 if course.price is None else course.price
        id = occurrence_id(series_id, on)
        return Visit(id, course.person, course.service, start, price=price, on=on, planned_on=planned_on)

    def take_in(self, course: Course, made: list[Visit]) -> None:
        self.visits |= {each.id: each for each in made}
        course.members += [each.id for each in made]

    @precondition(lambda self: self.courses)
    @rule(
        data=st.data(),
        days=st.integers(-3, 3),
        hour=st.sampled_from([None, *HOURS]),
        who=st.sampled_from([None, 0, 1]),
        includes=st.booleans(),
    )
    def move(self, data: st.DataObject, days: int, hour: int | None, who: int | None, includes: bool) -> None:
        id, course, first, from_on = self.somewhere(data)
        target = replace(course, hour=course.hour if hour is None else hour)
        target.person = course.person if who is None else self.people[who]
        touched = self.concerned(course, first, includes=includes)
        new = [self.moved(each, target, course, days, is_repriced=who is not None) for each in touched]
        wanted = () if who is None else tuple(self.wanted(target))
        movement = Movement(from_on, days, "" if hour is None else f"{hour:02}:00", wanted, includes)
        is_possible = bool(touched) and self.has_room(new, {each.id for each in touched})
        if touched:
            seen = preview_move(self.store, self.house.id, id, movement, self.now)
            assert (seen.clashing == 0) == is_possible
            assert [each.on for each in seen.occurrences] == [each.on for each in touched]
        refusals = (OccurrencesNotFree, SeriesEmpty)
        act = lambda: move_series(self.store, id, movement, by=self.by())  # noqa: E731
        if self.attempt(act, is_possible=is_possible, refusals=refusals):
            course.hour, course.person = target.hour, target.person
            shifted = course.members[course.members.index(touched[0].id) :]
            self.visits |= {each.id: each for each in new}
            for each in shifted:
                if each not in {one.id for one in new}:
                    self.visits[each].planned_on += days * A_DAY

    def moved(self, visit: Visit, target: Course, course: Course, days: int, *, is_repriced: bool) -> Visit:
        planned_on = visit.planned_on + days * A_DAY
        price = 5000 if is_repriced and course.price is None else visit.price
        start = instant(planned_on, target.hour)
        return replace(
            visit, planned_on=planned_on, start=start, person=target.person, price=price, is_exception=False
        )

    def somewhere(self, data: st.DataObject) -> tuple[UUID, Course, int, date | None]:
        """A series, and one of its occurrences to begin with, or None for all."""
        id = data.draw(st.sampled_from(list(self.courses)))
        course = self.courses[id]
        places = st.integers(0, len(course.members) - 1) if course.members else st.nothing()
        first = data.draw(st.none() | places)
        return id, course, first or 0, None if first is None else self.visits[course.members[first]].on

    @precondition(lambda self: self.courses)
    @rule(data=st.data(), includes=st.booleans(), price=st.integers(1, 3))
    def edit(self, data: st.DataObject, includes: bool, price: int) -> None:
        id, course, first, from_on = self.somewhere(data)
        touched = self.concerned(course, first, includes=includes)

        def act() -> None:
            facts = {"from_on": from_on, "includes_exceptions": includes, "price_cents": price * 1000}
            edit_series(self.store, id, **facts, by=self.by())

        if self.attempt(act, is_possible=bool(touched), refusals=(SeriesEmpty,)):
            course.price = price * 1000
            for each in touched:
                each.price = price * 1000

    @precondition(lambda self: self.courses)
    @rule(data=st.data(), includes=st.booleans())
    def cancel(self, data: st.DataObject, includes: bool) -> None:
        id, course, first, from_on = self.somewhere(data)
        touched = self.concerned(course, first, includes=includes)

        def act() -> None:
            cancel_series(self.store, id, from_on=from_on, includes_exceptions=includes, by=self.by())

        if self.attempt(act, is_possible=bool(touched), refusals=(SeriesEmpty,)):
            self.let_go(course, touched)

    def let_go(self, course: Course, touched: list[Visit]) -> None:
        """They leave the series, and with them those after the first that had been cancelled alone."""
        first = course.members.index(touched[0].id)
        cancelled = {each.id for each in touched}
        empty = {id for id in course.members[first:] if self.visits[id].status == "cancelled"}
        for each in touched:
            each.status = "cancelled"
        course.gone = [id for id in course.members if id in cancelled]
        course.left = [id for id in course.members if id in cancelled | empty]
        course.members = [id for id in course.members if id not in cancelled | empty]

    @precondition(lambda self: self.courses)
    @rule(data=st.data())
    def bring_back(self, data: st.DataObject) -> None:
        id, course, _, _ = self.somewhere(data)
        back = [self.visits[each] for each in course.gone if self.visits[each].status == "cancelled"]
        is_possible = bool(course.gone) and self.has_room(back, set())
        if course.gone:
            seen = preview_restore(self.store, self.house.id, id, self.now)
            assert (seen.clashing == 0) == is_possible
        act = lambda: restore_series(self.store, id, by=self.by())  # noqa: E731
        if self.attempt(act, is_possible=is_possible, refusals=(OccurrencesNotFree, SeriesEmpty)):
            for each in back:
                each.status = "booked"
            course.members = self.in_order([*course.members, *course.left])
            course.gone, course.left = [], []

    def in_order(self, ids: list[UUID]) -> list[UUID]:
        return sorted(ids, key=lambda id: (self.visits[id].planned_on, self.visits[id].on))

    @precondition(lambda self: any(course.members for course in self.courses.values()))
    @rule(data=st.data(), more=st.integers(-3, 3), includes=st.booleans())
    def end(self, data: st.DataObject, more: int, includes: bool) -> None:
        """Another end, of series that go on with the weekday of their last occurrence: the model only counts on."""
        id, course, _, _ = self.somewhere(data)
        known = series_of(self.store, self.house.id, id)
        last_on = max((self.visits[each].planned_on for each in course.members), default=None)
        if last_on is None or not goes_on(known.rule, last_on) or more == 0:
            return
        count = max(1, len(course.members) + more)
        if count <= len(course.members):
            self.shorten(id, course, count, includes=includes)
        else:
            self.extend(id, course, count)

    def shorten(self, id: UUID, course: Course, count: int, *, includes: bool) -> None:
        if count == len(course.members):
            return
        touched = self.concerned(course, count, includes=includes)
        act = lambda: end_series(  # noqa: E731
            self.store, id, count=count, includes_exceptions=includes, by=self.by()
        )
        if self.attempt(act, is_possible=bool(touched), refusals=(SeriesEmpty,)):
            self.let_go(course, touched)

    def extend(self, id: UUID, course: Course, count: int) -> None:
        last_on = max(self.visits[each].planned_on for each in course.members)
        dates = [last_on + number * course.step for number in range(1, count - len(course.members) + 1)]
        taken = {self.visits[each].on for each in course.members}
        new = [self.occurrence(course, id, on, planned) for on, planned in fresh_names(dates, taken)]
        standing = [self.visits[each.id] for each in new if self.is_standing(each.id)]
        wished = [each for each in new if not self.is_standing(each.id)]
        is_possible = self.has_room(wished, set())
        seen = preview_end(self.store, self.house.id, id, self.now, count=count)
        assert (seen.clashing == 0) == is_possible
        act = lambda: end_series(self.store, id, count=count, by=self.by())  # noqa: E731
        if self.attempt(act, is_possible=is_possible, refusals=(OccurrencesNotFree,)):
            for each in wished:
                self.revive(each)
            for each in standing:
                each.planned_on = next(one.planned_on for one in new if one.id == each.id)
            names = {each.on for each in new}
            course.gone = [each for each in course.gone if self.visits[each].on not in names]
            course.left = [each for each in course.left if self.visits[each].on not in names]
            course.members = self.in_order([*course.members, *(each.id for each in new)])

    def is_standing(self, id: UUID) -> bool:
        return id in self.visits and self.visits[id].holds_time

    def revive(self, visit: Visit) -> None:
        """An appointment brought back keeps its price and whether it was an exception; its time is the series'."""
        before = self.visits.get(visit.id)
        kept = {"price": before.price, "is_exception": before.is_exception} if before else {}
        self.visits[visit.id] = replace(visit, **kept)

    # What is always so

    @invariant()
    def the_ledger_holds_what_stands_and_nothing_twice(self) -> None:
        rows = self.house.rows("SELECT stream_id, resource_id, starts_at, capacity FROM claims")
        assert {(id, who, start) for id, who, start, _ in rows} == {
            (each.id, each.person, each.start) for each in self.visits.values() if each.holds_time
        }
        for id, who, start, capacity in rows:
            beside = [each for each in rows if each[1] == who and abs(each[2] - start) < timedelta(hours=1)]
            assert len(beside) <= min(each[3] for each in beside), (id, start, capacity)

    @invariant()
    def streams_replayed_are_what_the_model_says(self) -> None:
        with self.store.reading(self.house.id) as db:
            told = streams(db, self.visits, None)
        for id, visit in self.visits.items():
            found = Appointment.replay(id, told[id])
            assert (found.status, found.starts_at, found.price_cents) == (visit.status, visit.start, visit.price)
            assert (found.occurrence_on, found.is_exception) == (visit.on, visit.is_exception)

    @invariant()
    def every_series_knows_its_occurrences(self) -> None:
        for id, course in self.courses.items():
            known = series_of(self.store, self.house.id, id)
            expected = [(self.visits[each].on, self.visits[each].planned_on) for each in course.members]
            assert [(each.on, each.planned_on) for each in known.made] == expected

    def teardown(self) -> None:
        if hasattr(self, "house"):
            self.views_are_what_the_streams_fold_into()

    def views_are_what_the_streams_fold_into(self) -> None:
        self.house.read_on()
        names = ("appointment_id", "occurrence_on", "status", "starts_at", "is_exception", "resource_id")
        assert set(names) < set(OccurrenceLine.__struct_fields__)
        expected = {
            (each.id, each.on, each.status, each.start, each.is_exception, each.person)
            for each in self.visits.values()
            if each.on
        }
        assert set(self.house.rows(f"SELECT {', '.join(names)} FROM view_occurrences")) == expected
        assert {id for (id,) in self.house.rows("SELECT series_id FROM view_series")} == set(self.courses)


def is_open(start: datetime) -> bool:
    wall = start.astimezone(PARIS)
    return wall.weekday() < 5 and wall.hour in OPEN_HOURS


def over_full(visits: list[Visit], house: House) -> bool:
    """All last an hour and start on the hour: one alone, or three of a class."""
    together: dict[tuple[UUID, datetime], Counter] = {}
    for each in visits:
        together.setdefault((each.person, each.start), Counter())[each.service] += 1
    return any(
        count[house.massage] > 1 or count[house.class_of_three] > 3 or len(count) > 1 for count in together.values()
    )


def goes_on(rule: str, last_on: date) -> bool:
    weekdays = read_rule(rule).weekdays
    return not weekdays or last_on.weekday() in weekdays


def fresh_names(dates: list[date], taken: set[date]) -> Iterator[tuple[date, date]]:
    names = set(taken)
    for planned_on in dates:
        on = planned_on
        while on in names:
            on += A_DAY
        names.add(on)
        yield on, planned_on


def test_series_do_what_the_model_says(store: Store):
    Desk.store = store
    bounds = {"max_examples": 500, "stateful_step_count": 50} if IS_FULL else {}
    run_state_machine_as_test(
        Desk,
        settings=settings(
            **{"max_examples": 50, "stateful_step_count": 15} | bounds,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
