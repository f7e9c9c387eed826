"""A small agenda in plain Python, minute by minute, without a line of the program: what its state machine goes by."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from tests.story import PARIS

WAITING = ("requested", "proposed")
ENDED = ("cancelled", "declined", "expired")
WEEKLY = (("09:00", "12:00"), ("14:00", "18:00"))
A_DAY = timedelta(days=1)


def minute(on: date, wall: str) -> int:
    """The epoch minute of a wall time in Paris, by the standard library alone."""
    return int(datetime.fromisoformat(f"{on}T{wall}").replace(tzinfo=PARIS).timestamp()) // 60


def instant(minutes: int) -> datetime:
    return datetime.fromtimestamp(minutes * 60, UTC)


def day(minutes: int) -> date:
    return instant(minutes).astimezone(PARIS).date()


class Kind(NamedTuple):
    """What is done: lengths in minutes; `step` is its grid."""

    id: UUID
    minutes: int
    step: int
    capacity: int = 1
    before: int = 0
    after: int = 0
    needs_room: bool = False
    price: int = 5000


class Row(NamedTuple):
    """Somebody's or something's time that is taken."""

    id: UUID
    start: int
    end: int
    before: int = 0
    after: int = 0
    capacity: int = 1
    is_absence: bool = False


class Wish(NamedTuple):
    """A visit that seeks its place."""

    kind: Kind
    person: UUID
    start: int

    @property
    def end(self) -> int:
        return self.start + self.kind.minutes


class Bound(NamedTuple):
    """What binds those who ask: the grid, the earliest minute, the last date."""

    is_on_grid: bool = False
    earliest: int | None = None
    last_on: date | None = None


@dataclass
class Promise:
    """An appointment, or a hold: the status `held`."""

    id: UUID
    wish: Wish
    status: str
    expires: int | None = None
    notice: int = 0
    price: int | None = None
    aside: tuple[str, ...] = ()
    version: int = 1
    client_id: UUID | None = None
    maker: str = ""

    def takes_time(self, now: int) -> bool:
        is_over = self.expires is not None and self.expires <= now
        return self.status not in (*ENDED, "over") and not is_over

    def settle(self, status: str) -> None:
        self.status = status
        self.expires = self.expires if status in WAITING else None


@dataclass
class Away:
    resource: UUID
    start: int
    end: int
    is_cancelled: bool = False


@dataclass
class Terms:
    lead: int = 120
    horizon: int | None = 4
    notice: int = 24 * 60


@dataclass
class World:
    """The whole house at one moment; `now` and every start are epoch minutes."""

    now: int
    people: tuple[UUID, ...]
    room: UUID
    most_a_day: dict[UUID, int]
    terms: Terms = field(default_factory=Terms)
    dated: dict[tuple[UUID, date], tuple[tuple[str, str], ...]] = field(default_factory=dict)
    closed: set[date] = field(default_factory=set)
    promises: dict[UUID, Promise] = field(default_factory=dict)
    absences: dict[UUID, Away] = field(default_factory=dict)

    # Who is bound by what

    def staff(self) -> Bound:
        return Bound()

    def clients(self) -> Bound:
        horizon = self.terms.horizon
        last_on = None if horizon is None else day(self.now) + horizon * A_DAY
        return Bound(is_on_grid=True, earliest=self.now + self.terms.lead, last_on=last_on)

    def shown_to_staff(self) -> Bound:
        return Bound(is_on_grid=True, earliest=self.now)

    # What stands in the way

    def obstacles(self, wish: Wish, bound: Bound, without: Collection[UUID] = ()) -> set[str]:
        """The names of the rules that this visit meets, when some promises do not count."""
        found = {*self.met_hours(wish, bound), *self.met_limits(wish, bound, without)}
        return found.union(*(met_rows(wish, self.rows(resource, without)) for resource in self.serving(wish)))

    def serving(self, wish: Wish) -> list[UUID]:
        return [wish.person, self.room] if wish.kind.needs_room else [wish.person]

    def met_hours(self, wish: Wish, bound: Bound) -> Iterator[str]:
        periods = self.periods(wish.person, day(wish.start))
        opens, closes = next((each for each in periods if each[0] <= wish.start < each[1]), (None, 0))
        if opens is not None and bound.is_on_grid and (wish.start - opens) % wish.kind.step:
            yield "grid"
        elif wish.end > closes:
            yield "outside_hours"

    def periods(self, person: UUID, on: date) -> list[tuple[int, int]]:
        usual = WEEKLY if on.weekday() < 5 and on not in self.closed else ()
        return [(minute(on, opens), minute(on, closes)) for opens, closes in self.dated.get((person, on), usual)]

    def met_limits(self, wish: Wish, bound: Bound, without: Collection[UUID]) -> Iterator[str]:
        if bound.earliest is not None and wish.start < bound.earliest:
            yield "lead"
        if bound.last_on is not None and day(wish.start) > bound.last_on:
            yield "horizon"
        most = self.most_a_day.get(wish.person)
        if most is not None and self.count(wish.person, day(wish.start), without) >= most:
            yield "day_full"

    def count(self, person: UUID, on: date, without: Collection[UUID]) -> int:
        standing = (each.wish for each in self.standing() if each.id not in without)
        return sum(wish.person == person and day(wish.start) == on for wish in standing)

    def standing(self) -> list[Promise]:
        return [each for each in self.promises.values() if each.takes_time(self.now)]

    def rows(self, resource: UUID, without: Collection[UUID] = ()) -> list[Row]:
        taken = [
            Row(each.id, each.wish.start, each.wish.end, each.wish.kind.before, each.wish.kind.after, capacity(each))
            for each in self.standing()
            if resource in self.serving(each.wish) and each.id not in without
        ]
        away = [(id, each) for id, each in self.absences.items() if not each.is_cancelled and each.resource == resource]
        return taken + [Row(id, each.start, each.end, is_absence=True) for id, each in away]

    # What is offered

    def offered(self, kind: Kind, people: Collection[UUID], on: date, bound: Bound) -> list[int]:
        """Every start of the grids of these people on a date at which one of them is free."""
        starts = {
            start
            for person in people
            for opens, closes in self.periods(person, on)
            for start in range(opens, closes, kind.step)
            if not self.obstacles(Wish(kind, person, start), bound)
        }
        return sorted(starts)

    def overlapping(self, id: UUID, resource: UUID, start: int, end: int) -> bool:
        """Whether another absence lies there."""
        return any(
            each.resource == resource and not each.is_cancelled and each.start < end and start < each.end
            for other, each in self.absences.items()
            if other != id
        )


def capacity(promise: Promise) -> int:
    return promise.wish.kind.capacity


def met_rows(wish: Wish, rows: list[Row]) -> Iterator[str]:
    """Each minute of the visit looked at beside everybody else's, and its buffers beside theirs."""
    for row in rows:
        if row.is_absence and meet(row.start, row.end, wish.start, wish.end):
            yield "absent"
        elif not stands_in(row, wish) and meets_buffer(row, wish):
            yield "buffer"
    visits = [row for row in rows if not row.is_absence]
    for each in range(wish.start, wish.end):
        here = [row for row in visits if row.start <= each < row.end]
        if len(here) >= min([wish.kind.capacity, *(row.capacity for row in here)]):
            yield "taken"


def stands_in(row: Row, wish: Wish) -> bool:
    """Whether it meets the visit itself, of which being taken says enough."""
    is_alone = row.capacity == 1 or wish.kind.capacity == 1
    return is_alone and meet(row.start, row.end, wish.start, wish.end)


def meets_buffer(row: Row, wish: Wish) -> bool:
    before, after = wish.kind.before, wish.kind.after
    is_in_ours = meet(row.start, row.end, wish.start - before, wish.start) or meet(
        row.start, row.end, wish.end, wish.end + after
    )
    is_in_theirs = meet(wish.start, wish.end, row.start - row.before, row.start) or meet(
        wish.start, wish.end, row.end, row.end + row.after
    )
    return is_in_ours or is_in_theirs


def meet(start: int, end: int, other_start: int, other_end: int) -> bool:
    return max(start, other_start) < min(end, other_end)


def hours_of(periods: Collection[tuple[str, str]], kind: type) -> list[Any]:
    return [kind(opens, closes) for opens, closes in periods]
