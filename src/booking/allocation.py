"""Finding the resources and seats for an appointment, with the very engine that shows the slots, under their locks."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from agenda.explain import Obstacle, obstacles
from agenda.inherited import for_clients
from agenda.slots import Ask, Calendar, Rules
from agenda.timetable import Ledger, Settings, calendars, live, locked_rows, reach
from agenda.visits import Part, Visit, visits
from agenda.visits import Segment as Asked
from agenda.wanted import Wanted, asked_of, longest
from agenda.windows import Window
from booking.events import SeatSpan, Segment, Use
from booking.online import must_be_offered
from booking.rules import RULES, OverrideNotAllowed, ReasonMissing, refusal_for, relaxed, rule_of
from booking.seats import Seated, seat_spans
from kernel.actors import Act
from kernel.errors import Refusal
from kernel.store import Log
from kernel.texts import is_blank
from kernel.zones import instant_of, minute_of

STAFF = frozenset({"staff", "api", "setup", "import", "policy"})


class ServiceMissing(Refusal):
    """An appointment needs at least one service."""


class TimeNotWhole(Refusal):
    """Appointments start on whole minutes."""


class Place(NamedTuple):
    """Where an appointment fits: the segments with their resources and seats, the zone and the wall time."""

    zone: str
    wall_at: str
    segments: list[Segment]
    set_aside: tuple[str, ...] = ()

    def time(self) -> dict[str, Any]:
        return {"zone": self.zone, "wall_at": self.wall_at, "segments": self.segments}


class Question(NamedTuple):
    """What is asked of the engine: the visit, whose time it may use, and when."""

    asked: list[Asked]
    boards: dict[UUID, Calendar]
    now: datetime
    start: int

    def visit(self) -> Visit | None:
        found = visits(self.asked, self.boards, Rules(), self.now, Window(self.start, self.start + 1))
        return found[0] if found else None

    def without(self, override: frozenset[str]) -> "Question":
        """The same question with these rules set aside."""
        asked = self.asked
        if "buffer" in override:
            asked = [segment._replace(ask=segment.ask._replace(before=0, after=0)) for segment in asked]
        boards = {id: relaxed(calendar, override) for id, calendar in self.boards.items()}
        return self._replace(asked=asked, boards=boards)

    def served_by(self, visit: Visit) -> "Question":
        """The same question to those alone who serve this visit."""
        parts = zip(self.asked, visit.parts, strict=True)
        return self._replace(asked=[chosen(segment, part.resource_ids) for segment, part in parts])


class Sought(NamedTuple):
    """A visit that seeks its place: when it starts, what is wanted, and what that asks of the engine."""

    starts_at: datetime
    wanted: Sequence[Wanted]
    asked: list[Asked]

    def ids(self) -> set[UUID]:
        """Every resource that might serve."""
        return {id for segment in self.asked for need in segment.needs for id in need.candidates}

    def window(self) -> Window:
        start = minute_of(self.starts_at)
        return Window(start, start + 1)

    def reach(self, settings: Settings) -> tuple[int, int]:
        """The epoch minutes whose taken rows bear on it."""
        return reach(settings, self.window(), longest(self.asked))


def sought(settings: Settings, starts_at: datetime, wanted: Sequence[Wanted], *, for_staff: bool) -> Sought:
    """Staff write down what people agreed on, to the minute; others take what was offered."""
    asked = [asked_of(settings, each, at_any_minute=for_staff) for each in wanted]
    must_be_sound(starts_at, asked)
    return Sought(starts_at, wanted, asked)


def allocate(
    log: Log,
    settings: Settings,
    starts_at: datetime,
    wanted: Sequence[Wanted],
    by: Act,
    *,
    override: Collection[str] = (),
    without: Collection[UUID] = (),
    known: Sequence[Wanted] = (),
) -> Place:
    """Locks every resource that might serve, then decides; what it returns holds until the transaction ends.

    `without` are streams whose time counts as free: the appointment that is moved, the hold that becomes it. `known`
    is what that appointment has already.
    Raises the refusal of the first rule met, with all rules met among its facts.
    """
    must_be_offered(settings, wanted, by, known=known)
    visit = sought(settings, starts_at, wanted, for_staff=is_staff(by))
    rows = locked_rows(log, visit.ids(), *visit.reach(settings))
    free_expired(log, rows, by.at)
    return place_for(settings, visit, live(rows, by.at, without), by.at, for_staff=is_staff(by), override=override)


def place_for(
    settings: Settings,
    visit: Sought,
    rows: Ledger,
    now: datetime,
    *,
    for_staff: bool,
    override: Collection[str] = (),
) -> Place:
    """The place of a visit among these rows. Staff may write down what has already happened."""
    boards = calendars(settings, rows, visit.window())
    if not for_staff:
        boards = for_clients(settings, boards, (each.service_id for each in visit.wanted))
    question = Question(visit.asked, boards, visit.starts_at if for_staff else now, visit.window().first)
    found, set_aside = answer(question, frozenset(override))
    return place_of(settings, question, visit.wanted, found, rows)._replace(set_aside=set_aside)


def free_expired(log: Log, rows: Ledger, now: datetime) -> None:
    """Takes expired holds and requests out of the ledger: their own event said until when they hold."""
    over = {row.id for taken in rows.values() for row in taken if row.is_over(now)}
    if over:
        log.connection.execute("DELETE FROM claims WHERE stream_id = ANY(%s)", (list(over),), prepare=True)


def answer(question: Question, override: frozenset[str]) -> tuple[Visit, tuple[str, ...]]:
    """The visit that fits, and which of the rules in `override` it needed to set aside."""
    if visit := question.visit():
        return visit, ()
    visit = question.without(override).visit() if override else None
    found = met(question.served_by(visit) if visit else question)
    left = [each for each in found if rule_of(each) not in override]
    # To set a rule aside takes rows away whole; what else they stand for was not named and stands.
    if visit is None or left:
        raise refusal_for(left, starts_at=instant_of(question.start))
    return visit, tuple(sorted({rule_of(each) for each in found} or override))


def met(question: Question) -> list[Obstacle]:
    """What stands in the way for the first choice of each need, segment after segment."""
    found: list[Obstacle] = []
    start = question.start
    for number, segment in enumerate(question.asked):
        lead = segment.needs[segment.lead(question.boards)]
        minutes = lead.duration(lead.candidates[0], segment.ask)
        for need in segment.needs:
            board, ask = question.boards[need.candidates[0]], segment.ask._replace(duration=minutes)
            # The lead of the first segment has the grid, each lead its daily maximum.
            ask = ask if number == 0 and need is lead else ask._replace(interval=1)
            board = board if need is lead else board._replace(max_per_day=None)
            found += obstacles(board, ask, Rules(), question.now, start)
        start += minutes
    return found


def chosen(segment: Asked, ids: Collection[UUID]) -> Asked:
    needs = zip(segment.needs, ids, strict=True)
    return segment._replace(needs=[need._replace(candidates=(id,)) for need, id in needs])


def is_staff(by: Act) -> bool:
    return by.role in STAFF and not by.is_online


def must_be_sound(starts_at: datetime, asked: list[Asked]) -> None:
    if not asked:
        raise ServiceMissing
    if starts_at.second or starts_at.microsecond:
        raise TimeNotWhole(starts_at=starts_at)


def must_be_allowed(override: Collection[str], reason: str, by: Act) -> None:
    """Only staff set rules aside, only rules that exist, and never without a reason."""
    if override and (not is_staff(by) or not by.may.may("rules.override") or not RULES.issuperset(override)):
        raise OverrideNotAllowed(rules=sorted(override))
    if override and is_blank(reason):
        raise ReasonMissing(rules=sorted(override))


def place_of(settings: Settings, question: Question, wanted: Sequence[Wanted], visit: Visit, rows: Ledger) -> Place:
    seated = {id: [Seated(row.seat, row.start, row.end) for row in taken if row.seat] for id, taken in rows.items()}
    first = question.asked[0]
    lead = visit.parts[0].resource_ids[first.lead(question.boards)]
    segments: list[Segment] = []
    for part in visit.parts:
        ask = question.asked[part.segment].ask
        is_first = part.segment == 0
        uses = [use_of(settings, ask, id, part, seated, is_first and id == lead) for id in part.resource_ids]
        segments.append(segment_of(wanted[part.segment].service_id, ask, part, uses))
    zone = settings.zone_at(settings.resources[lead])
    return Place(zone.key, f"{instant_of(visit.start).astimezone(zone):%Y-%m-%dT%H:%M}", segments)


def segment_of(service_id: UUID, ask: Ask, part: Part, uses: list[Use]) -> Segment:
    return Segment(
        service_id=service_id,
        starts_at=instant_of(part.start),
        ends_at=instant_of(part.end),
        uses=uses,
        before_minutes=ask.before,
        after_minutes=ask.after,
    )


def use_of(settings: Settings, ask: Ask, id: UUID, part: Part, seated: dict[UUID, list[Seated]], is_lead: bool) -> Use:
    capacity = max(ask.capacity, settings.resources[id].capacity)
    spans = seat_spans(seated[id], part.start, part.end, capacity)
    is_plain = len(spans) == 1 and spans[0].seat == 1
    seats = [] if is_plain else [SeatSpan(seat, instant_of(begin), instant_of(until)) for seat, begin, until in spans]
    return Use(id, is_lead=is_lead, capacity=capacity, seats=seats)
