"""The slot rules as reasons to refuse a booking, and what it means to set one aside."""

from collections.abc import Iterable
from typing import Any, ClassVar

from agenda.explain import Obstacle
from agenda.slots import Calendar
from kernel.errors import Refusal, TimeNotFree
from kernel.zones import instant_of


class OutsideHours(Refusal):
    rule = "outside_hours"


class PlaceClosed(Refusal):
    rule = "outside_hours"


class ResourceAbsent(Refusal):
    status = 409
    rule = "absent"


class BufferTooShort(Refusal):
    rule = "buffer"


class DayFull(Refusal):
    rule = "day_full"


class LeadTooShort(Refusal):
    """Too soon to be booked online."""

    rule = "lead"


class BeyondHorizon(Refusal):
    """Too far ahead to be booked online."""

    rule = "horizon"


class NotOnGrid(Refusal):
    """Not one of the starts that are offered."""

    rule = "grid"


class ReasonMissing(Refusal):
    """A rule may be set aside only with a reason, which stays in the history."""


class OverrideNotAllowed(Refusal):
    status: ClassVar[int] = 403


# In the order in which they matter to the person who asked.
REFUSALS: dict[str, type[Refusal]] = {
    "taken": TimeNotFree,
    "capacity_full": TimeNotFree,
    "absent": ResourceAbsent,
    "place_closed": PlaceClosed,
    "outside_hours": OutsideHours,
    "ends_after_closing": OutsideHours,
    "buffer": BufferTooShort,
    "day_full": DayFull,
    "notice_too_short": LeadTooShort,
    "beyond_horizon": BeyondHorizon,
    "not_on_grid": NotOnGrid,
}
RULES = frozenset(refusal.rule for refusal in REFUSALS.values())


def refusal_for(found: Iterable[Obstacle], **facts: Any) -> Refusal:
    """The first refusal in the order above, with all the rules that one would have to set aside."""
    ranked = sorted(found, key=lambda obstacle: list(REFUSALS).index(obstacle.code))
    if not ranked:
        return TimeNotFree(rules=["taken"], **facts)
    rules = list(dict.fromkeys(map(rule_of, ranked)))
    return REFUSALS[ranked[0].code](rules=rules, **facts, **facts_of(ranked[0]))


def rule_of(obstacle: Obstacle) -> str:
    return REFUSALS[obstacle.code].rule


def facts_of(obstacle: Obstacle) -> dict[str, Any]:
    """What the obstacle met, in instants and plain words for the sentence."""
    facts = obstacle.facts
    told = {"obstacle": obstacle.code}
    if "start_minute" in facts:
        told |= {"taken_from": instant_of(facts["start_minute"]), "taken_until": instant_of(facts["end_minute"])}
    if facts.get("id"):
        told["taken_by"] = str(facts["id"])
    for name in ("max_per_day", "notice_minutes"):
        if name in facts:
            told[name] = facts[name]
    return told


def relaxed(calendar: Calendar, override: frozenset[str]) -> Calendar:
    """The calendar as if the rules set aside were not there."""
    if "outside_hours" in override:
        calendar = calendar._replace(periods=None)
    if "absent" in override:
        calendar = calendar._replace(taken=[row for row in calendar.taken if not row.is_absence])
    if "buffer" in override:
        calendar = calendar._replace(taken=[row._replace(before=0, after=0) for row in calendar.taken])
    if "taken" in override:
        calendar = calendar._replace(taken=[row for row in calendar.taken if row.is_absence])
    if "day_full" in override:
        calendar = calendar._replace(max_per_day=None)
    return calendar
