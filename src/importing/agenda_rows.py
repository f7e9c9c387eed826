"""The entries of an agenda kept as a table: one row, one appointment."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clients.words import name_key
from importing.cells import words_of
from importing.dates import has_date, read_date, read_minutes, read_time
from importing.entries import Entry, Guest, Unreadable
from importing.headings import APPOINTMENTS, Cell
from importing.report import Note, Refused
from importing.table import Row, Table

CANCELLED = frozenset({"annule", "annulee", "annulation", "cancelled", "canceled"})
MinutesOf = Callable[[str], int | None]


def row_entries(table: Table, zone: ZoneInfo, minutes_of: MinutesOf) -> list[Entry | Unreadable]:
    """`minutes_of` is how long a service lasts, for a table that does not say until when."""
    return [row_entry(AgendaRow(table.headings, row), zone, minutes_of) for row in table.rows]


def row_entry(row: "AgendaRow", zone: ZoneInfo, minutes_of: MinutesOf) -> Entry | Unreadable:
    try:
        return row.entry(zone, minutes_of)
    except Refused as refused:
        note = refused.note
    except OverflowError as far_away:
        note = Note("line_unreadable", value=str(far_away))
    return Unreadable(row.number, row.what, note.reason, note.column, note.value)


class AgendaRow:
    """A row by its fields; columns of no known field go to the note."""

    def __init__(self, headings: list[str], row: Row):
        self.number = row.number
        self.cells: dict[str, Cell] = {}
        self.kept: list[str] = []
        for cell in APPOINTMENTS.cells(headings, row.cells):
            self.take(cell)

    def take(self, cell: Cell) -> None:
        words = words_of(cell.value)
        if words and cell.field and cell.field not in self.cells:
            self.cells[cell.field] = cell
        elif words:
            self.kept.append(f"{cell.heading} : {words}")

    def value(self, field: str) -> Any:
        return self.cells[field].value if field in self.cells else None

    def words(self, field: str) -> str:
        return words_of(self.value(field))

    @property
    def client(self) -> str:
        return self.words("client") or f"{self.words('first_name')} {self.words('last_name')}".strip()

    @property
    def what(self) -> str:
        return " ".join(filter(None, (self.words("date"), self.words("start"), self.client)))

    def entry(self, zone: ZoneInfo, minutes_of: MinutesOf) -> Entry:
        starts_at = self.starts_at(zone)
        guests = (Guest(self.client, self.words("email").lower()),) if self.words("email") else ()
        return Entry(
            number=self.number,
            source_id=self.source_id(starts_at),
            starts_at=starts_at,
            ends_at=self.ends_at(starts_at, zone, minutes_of),
            when=f"{starts_at.astimezone(zone):%d/%m/%Y %H:%M}",
            title=self.words("service"),
            client=self.client,
            service=self.words("service"),
            practitioner=self.words("practitioner"),
            guests=guests,
            note="\n".join(filter(None, [self.words("note"), *self.kept])),
            location=self.words("location"),
            is_cancelled=name_key(self.words("status")) in CANCELLED,
        )

    def source_id(self, starts_at: datetime) -> str:
        """The number in the other program; without one, what makes this row this row."""
        content = (name_key(self.words(name)) for name in ("practitioner", "service"))
        return self.words("uid") or "/".join(("row", f"{starts_at:%Y%m%dT%H%MZ}", name_key(self.client), *content))

    def starts_at(self, zone: ZoneInfo) -> datetime:
        day = "date" if self.value("date") is not None or not has_date(self.value("start")) else "start"
        clock = "start" if self.value("start") is not None else "date"
        on = self.read(day, read_date, "date_not_valid")
        return datetime.combine(on, self.read(clock, read_time, "time_not_valid"), zone).astimezone(UTC)

    def ends_at(self, starts_at: datetime, zone: ZoneInfo, minutes_of: MinutesOf) -> datetime:
        ends_at = self.told_end(starts_at, zone, minutes_of)
        if ends_at <= starts_at:
            raise Refused("end_before_start", self.heading("end"), self.words("end"))
        return ends_at

    def told_end(self, starts_at: datetime, zone: ZoneInfo, minutes_of: MinutesOf) -> datetime:
        """As told by the end, else by the length, else by the service's usual length."""
        if self.value("end") is not None and self.words("end"):
            on = self.read("end", read_date, "") if has_date(self.value("end")) else starts_at.astimezone(zone).date()
            return datetime.combine(on, self.read("end", read_time, "time_not_valid"), zone).astimezone(UTC)
        usual = minutes_of(self.words("service"))
        if not self.words("duration") and usual is None:
            raise Refused("end_missing", self.heading("end"))
        minutes = self.read("duration", read_minutes, "duration_not_valid") if self.words("duration") else usual
        return starts_at + timedelta(minutes=minutes)

    def read(self, field: str, reader: Callable[[Any], Any], reason: str) -> Any:
        try:
            return reader(self.value(field) if field in self.cells else "")
        except (ValueError, OverflowError) as unreadable:
            raise Refused(reason, self.heading(field), self.words(field)) from unreadable

    def heading(self, field: str) -> str:
        return self.cells[field].heading if field in self.cells else ""
