"""The report and the progress of an import, on the terminal."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from carnet.importing.report import Line, Report
from carnet.importing.sentences import say

T = TypeVar("T")
# What is not a line of the table: its frame, the notices and the totals.
AROUND_THE_TABLE = 14
FEWEST_ROWS = 8
LONGEST_TITLE = 48
COLUMNS = ("number", "outcome", "what", "column", "reason")


def watched(lines: Sequence[T]) -> Iterable[T]:
    """The lines, with a bar while they pass; none where nobody looks."""
    console = Console(stderr=True)
    return track(lines, description="", console=console, transient=True, disable=not console.is_terminal)


def print_report(report: Report, path: Path | None, console: Console | None = None) -> None:
    console = console or Console(highlight=False)
    for line in report.notices:
        where = f"{say('heading_number')} {line.number} : " if line.number else ""
        console.print(Text(where + line.notes[0].sentence()))
    print_lines(report.worth_showing(), console)
    console.print(Text(" · ".join(f"{say(outcome)} : {count}" for outcome, count in report.totals().items())))
    if report.has("time_taken"):
        console.print(Text(say("overbook_hint")))
    if path:
        console.print(Text(say("report_written", path=str(path))))
    if report.is_interrupted:
        console.print(Text(say("interrupted")))


def print_lines(lines: list[Line], console: Console) -> None:
    shown = max(FEWEST_ROWS, console.height - AROUND_THE_TABLE)
    if lines:
        console.print(table_of(lines[:shown]))
    if len(lines) > shown:
        console.print(Text(say("more_lines", count=str(len(lines) - shown))))


def table_of(lines: list[Line]) -> Table:
    """One line each. Words of the file stay as they are: brackets in them are no markup."""
    table = Table(show_edge=False)
    for name in COLUMNS:
        table.add_column(say(f"heading_{name}"), no_wrap=True, max_width=LONGEST_TITLE if name == "what" else None)
    for line in lines:
        for note in line.notes[:1]:
            cells = (str(line.number), say(line.outcome), line.what, note.column, told(note.value, note.sentence()))
            table.add_row(*map(Text, cells))
    return table


def told(value: str, sentence: str) -> str:
    return sentence if value in sentence else f"{sentence} ({value})"
