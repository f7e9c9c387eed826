"""Bringing in another program's agenda: appointments, absences, and the people and services they name."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from importing import ics_blocks
from importing.agenda_rows import row_entries
from importing.entries import Entry, Unreadable
from importing.headings import APPOINTMENTS
from importing.house import ACTOR, House, Watch, bring_in, enter, wait_for_readers
from importing.ics import Reading
from importing.ics_blocks import read_calendar
from importing.ics_zones import zone_of_file
from importing.people import people_of
from importing.report import Report
from importing.settling import Settling
from importing.tables import read_table
from kernel.store import Store

YEARS_AHEAD = 2


def import_appointments(
    store: Store,
    path: Path,
    *,
    organisation_id: UUID | None = None,
    practitioner: str = "",
    overbook: bool = False,
    actor: str = ACTOR,
    now: datetime | None = None,
    watch: Watch = iter,
) -> Report:
    """Every entry and occurrence of an .ics, CSV or Excel file with its outcome. Raises FileRefused."""
    house = enter(store, organisation_id, actor, now)
    report = Report(path.name)
    calendar = calendar_in(path.read_bytes())
    names = [practitioner] if practitioner else [calendar.head.text_of("X-WR-CALNAME")] if calendar else []
    settling = Settling(house, people_of(store, house.id), report, names, overbook=overbook)
    entries = calendar_entries(house, calendar, report) if calendar else table_entries(house, path, settling, report)
    bring_in(entries, settling.settle, report, watch)
    wait_for_readers(house, report.position)
    return report


def calendar_in(data: bytes) -> ics_blocks.Calendar | None:
    """None for a file that is none, and so a table."""
    return read_calendar(data) if b"BEGIN:VCALENDAR" in data[:4096].replace(b"\0", b"").upper() else None


def calendar_entries(house: House, calendar: ics_blocks.Calendar, report: Report) -> list[Entry | Unreadable]:
    until = in_years(house.now, YEARS_AHEAD)
    reading = Reading(calendar, zone_of_file(calendar, house.zone), until)
    entries = reading.entries()
    for number in reading.goes_on:
        report.notice("series_goes_on", number, until=f"{until:%d/%m/%Y}")
    return entries


def table_entries(house: House, path: Path, settling: Settling, report: Report) -> list[Entry | Unreadable]:
    table = read_table(path, APPOINTMENTS)
    report.notice("read_as", encoding=table.written_as)
    return row_entries(table, house.zone, settling.services.minutes)


def in_years(moment: datetime, years: int) -> datetime:
    """The same day, or the one before where there is none."""
    day = 28 if (moment.month, moment.day) == (2, 29) else moment.day
    return moment.replace(year=moment.year + years, day=day)
