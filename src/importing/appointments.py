"""Bringing in another program's agenda: appointments, absences, and the people and services they name."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from importing.agenda_rows import row_entries
from importing.apart import read_apart
from importing.entries import Entry, Unreadable
from importing.files import read_file
from importing.house import ACTOR, House, Watch, bring_in, enter, wait_for_readers
from importing.parts import Asked, CalendarHead, Entries, Head, Part, Rows
from importing.people import people_of
from importing.report import Report
from importing.settling import Settling
from importing.table import Row, Table
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
    agenda = read_agenda(house, path)
    names = [practitioner] if practitioner else [agenda.name] if agenda.table is None else []
    settling = Settling(house, people_of(store, house.id), report, names, overbook=overbook)
    bring_in(entries_of(agenda, house, settling, report), settling.settle, report, watch)
    wait_for_readers(house, report.position)
    return report


class Agenda:
    """What was read: the entries of a calendar with its name, or the rows of a table."""

    def __init__(self, until: datetime):
        self.until = until
        self.entries: list[Entry | Unreadable] = []
        self.rows: list[Row] = []
        self.table: Head | None = None
        self.calendar = CalendarHead("", [])

    @property
    def name(self) -> str:
        return self.calendar.name

    def take(self, part: Part) -> None:
        match part:
            case Entries():
                self.entries += part.entries
            case Rows():
                self.rows += part.rows
            case CalendarHead():
                self.calendar = part
            case Head():
                self.table = part


def read_agenda(house: House, path: Path) -> Agenda:
    agenda = Agenda(in_years(house.now, YEARS_AHEAD))
    for part in read_apart(Asked("agenda", house.zone.key, agenda.until), [read_file(path)]):
        agenda.take(part)
    return agenda


def entries_of(agenda: Agenda, house: House, settling: Settling, report: Report) -> list[Entry | Unreadable]:
    if agenda.table:
        report.notice("read_as", encoding=agenda.table.written_as)
        table = Table(agenda.table.written_as, agenda.table.headings, agenda.rows)
        return row_entries(table, house.zone, settling.services.minutes)
    for number in agenda.calendar.goes_on:
        report.notice("series_goes_on", number, until=f"{agenda.until:%d/%m/%Y}")
    return agenda.entries


def in_years(moment: datetime, years: int) -> datetime:
    """The same day, or the one before where there is none."""
    day = 28 if (moment.month, moment.day) == (2, 29) else moment.day
    return moment.replace(year=moment.year + years, day=day)
