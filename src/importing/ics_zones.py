"""The zones of an .ics file: IANA names, the names Windows gives them, or the file's own description."""

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from importing.ics_blocks import ZONE, Block, Calendar
from importing.report import Refused

DATED = re.compile(
    r'^((?:DTSTART|DTEND|EXDATE|RDATE|RECURRENCE-ID)(?:;[^:"]*?)?);TZID=(?:"([^"]*)"|([^:;]*))', re.IGNORECASE
)


class Zones:
    def __init__(self, calendar: Calendar):
        self.described = {block.value("TZID").strip('"'): block.text for block in calendar.of_kind(ZONE)}

    def named_plainly(self, block: Block) -> tuple[str, str]:
        """The entry with every zone under its IANA name, and the descriptions of those that have none.

        Raises Refused for a zone that nobody describes.
        """
        used: dict[str, str] = {}
        lines = [DATED.sub(lambda found: self.renamed(found, used), line) for line in block.lines]
        return block._replace(lines=lines).text, "".join(used.values())

    def renamed(self, found: re.Match[str], used: dict[str, str]) -> str:
        written = found[2] or found[3] or ""
        name = iana_name(written)
        if name is None:
            used[written] = self.description(written, found[1].partition(";")[0])
        return f'{found[1]};TZID="{name or written}"'

    def description(self, written: str, column: str) -> str:
        if written not in self.described:
            raise Refused("zone_unknown", column, written)
        return self.described[written]


def iana_name(written: str) -> str | None:
    name = WINDOWS_TO_OLSON.get(written, written)
    return name if zone_named(name) else None


def zone_named(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone_of_file(calendar: Calendar, house: ZoneInfo) -> ZoneInfo:
    """Where times without a zone are told: as the file says, else at the house."""
    return zone_named(WINDOWS_TO_OLSON.get(written := calendar.head.value("X-WR-TIMEZONE"), written)) or house


