"""Bringing in a client file from the command line: whoever is on file already is joined, nobody twice."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from msgspec.structs import replace

from importing import staging
from importing.bringing import A_FEW, bring_some
from importing.client_facts import kept_columns
from importing.commands import complete_import, forget_import, receive_import, start_import
from importing.files import read_file
from importing.house import Watch, enter, until_ctrl_c, wait_for_readers
from importing.report import Report
from importing.uploads import read_upload
from kernel.actors import Act
from kernel.store import Store


def import_clients(
    store: Store,
    path: Path,
    *,
    organisation_id: UUID | None = None,
    actor: str = "import/command-line",
    now: datetime | None = None,
    updates: bool = False,
    watch: Watch = iter,
) -> Report:
    """Every line of a CSV, Excel or vCard file with its outcome. FileRefused when the file as a whole says no.

    `updates` lets files already known take over what the lines say. Ctrl-C ends between two handfuls of lines.
    """
    house = enter(store, organisation_id, actor, now)
    id = uuid4()
    act = replace(house.act, command_id=id)
    receive_import(store, id, path.name, read_file(path), by=act)
    read_upload(store, id, by=act)
    position = start_import(store, id, updates=updates, attended=True, by=act)
    report = Report(path.name)
    with until_ctrl_c() as stopping:
        report.is_interrupted = any(stopping.is_set() for _ in watch(Handfuls(store, id, act)))
    end = forget_import if report.is_interrupted else complete_import
    position = end(store, id, by=act)
    tell(store, id, act, report)
    wait_for_readers(house, position)
    return report


class Handfuls:
    """The handfuls of lines still to be brought in, each brought in when it is asked for."""

    def __init__(self, store: Store, id: UUID, act: Act):
        self.store, self.id, self.act = store, id, act
        with store.reading(act.organisation_id) as db:
            self.count = -(-staging.totals(db, id).get("", 0) // A_FEW)

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[int]:
        last = 0
        while done := bring_some(self.store, self.id, self.act, last):
            yield (last := done)


def tell(store: Store, id: UUID, act: Act, report: Report) -> None:
    """The notices on the file, and what became of each of its lines."""
    with store.reading(act.organisation_id) as db:
        file = staging.staged(db, id)
        report.lines = staging.settled_lines(db, id)
    report.notice("read_as", encoding=file.written_as)
    if kept := kept_columns(file.headings, file.fields):
        report.notice("columns_in_remarks", columns=", ".join(kept))
