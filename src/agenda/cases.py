"""Worked cases of slot search: questions written as JSON, answered in their own zone."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct, ValidationError, convert, field

from agenda.explain import Obstacle, why_not
from agenda.hours import DatedHours, DatedPeriod, Hours, WeeklyPeriod, open_periods
from agenda.hours_checks import problems
from agenda.slots import Ask, Calendar, Rules, Taken, Window, count_by_day, starts
from kernel.zones import instant_of, minute_of

# Beyond a million days or minutes dates overflow.
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Positive = Annotated[int, Meta(ge=1, le=1_000_000)]


class Opening(Struct):
    weekday: int | None = None
    on: date | None = field(name="date", default=None)
    start: str = ""
    end: str = ""
    closed: bool = False


class Absence(Struct):
    start: datetime
    end: datetime


class Appointment(Struct):
    start: datetime
    end: datetime
    status: str = "booked"
    seats: Positive = 1
    buffer_before: Count | None = None
    buffer_after: Count | None = None


class Service(Struct):
    duration_minutes: Positive
    buffer_before: Count = 0
    buffer_after: Count = 0
    slot_interval_minutes: Positive | None = None
    capacity: Positive = 1


class CaseRules(Struct):
    min_notice_minutes: Count = 0
    booking_window_days: Count | None = None
    max_per_day: Count | None = None


class Query(Struct):
    start: str = field(name="from")
    end: str = field(name="to")


class Case(Struct):
    timezone: str
    now: datetime
    opening_hours: list[Opening]
    service: Service
    query: Query
    busy: list[Absence] = []
    existing_appointments: list[Appointment] = []
    rules: CaseRules = field(default_factory=CaseRules)
    id: str = ""


class Question(NamedTuple):
    """A case in the terms of the engine, in the order in which the engine asks for them."""

    calendar: Calendar
    ask: Ask
    rules: Rules
    now: datetime
    window: Window


def answers(document: list | dict) -> dict[str, list[str]]:
    """Starts by case id, for one case, a list of them, or {"cases": [...]}; ValueError names what is malformed."""
    return {case["id"]: answer(case) for case in cases_of(document)}


def cases_of(document: list | dict) -> list[dict]:
    cases = document.get("cases", [document]) if isinstance(document, dict) else document
    if not isinstance(cases, list) or not all(isinstance(case, dict) and case.get("id") for case in cases):
        raise ValueError("Every case must be an object with an id.")
    ids = [case["id"] for case in cases]
    twice = next((each for each in ids if ids.count(each) > 1), None)
    if twice:
        raise ValueError(f"Two cases have the id {twice}.")
    return cases


def answer(case: dict) -> list[str]:
    """The bookable starts, ISO 8601 in the case's zone."""
    question = _question(case)
    return [_iso(start, question.calendar.zone) for start in starts(*question)]


def explain(case: dict) -> list[dict[str, Any]]:
    """The refused starts of the grid, each with its reasons: a code and the facts."""
    question = _question(case)
    zone = question.calendar.zone
    return [
        {"start": _iso(start, zone), "reasons": [_plain(reason, zone) for reason in reasons]}
        for start, reasons in why_not(*question)
    ]


def _question(document: dict) -> Question:
    try:
        case = convert(document, Case)
        return _in_zone(case, _zone(case.timezone))
    except (ValueError, OverflowError) as error:
        raise ValueError(f"Case {document.get('id', 'without id')}: {error}") from error


def _in_zone(case: Case, zone: ZoneInfo) -> Question:
    service, rules = case.service, case.rules
    window = _window(case.query, zone)
    ask = Ask(
        service.duration_minutes,
        service.buffer_before,
        service.buffer_after,
        service.slot_interval_minutes,
        service.capacity,
    )
    return Question(
        _calendar(case, ask, window, zone),
        ask,
        Rules(rules.min_notice_minutes, rules.booking_window_days, rules.max_per_day),
        _instant(case.now, zone),
        window,
    )


def _calendar(case: Case, ask: Ask, window: Window, zone: ZoneInfo) -> Calendar:
    periods = open_periods(_hours(case.opening_hours), *window.period_dates(zone), lambda _: zone)
    live = [each for each in case.existing_appointments if each.status != "cancelled"]
    booked = [_booked(each, ask, *_span(each, "existing_appointments", zone)) for each in live]
    absent = [Taken(*_span(each, "busy", zone), is_absence=True) for each in case.busy]
    taken = [row for row in booked + absent if row.start < row.end]
    return Calendar(UUID(int=0), periods, taken, count_by_day((row.start for row in booked), zone), zone)


def _booked(appointment: Appointment, ask: Ask, start: int, end: int) -> Taken:
    before, after = appointment.buffer_before, appointment.buffer_after
    return Taken(
        start,
        end,
        appointment.seats,
        ask.before if before is None else before,
        ask.after if after is None else after,
        ask.capacity,
    )


def _hours(openings: list[Opening]) -> Hours:
    if any((each.weekday is None) == (each.on is None) for each in openings):
        raise ValueError("opening_hours: an entry has either a weekday or a date")
    weekly = [WeeklyPeriod(each.weekday, each.start, each.end) for each in openings if each.on is None]
    dates = dict.fromkeys(each.on for each in openings if each.on)
    hours = Hours(weekly, [_dated(on, [each for each in openings if each.on == on]) for on in dates])
    if codes := problems(hours):
        raise ValueError(f"opening_hours: {', '.join(codes)}")
    return hours


def _dated(on: date, openings: list[Opening]) -> DatedHours:
    is_closed = any(each.closed for each in openings)
    return DatedHours(on, [] if is_closed else [DatedPeriod(each.start, each.end) for each in openings])


def _window(query: Query, zone: ZoneInfo) -> Window:
    kind = date if len(query.start) == len("2026-01-31") else datetime
    try:
        start, end = convert(query.start, kind), convert(query.end, kind)
        if kind is date:
            return Window.of_days(zone, start, end)
        return Window.between(_instant(start, zone), _instant(end, zone))
    except (ValidationError, OverflowError) as error:
        raise ValueError("query: from and to are both dates, or both instants, none at the end of time") from error


def _span(row: Absence | Appointment, name: str, zone: ZoneInfo) -> tuple[int, int]:
    """Epoch minutes that hold the row: starts lie on whole minutes, so rounding outwards changes no answer."""
    start, end = _instant(row.start, zone), _instant(row.end, zone)
    if end < start:
        raise ValueError(f"{name}: an entry ends before it starts")
    return minute_of(start), minute_of(end, up=True)


def _instant(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant if instant.tzinfo else instant.replace(tzinfo=zone)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"timezone: {name!r} is not an IANA zone") from error


def _iso(minute: int, zone: ZoneInfo) -> str:
    return instant_of(minute).astimezone(zone).isoformat()


def _plain(reason: Obstacle, zone: ZoneInfo) -> dict[str, Any]:
    return {"code": reason.code, **dict(_plain_facts(reason.facts, zone))}


def _plain_facts(facts: dict, zone: ZoneInfo) -> Iterator[tuple[str, Any]]:
    for name, value in facts.items():
        if name.endswith("_minute"):
            yield name.removesuffix("_minute"), _iso(value, zone)
        elif value is not None:
            yield name, value.isoformat() if isinstance(value, date) else value
