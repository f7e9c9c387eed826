"""The free stretch around a click in one column."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from web.words import LIVE

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Gap:
    starts_at: datetime
    minutes: int | None

    @property
    def length(self) -> timedelta:
        """No time at all where nothing ends it."""
        return timedelta(minutes=self.minutes or 0)

    def excess(self, minutes: int) -> int:
        """By how many minutes a length outgrows the gap."""
        return 0 if self.minutes is None else max(0, minutes - self.minutes)


def gap_at(column: Any, clicked: datetime, step_minutes: int = 15) -> Gap:
    """A click lands on the step that the house draws its agenda in, on the quarter hour unless it says otherwise, or
    on the end of what comes before when that is later."""
    stepped = clicked - (clicked - EPOCH) % timedelta(minutes=step_minutes)
    before = [ends for _, ends in busy(column) if ends <= clicked]
    return gap_from(column, max([stepped, *before]))


def gap_from(column: Any, starts_at: datetime) -> Gap:
    """The free stretch from an instant on."""
    taken = sorted(busy(column))
    ahead = [begins for begins, _ in [*taken, *closings(column)] if begins >= starts_at]
    return Gap(starts_at, (min(ahead) - starts_at) // timedelta(minutes=1) if ahead else None)


def busy(column: Any) -> Iterator[tuple[datetime, datetime]]:
    yield from ((line.starts_at, line.ends_at) for line in column.lines if line.status in LIVE)
    yield from ((one.starts_at, one.ends_at) for one in column.absences)


def closings(column: Any) -> Iterator[tuple[datetime, datetime]]:
    """Where open time ends: nothing longer fits, though staff may go on."""
    yield from ((ends, ends) for _, ends in column.periods)
