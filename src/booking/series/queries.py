"""Series before they are made or changed: every occurrence with what stands in its way, and what else is possible.

The same wishes and the same engine as in the commands, without their locks: what fits here is kept there, unless
somebody was faster. The statements are a handful, however many occurrences there are.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from psycopg import Connection

from agenda.timetable import Settings, live, settings_of, taken_rows
from agenda.wanted import Wanted
from booking.allocation import Sought, sought
from booking.appointment import Appointment
from booking.series.changes import Movement, Plan, beyond, extended, moved, new_end, planned, restored
from booking.series.ground import Ground, Outcome, outcomes, span
from booking.series.members import Concerned, Member, concerned
from booking.series.rule import Rule
from booking.series.series import Series
from booking.series.ways import AHEAD_DAYS, Ways, ways, with_others
from booking.series.wishes import AS_PLANNED, NO_CHOICES, Choice, Choices
from kernel.errors import NotFound, Refusal
from kernel.store import Store, found_in
from kernel.zones import MINUTES_A_DAY


class Foreseen(Struct, frozen=True, kw_only=True):
    """An occurrence as it would come out: where it fits, or why it does not and what else is possible.

    `number` counts from 1 and `on` is its name; `refusal` is what booking it would meet, with `rules` to set aside
    where that is possible, `next_at` the nearest free start with the same people, `people` who else is free then.
    `clashes_on` names another occurrence of the same plan that it would overlap. Skipped ones only say so.
    """

    number: int
    on: date
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    zone: str
    choice: Choice
    resource_ids: list[UUID] = []
    set_aside: list[str] = []
    refusal: Refusal | None = None
    rules: list[str] = []
    next_at: datetime | None = None
    people: list[UUID] = []
    clashes_on: date | None = None

    @property
    def fits(self) -> bool:
        return self.refusal is None and not self.choice.is_skipped


class Kept(Struct, frozen=True, kw_only=True):
    """An occurrence that a change leaves as it is, because it was changed alone before."""

    on: date
    id: UUID
    starts_at: datetime
    ends_at: datetime


class Preview(Struct, frozen=True, kw_only=True):
    """`missing_months` (each by its first day) lack the day of the rule; `kept` are the exceptions."""

    occurrences: list[Foreseen]
    kept: list[Kept] = []
    cancelled: list[Kept] = []
    missing_months: list[date] = []
    rule: Rule | None = None

    @property
    def fitting(self) -> int:
        return sum(each.fits for each in self.occurrences)

    @property
    def clashing(self) -> int:
        return sum(each.refusal is not None for each in self.occurrences)


def series(store: Store, organisation_id: UUID, id: UUID) -> Series | None:
    """The series as its own events tell it."""
    return store.find(organisation_id, Series, id)


def preview_series(
    store: Store,
    organisation_id: UUID,
    id: UUID,
    first_on: date,
    wall_time: str,
    rule: Rule,
    wanted: Sequence[Wanted],
    now: datetime,
    *,
    zone: str = "",
    choices: Choices = NO_CHOICES,
    for_staff: bool = True,
) -> Preview:
    """What `plan_series` would do with the same facts."""
    with store.reading(organisation_id) as db:
        settings = settings_of(db, organisation_id)
        plan = planned(settings, id, first_on, wall_time, rule, tuple(wanted), choices, zone)
        return foreseen(db, settings, plan, choices, now, for_staff=for_staff)


def preview_move(
    store: Store,
    organisation_id: UUID,
    id: UUID,
    movement: Movement,
    now: datetime,
    *,
    choices: Choices = NO_CHOICES,
    for_staff: bool = True,
) -> Preview:
    """What `move_series` would do."""
    with store.reading(organisation_id) as db:
        settings, known = settings_of(db, organisation_id), known_series(db, id)
        plan = moved(db, settings, known, movement, choices, now)
        return foreseen(db, settings, plan, choices, now, for_staff=for_staff)


def preview_end(
    store: Store,
    organisation_id: UUID,
    id: UUID,
    now: datetime,
    *,
    count: int | None = None,
    until_on: date | None = None,
    choices: Choices = NO_CHOICES,
    includes_exceptions: bool = False,
    for_staff: bool = True,
) -> Preview:
    """What `end_series` would do: further occurrences, or those that it would cancel."""
    with store.reading(organisation_id) as db:
        settings, known = settings_of(db, organisation_id), known_series(db, id)
        rule = new_end(known, count, until_on)
        if cut := beyond(known, rule):
            return leaving(concerned(db, known, cut[0].on, now, includes_exceptions=includes_exceptions))
        plan = extended(db, settings, known, rule, choices)
        return foreseen(db, settings, plan, choices, now, for_staff=for_staff)


def preview_cancel(
    store: Store,
    organisation_id: UUID,
    id: UUID,
    now: datetime,
    *,
    from_on: date | None = None,
    includes_exceptions: bool = False,
) -> Preview:
    """What `cancel_series` would cancel and what `edit_series` would touch, with the exceptions left alone."""
    with store.reading(organisation_id) as db:
        found = concerned(db, known_series(db, id), from_on, now, includes_exceptions=includes_exceptions)
        return leaving(found)


def preview_restore(
    store: Store, organisation_id: UUID, id: UUID, now: datetime, *, choices: Choices = NO_CHOICES
) -> Preview:
    """What `restore_series` would bring back."""
    with store.reading(organisation_id) as db:
        settings = settings_of(db, organisation_id)
        plan = restored(db, settings, known_series(db, id), choices)
        return foreseen(db, settings, plan, choices, now, for_staff=True)


def known_series(db: Connection, id: UUID) -> Series:
    found = found_in(db, Series, id)
    if found is None:
        raise NotFound(kind="Series", id=str(id))
    return found


def leaving(found: Concerned) -> Preview:
    return Preview(occurrences=[], cancelled=kept(found.touched), kept=kept(found.kept))


def kept(members: Iterable[Member]) -> list[Kept]:
    return [
        Kept(on=occurrence.on, id=each.id, starts_at=each.starts_at, ends_at=ends_at(each))
        for occurrence, each in members
    ]


def ends_at(appointment: Appointment) -> datetime:
    return appointment.segments[-1].ends_at


def foreseen(
    db: Connection, settings: Settings, plan: Plan, choices: Choices, now: datetime, *, for_staff: bool
) -> Preview:
    """Every occurrence of the plan in order, those that are skipped or left among them."""
    visits = {each.on: sought(settings, each.starts_at, each.wanted, for_staff=for_staff) for each in plan.wishes}
    ground = ground_of(db, settings, visits.values(), now, without=plan.freed(choices))
    asked = [(wish, visits[wish.on]) for wish in plan.wishes]
    found = {each.wish.on: each for each in outcomes(ground, asked, now, for_staff=for_staff)}
    names = {wish.id: wish.on for wish in plan.wishes}
    rows = [
        one_foreseen(number, each.on, plan, choices, found.get(each.on))
        for number, each in enumerate(plan.occurrences, 1)
    ]
    # Other ways are looked for once every occurrence that fits has its place, so that none leads into another.
    for number, row in enumerate(rows):
        if row.refusal:
            others = ways(ground, visits[row.on], row.refusal, now, for_staff=for_staff)
            rows[number] = with_ways(row, others, names)
    return Preview(occurrences=rows, kept=kept(plan.kept), missing_months=plan.missing_months, rule=plan.rule)


def ground_of(
    db: Connection, settings: Settings, visits: Collection[Sought], now: datetime, *, without: Collection[UUID]
) -> Ground:
    """What is taken of all who may serve, and of those who might instead, over the whole time of the series."""
    if not visits:
        return Ground(settings, {})
    first, last = span(settings, visits)
    kinds = {tuple(visit.wanted): visit for visit in visits}.values()
    ids = {id for visit in kinds for id in visit.ids()}
    ids |= {id for visit in kinds for _, other in with_others(settings, visit) for id in other.ids()}
    rows = taken_rows(db, ids, first, last + AHEAD_DAYS * MINUTES_A_DAY)
    return Ground(settings, live(rows, now, without))


def one_foreseen(number: int, on: date, plan: Plan, choices: Choices, outcome: Outcome | None) -> Foreseen:
    row = Foreseen(number=number, on=on, zone=plan.pattern.zone, choice=choices.get(on, AS_PLANNED))
    if outcome is None:
        return row
    row = replace(row, starts_at=outcome.wish.starts_at, refusal=outcome.refusal)
    if outcome.place is None:
        return row
    segments = outcome.place.segments
    ids = dict.fromkeys(use.resource_id for segment in segments for use in segment.uses)
    return replace(row, ends_at=segments[-1].ends_at, resource_ids=list(ids), set_aside=list(outcome.place.set_aside))


def with_ways(row: Foreseen, found: Ways, names: Mapping[UUID, date]) -> Foreseen:
    taken_by = row.refusal.facts.get("taken_by")
    clashes_on = names.get(UUID(taken_by)) if taken_by else None
    return replace(row, rules=found.rules, next_at=found.next_at, people=found.people, clashes_on=clashes_on)
