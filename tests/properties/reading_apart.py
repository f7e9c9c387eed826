"""A program for tests: reads files by number as the child of an import does, in a process for each, and says of each
how it ended. It imports the parsers once, so that thousands of files take a minute."""

import json
import os
import resource
import sys
from collections import Counter
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from importing import ics, tables, vcards  # noqa: E402, F401 — what a child imports when its kind of file comes
from importing.agenda_rows import row_entries  # noqa: E402
from importing.bringing import decided  # noqa: E402
from importing.child import PROCESSOR, bound  # noqa: E402
from importing.client_facts import fields_for  # noqa: E402
from importing.decisions import Reading, draft_of  # noqa: E402
from importing.known import Known  # noqa: E402
from importing.parts import Asked, End, Head, No, Part, Rows, framed, parts_in  # noqa: E402
from importing.readings import answer  # noqa: E402
from importing.sentences import SENTENCES  # noqa: E402
from importing.table import Table  # noqa: E402
from tests.data.mutations import made  # noqa: E402

ASKED = (Asked("clients"), Asked("agenda", "Europe/Paris", datetime(2028, 11, 20, tzinfo=UTC)))
# Tables are read as either; cards are clients, and calendars agendas.
IS_AGENDA = (0, 0, 0, 1, 1, 1, 0, 1)
READ, REFUSED, WRONG = 0, 10, 20


def asked_of(number: int) -> Asked:
    return ASKED[IS_AGENDA[number % len(IS_AGENDA)]]


def one(number: int) -> tuple[str, float, int]:
    """How a file ended, in its own process; seconds of the processor and MB."""
    data, asked = made(number), asked_of(number)
    if not (pid := os.fork()):
        code = WRONG
        try:
            bound()
            code = ended(data, asked)
        finally:
            os._exit(code)
    _, status, spent = os.wait4(pid, 0)
    how = {READ: "read", REFUSED: "refused", WRONG: "wrong"}.get(os.waitstatus_to_exitcode(status), "too heavy")
    return how, spent.ru_utime + spent.ru_stime, spent.ru_maxrss // 1024


def ended(data: bytes, asked: Asked) -> int:
    out = BytesIO()
    answer(BytesIO(framed(asked) + data), out)
    out.seek(0)
    said = list(parts_in(out))
    if isinstance(said[-1], No):
        return REFUSED if said[-1].reason in SENTENCES else WRONG
    return looked_at(asked, said) if isinstance(said[-1], End) else WRONG


def looked_at(asked: Asked, said: list[Part]) -> int:
    """What the importing process makes of the rows, without a database; refusals are answers."""
    rows = [row for part in said if isinstance(part, Rows) for row in part.rows]
    for head in (part for part in said if isinstance(part, Head)):
        if asked.reading == "agenda":
            row_entries(Table(head.written_as, head.headings, rows), ZoneInfo("Europe/Paris"), lambda _: 30)
        else:
            fields = fields_for(head.headings, {})
            reading = Reading(UUID(int=1), "FR", date(2026, 11, 24), head.headings, fields, {}, updates=True)
            for row in rows:
                decided(reading, Known.nobody(), draft_of(reading, row))
    return READ


def main(first: int, last: int) -> None:
    ends: Counter[str] = Counter()
    most_seconds = most_mb = 0.0
    wrong: list[int] = []
    for number in range(first, last):
        how, seconds, mb = one(number)
        ends[how] += 1
        most_seconds, most_mb = max(most_seconds, seconds), max(most_mb, mb)
        if how == "wrong" or seconds > PROCESSOR + 1:
            wrong.append(number)
    print(json.dumps({**ends, "seconds": most_seconds, "mb": most_mb, "numbers": wrong}))  # noqa: T201


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main(*map(int, sys.argv[1:]))
