"""The report and the progress of an import, on the terminal."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from importing.report import Line, Note, Report
from importing.sentences import say

T = TypeVar("T")
# What is not a line of the table: its frame, the notices and the totals. An explanation may take two lines.
AROUND_THE_TABLE = 14
FEWEST_ROWS = 8


def watched(lines: Sequence[T]) -> Iterable[T]:
    """The lines, with a bar while they pass; none where nobody looks."""
    console = Console(stderr=True)
    return track(lines, description="", console=console, transient=True, disable=not console.is_terminal)


def print_report(report: Report, path: Path | None, console: Console | None = None) -> None:
    console = console or Console(highlight=False)
    print_lines(report.worth_showing(), console)
    for sentence in sentences(report, path):
        console.print(Text(sentence), soft_wrap=True)


def sentences(report: Report, path: Path | None) -> Iterator[str]:
    for line in report.notices:
        where = f"{say('heading_number')} {line.number} : " if line.number else ""
        yield where + line.notes[0].sentence()
    if to_choose := report.count("client_ambiguous"):
        yield say("clients_to_choose", count=str(to_choose))
    if report.count("time_taken"):
        yield say("overbook_hint")
    if path:
        yield say("report_written", path=str(path))
    yield " · ".join(f"{say(outcome)} : {count}" for outcome, count in report.totals().items())
    if report.is_interrupted:
        yield say("interrupted")


def print_lines(lines: list[Line], console: Console) -> None:
    shown = max(FEWEST_ROWS, (console.height - AROUND_THE_TABLE) // 2)
    if lines:
        console.print(table_of(lines[:shown], console.width // 3))
    if len(lines) > shown:
        console.print(Text(say("more_lines", count=str(len(lines) - shown))), soft_wrap=True)


def table_of(lines: list[Line], longest_title: int) -> Table:
    """Words of the file stay as they are: brackets in them are no markup."""
    table = Table(show_edge=False)
    table.add_column(say("heading_number"), no_wrap=True)
    table.add_column(say("heading_outcome"), no_wrap=True)
    table.add_column(say("heading_what"), no_wrap=True, max_width=longest_title)
    table.add_column(say("heading_reason"))
    for line in lines:
        note = line.notes[0]
        table.add_row(*map(Text, (str(line.number), say(line.outcome), line.what, told(note))))
    return table


def told(note: Note) -> str:
    """The sentence, with the column and the value where it does not say them itself."""
    sentence = note.sentence()
    value = f" ({note.value})" if note.value not in sentence else ""
    return " : ".join(filter(None, (note.where(), sentence + value)))
