"""An appointment for the calendar of whoever has it: the same entry each time, newer each time."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from icalendar import Calendar, Event

from booking.appointment import Appointment
from notifications.words import one_line


def calendar_entry(
    appointment: Appointment, kind: str, house: str, told: Mapping[str, Any], now: datetime
) -> bytes:
    """RFC 5545. The identifier stays for life; the sequence is the appointment's version, which only grows."""
    entry = Event()
    entry.add("uid", f"{appointment.id}@carnet")
    entry.add("sequence", appointment.version)
    entry.add("dtstamp", now.astimezone(UTC))
    entry.add("dtstart", appointment.starts_at.astimezone(UTC))
    entry.add("dtend", appointment.segments[-1].ends_at.astimezone(UTC))
    entry.add("summary", one_line(f"{told['services']}, {house}"))
    entry.add("status", "CANCELLED" if kind == "cancelled" else "CONFIRMED")
    if location := told.get("where") or told.get("video"):
        entry.add("location", str(location))
    calendar = Calendar()
    calendar.add("prodid", "-//Carnet//Carnet//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(entry)
    return calendar.to_ical()
