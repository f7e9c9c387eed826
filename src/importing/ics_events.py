"""One VEVENT as an entry: its times, its people, its words."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from importing.entries import Entry, Guest, ceiled, floored
from importing.ics_blocks import Block
from importing.ics_zones import Zones
from importing.limits import LONGEST_ENTRY, LONGEST_PROPERTY
from importing.report import Refused

# What must be understood: a series that loses an exception would bring back what was deleted.
VITAL = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"})
READ = VITAL | {"UID", "SUMMARY", "DESCRIPTION", "LOCATION", "STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS"}
READ |= {"CREATED", "DTSTAMP", "SEQUENCE", "ORGANIZER", "ATTENDEE"}
NAME = re.compile(r"[\w-]*")
MAILTO = re.compile(r"^mailto:", re.IGNORECASE)
NOT_PEOPLE = frozenset({"RESOURCE", "ROOM", "GROUP"})


def parsed(block: Block, zones: Zones) -> Event:
    """Raises Refused when what it says about time cannot be read."""
    text, descriptions = zones.named_plainly(needed(block))
    try:
        event = Event.from_ical(text) if not descriptions else described(text, descriptions)
    except (ValueError, IndexError, KeyError) as unreadable:
        raise Refused("entry_unreadable", value=str(unreadable)[:80]) from unreadable
    for name, problem in event.errors:
        if name in VITAL:
            raise Refused("property_unreadable", name, str(problem)[:80])
    return event


def needed(block: Block) -> Block:
    """The entry without what nobody here reads: pictures, alarms, whatever else stands within it."""
    first, *lines, last = block.lines
    kept, depth, room = [first], 0, LONGEST_ENTRY
    for line in lines:
        name, _, _ = line.strip().upper().partition(":")
        depth += (name == "BEGIN") - (name == "END" and depth > 0)
        if depth == 0 and name_of(line) in READ:
            room -= len(line)
            must_not_be_too_long(line, room)
            kept.append(line)
    return block._replace(lines=[*kept, last])


def name_of(line: str) -> str:
    return NAME.match(line)[0].upper()


def must_not_be_too_long(line: str, room: int) -> None:
    if len(line) > LONGEST_PROPERTY or room < 0:
        raise Refused("property_too_long", name_of(line))


def described(text: str, descriptions: str) -> Event:
    """An entry told in a zone of the file's own."""
    return Calendar.from_ical(f"BEGIN:VCALENDAR\r\n{descriptions}{text}END:VCALENDAR\r\n").walk("VEVENT")[0]


def entry_of(event: Event, number: int, zone: ZoneInfo) -> Entry:
    return Entry(
        number=number,
        source_id="/".join(filter(None, (source_of(event), recurrence_of(event, zone)))),
        **times(event, zone),
        title=words(event, "SUMMARY"),
        practitioner=address(first(event, "ORGANIZER")).name,
        guests=guests_of(event),
        note=words(event, "DESCRIPTION"),
        location=words(event, "LOCATION"),
        is_cancelled=words(event, "STATUS").upper() == "CANCELLED",
        is_free=is_free(event),
        known_at=known_at(event),
    )


def times(event: Event, zone: ZoneInfo) -> dict[str, Any]:
    """When it is, as an entry tells it."""
    starts, ends = bounds(event)
    is_whole_days = not isinstance(starts, datetime)
    starts_at, ends_at = floored(instant(starts, zone)), ceiled(instant(ends, zone))
    if ends_at <= starts_at:
        raise Refused("end_before_start", "DTEND", shown(ends))
    when = shown(starts if is_whole_days else starts_at.astimezone(zone))
    return {"starts_at": starts_at, "ends_at": ends_at, "when": when, "is_whole_days": is_whole_days}


def bounds(event: Event) -> tuple[date, date]:
    """Start and end as written; a date alone lasts a day, a time alone has no end."""
    starts = dated(event, "DTSTART")
    if starts is None:
        raise Refused("start_missing", "DTSTART")
    if ends := dated(event, "DTEND"):
        if isinstance(ends, datetime) != isinstance(starts, datetime):
            raise Refused("property_unreadable", "DTEND", str(ends))
        return starts, ends
    if (length := first(event, "DURATION")) is not None:
        return starts, after(starts, length.dt)
    if isinstance(starts, datetime):
        raise Refused("end_missing", "DTEND")
    return starts, starts + timedelta(days=1)


def after(starts: date, length: timedelta) -> date:
    """Hours are counted as they pass; days by the calendar."""
    is_exact = isinstance(starts, datetime) and starts.tzinfo and length.seconds
    return (starts.astimezone(UTC) + length).astimezone(starts.tzinfo) if is_exact else starts + length


def instant(moment: date, zone: ZoneInfo) -> datetime:
    """Times without a zone are wall time; a date begins at midnight."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(), zone)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def shown(moment: date) -> str:
    return f"{moment:%d/%m/%Y %H:%M}" if isinstance(moment, datetime) else f"{moment:%d/%m/%Y}"


def source_of(event: Event) -> str:
    """The identifier in the other program; without one, when and what it is."""
    return words(event, "UID") or f"{dated(event, 'DTSTART')} {words(event, 'SUMMARY')}"


def recurrence_of(event: Event, zone: ZoneInfo) -> str:
    moment = dated(event, "RECURRENCE-ID")
    if moment is None:
        return ""
    return f"{instant(moment, zone):%Y%m%dT%H%MZ}" if isinstance(moment, datetime) else f"{moment:%Y%m%d}"


def sequence_of(event: Event) -> int:
    written = words(event, "SEQUENCE")
    return int(written) if written.isdecimal() else 0


def is_free(event: Event) -> bool:
    shows_as = words(event, "TRANSP") or words(event, "X-MICROSOFT-CDO-BUSYSTATUS")
    return shows_as.upper() in ("TRANSPARENT", "FREE")


def known_at(event: Event) -> datetime | None:
    moment = dated(event, "CREATED") or dated(event, "DTSTAMP")
    return moment.astimezone(UTC) if isinstance(moment, datetime) and moment.tzinfo else None


def guests_of(event: Event) -> tuple[Guest, ...]:
    written = event.get("ATTENDEE", [])
    everybody = written if isinstance(written, list) else [written]
    return tuple(address(each) for each in everybody if each.params.get("CUTYPE", "").upper() not in NOT_PEOPLE)


def address(written: Any) -> Guest:
    if written is None:
        return Guest("", "")
    email = MAILTO.sub("", str(written)).strip().lower()
    return Guest(str(written.params.get("CN", "")).strip() or email, email)


def dated(event: Event, name: str) -> date | None:
    written = first(event, name)
    return getattr(written, "dt", None)


def words(event: Event, name: str) -> str:
    return str(first(event, name) or "").strip()


def first(event: Event, name: str) -> Any:
    """The value of a property that should stand once, even where it stands twice."""
    written = event.get(name)
    return written[0] if isinstance(written, list) else written
