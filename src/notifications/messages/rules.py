"""When messages leave: how long news waits for an undo, and which reminders there are."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

# As long as the way back is offered: what is undone meanwhile was never told.
HOLD = timedelta(seconds=10)


class Rule(Struct, frozen=True, kw_only=True):
    """A message that comes with every live appointment, some time before it starts."""

    name: str
    kind: str
    channel: str
    before: timedelta

    def due_at(self, starts_at: datetime, zone: str) -> datetime:
        """On the clocks of the zone, so that a day earlier is the same time of the day."""
        wall = starts_at.astimezone(ZoneInfo(zone)) - self.before
        return wall.astimezone(UTC)


DAY_BEFORE = Rule(name="day-before", kind="reminder", channel="email", before=timedelta(days=1))
RULES = (DAY_BEFORE,)
