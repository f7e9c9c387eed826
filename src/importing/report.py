"""What became of each line of a file."""

import csv
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from importing.quoting import harmless
from importing.sentences import column_words, say

OUTCOMES = ("imported", "changed", "joined", "kept_out", "refused")
COLUMNS = ("number", "outcome", "what", "column", "value", "reason")


class Note(NamedTuple):
    """Why something is not as it stood in the file: a code of the catalogue, the column, the value as written."""

    reason: str
    column: str = ""
    value: str = ""
    facts: dict[str, str] = {}

    def sentence(self, language: str = "") -> str:
        return say(self.reason, language, value=self.value, **self.facts)

    def where(self, language: str = "") -> str:
        return column_words(self.column, language)


class Refused(Exception):  # noqa: N818 — a line that says no, not a fault of the program
    """This line cannot be brought in; the others go on."""

    def __init__(self, reason: str, column: str = "", value: str = "", **facts: str):
        super().__init__(reason)
        self.note = Note(reason, column, value, facts)


class FileRefused(Exception):  # noqa: N818 — the same, for the whole file
    def __init__(self, reason: str, **facts: str):
        super().__init__(reason)
        self.reason, self.facts = reason, facts

    def sentence(self, language: str = "") -> str:
        return say(self.reason, language, **self.facts)

    def __str__(self) -> str:
        return self.sentence()


class Line(NamedTuple):
    """The outcome of one line of the file, by its physical number, or of one occurrence of the series written there."""

    number: int
    outcome: str
    what: str = ""
    notes: tuple[Note, ...] = ()


class Report:
    """Every line of a file with its outcome; and notices that concern the file, or what was made on its behalf."""

    def __init__(self, file: str):
        self.file = file
        self.lines: list[Line] = []
        self.notices: list[Line] = []
        self.line_of: dict[UUID, int] = {}
        self.position = 0
        self.is_interrupted = False

    def notice(self, reason: str, number: int = 0, **facts: str) -> None:
        self.notices.append(Line(number, "notice", notes=(Note(reason, facts=facts),)))

    def totals(self) -> dict[str, int]:
        counted = Counter(line.outcome for line in self.lines)
        return {outcome: counted[outcome] for outcome in OUTCOMES}

    def count(self, reason: str) -> int:
        return sum(note.reason == reason for line in self.lines for note in line.notes)

    def worth_showing(self) -> list[Line]:
        """The lines of which somebody should know more than the number, refusals first."""
        noted = [line for line in self.lines if line.notes]
        return sorted(noted, key=lambda line: (-OUTCOMES.index(line.outcome), line.number))

    def write(self, path: Path) -> None:
        """All lines, as a spreadsheet of any language opens them."""
        path.write_text(csv_of([*self.notices, *self.lines]), encoding="utf-8", newline="")


def csv_of(lines: list[Line], language: str = "") -> str:
    """A report as CSV, with the mark that tells spreadsheets its encoding, and no live formula in it."""
    out = StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerow([say(f"heading_{name}", language) for name in COLUMNS])
    writer.writerows([harmless(cell) for cell in row] for row in rows_of(lines, language))
    return out.getvalue()


def rows_of(lines: list[Line], language: str) -> Iterator[tuple[str, ...]]:
    for line in lines:
        for note in line.notes or (Note(""),):
            number = str(line.number or "")
            reason = note.sentence(language) if note.reason else ""
            yield number, say(line.outcome, language), line.what, note.where(language), note.value, reason
