"""The entries of an .ics file: each VEVENT, each occurrence of a series, and what stands in the way of the others."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from math import prod
from typing import NamedTuple
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Event, vText

from importing import ics_blocks
from importing.entries import Entry, Unreadable
from importing.ics_blocks import Block
from importing.ics_events import dated, entry_of, instant, parsed, recurrence_of, sequence_of, words
from importing.ics_zones import Zones
from importing.limits import MOST_ALTOGETHER, MOST_OCCURRENCES
from importing.patience import TookTooLong, patience
from importing.report import FileRefused, Refused

LINE = "X-CARNET-LINE"
TOO_DENSE = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})
# Of one day; a rule that names more times is no appointment's.
MOST_TIMES = 4


class Read(NamedTuple):
    """A VEVENT that could be parsed: which occurrence of its series it is, and how new."""

    block: Block
    event: Event
    recurrence: str
    sequence: int

    @property
    def number(self) -> int:
        return self.block.number

    @property
    def repeats(self) -> bool:
        return "RRULE" in self.event or "RDATE" in self.event


class Reading:
    """Reads the parts of a calendar; series until an instant. `goes_on` are the lines of those that last longer."""

    def __init__(self, calendar: ics_blocks.Calendar, zone: ZoneInfo, until: datetime):
        self.calendar = calendar
        self.zones = Zones(calendar)
        self.zone = zone
        self.until = until
        self.goes_on: list[int] = []

    def entries(self) -> list[Entry | Unreadable]:
        """Everything in the file, by line; what one identifier stands for is parsed when its turn comes."""
        groups: dict[tuple[str, ...], list[Block]] = defaultdict(list)
        for block in self.calendar.blocks:
            groups[written_source(block)].append(block)
        found: list[Entry | Unreadable] = []
        for blocks in groups.values():
            found += self.told(blocks)
            if len(found) > MOST_ALTOGETHER:
                raise FileRefused("too_many_entries", most=str(MOST_ALTOGETHER))
        return sorted(found, key=lambda each: each.number)

    def told(self, blocks: list[Block]) -> Iterator[Entry | Unreadable]:
        reads = [read for block in blocks if (read := self.read(block))]
        yield from (read for read in reads if isinstance(read, Unreadable))
        readable = [read for read in reads if isinstance(read, Read)]
        if readable:
            yield from self.group(readable)

    def read(self, block: Block) -> Read | Unreadable | None:
        if block.kind == ics_blocks.ZONE:
            return None
        if block.kind != ics_blocks.ENTRY:
            return unreadable(block, Refused("not_an_appointment", value=block.kind), "kept_out")
        try:
            return self.whole(block)
        except Exception as fault:
            return unreadable(block, refusal_of(fault))

    def whole(self, block: Block) -> Read:
        if not block.is_whole:
            raise Refused("entry_cut_off")
        try:
            with patience():
                event = parsed(block, self.zones)
        except TookTooLong:
            raise Refused("property_too_long") from None
        return Read(block, event, recurrence_of(event, self.zone), sequence_of(event))

    def group(self, reads: list[Read]) -> Iterator[Entry | Unreadable]:
        """All that one identifier stands for: a series with its exceptions, or an entry by itself."""
        latest = self.latest(reads)
        kept = {read.number for read in latest}
        others = (read.block for read in reads if read.number not in kept)
        yield from (unreadable(block, Refused("superseded"), "kept_out") for block in others)
        master = next((read for read in latest if read.repeats), None)
        if master:
            yield from self.series(master, latest)
        else:
            yield from (self.entry(read.block, read.event) for read in latest)

    def latest(self, reads: list[Read]) -> list[Read]:
        """Of several writings of one occurrence, the one with the highest sequence, then the last."""
        kept: dict[str, Read] = {}
        for read in sorted(reads, key=lambda read: (read.sequence, read.number)):
            kept[read.recurrence] = read
        return list(kept.values())

    def entry(self, block: Block, event: Event) -> Entry | Unreadable:
        try:
            return entry_of(event, block.number, self.zone)
        except Exception as fault:
            return unreadable(block, refusal_of(fault))

    def series(self, master: Read, reads: list[Read]) -> Iterator[Entry | Unreadable]:
        """Occurrence by occurrence; a line of the file without any is told."""
        try:
            occurrences = self.occurrences(master, reads)
        except Refused as refused:
            yield unreadable(master.block, refused)
            yield from (self.entry(read.block, read.event) for read in reads if read is not master)
            return
        yield from (self.entry(block, event) for block, event in occurrences)
        seen = {block.number for block, _ in occurrences}
        silent = (read.block for read in reads if read.number not in seen)
        yield from (unreadable(block, Refused("no_occurrence"), "kept_out") for block in silent)

    def occurrences(self, master: Read, reads: list[Read]) -> list[tuple[Block, Event]]:
        blocks = {str(read.number): read.block for read in reads}
        try:
            must_be_bearable(master.event)
            with patience():
                found, goes_on = self.dates(reads)
        except TookTooLong:
            raise Refused("series_too_long", "RRULE", rule_of(master)) from None
        except Refused:
            raise
        except Exception as fault:
            raise Refused("series_unreadable", "RRULE", str(fault)[:80]) from fault
        if len(found) > MOST_OCCURRENCES:
            raise Refused("series_too_long", "RRULE", rule_of(master))
        if goes_on:
            self.goes_on.append(master.number)
        return [(blocks[words(event, LINE)], event) for event in found]

    def dates(self, reads: list[Read]) -> tuple[list[Event], bool]:
        """The occurrences, and whether there are later ones."""
        query = recurring_ical_events.of(calendar_of(reads))
        return query.between(self.earliest(reads), self.until), bool(next(query.after(self.until), None))

    def earliest(self, reads: list[Read]) -> datetime:
        starts = (dated(read.event, "DTSTART") for read in reads)
        return min((instant(start, self.zone) for start in starts if start), default=self.until) - timedelta(days=1)


def written_source(block: Block) -> tuple[str, ...]:
    """What is the same in all that one identifier stands for; without one, when and what it is."""
    uid = block.value("UID")
    return (uid,) if uid else (block.value("DTSTART"), block.value("SUMMARY"))


def must_be_bearable(event: Event) -> None:
    """Nobody repeats an appointment by the hour; such a rule would fill the agenda. Nor every nought days."""
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        times = prod(len(rule.get(name, [0])) for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
        if TOO_DENSE.intersection(map(str, rule["FREQ"])) or times > MOST_TIMES:
            raise Refused("series_too_dense", "RRULE", rule.to_ical().decode()[:80])
        if min(rule.get("INTERVAL", [1])) < 1:
            raise Refused("series_unreadable", "RRULE", "INTERVAL")


def rule_of(read: Read) -> str:
    return read.block.value("RRULE")[:80]


def calendar_of(reads: Iterable[Read]) -> Calendar:
    calendar = Calendar()
    for read in reads:
        read.event[LINE] = vText(str(read.number))
        calendar.add_component(read.event)
    return calendar


def refusal_of(fault: Exception) -> Refused:
    """Whatever a library makes of a strange entry, the entries beside it are read."""
    return fault if isinstance(fault, Refused) else Refused("entry_unreadable", value=str(fault)[:80])


def unreadable(block: Block, refused: Refused, outcome: str = "refused") -> Unreadable:
    note = refused.note
    return Unreadable(block.number, block.value("SUMMARY"), note.reason, note.column, note.value, outcome)

