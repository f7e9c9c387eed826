"""Which resource fits where, remembered while visits are searched."""

from collections.abc import Mapping
from uuid import UUID

from agenda.slots import Ask, Calendar, Rules, Window, free_strip


class Board:
    """The resources over a window of parts; a strip is painted for what is asked, once."""

    def __init__(self, calendars: Mapping[UUID, Calendar], rules: Rules, window: Window):
        self.calendars = calendars
        self.rules = rules
        self.window = window
        self.strips: dict[tuple[UUID, Ask, bool], bytes] = {}

    def fits(self, resource_id: UUID, ask: Ask, at: int, leads: bool = False) -> bool:
        """Whether the resource is open and free for the ask from that minute of the window on."""
        key = (resource_id, ask, leads)
        if key not in self.strips:
            # The rules' daily limit is the leads', a resource's own limit goes with it everywhere.
            rules = self.rules if leads else Rules()
            self.strips[key] = _strip(self.calendars[resource_id], ask, rules, self.window)
        return bool(self.strips[key][at - self.window.first])


def _strip(calendar: Calendar, ask: Ask, rules: Rules, window: Window) -> bytes:
    free = free_strip(calendar, ask, rules, window)
    if calendar.periods is None:
        return bytes(free)
    both = int.from_bytes(free, "little") & int.from_bytes(_open_strip(calendar, ask, window), "little")
    return both.to_bytes(len(free), "little")


def _open_strip(calendar: Calendar, ask: Ask, window: Window) -> bytearray:
    """1 where a period holds the whole ask: periods that touch are never joined."""
    strip = bytearray(window.last - window.first)
    for period in calendar.periods:
        start = max(period.start, window.first) - window.first
        end = min(period.end - ask.duration + 1, window.last) - window.first
        if start < end:
            strip[start:end] = b"\1" * (end - start)
    return strip
