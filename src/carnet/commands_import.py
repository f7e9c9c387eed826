"""Commands that bring in what another program knew."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from carnet.commands_database import with_database

if TYPE_CHECKING:
    from importing.report import Report
    from kernel.store import Store

INTERRUPTED = 130

file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
organisation = click.option("--organisation", type=click.UUID, help="Whose file it is, where there are several.")
report_file = click.option("--report", type=click.Path(path_type=Path), help="Write what became of every line (CSV).")


@click.group("import")
def import_files() -> None:
    """Bring in clients or appointments from a file. Doing it twice is the same as once."""


@import_files.command()
@file
@organisation
@report_file
@click.option("--update", is_flag=True, help="Let files already known take over what the lines say.")
def clients(file: Path, organisation: UUID | None, report: Path | None, update: bool) -> None:
    """Bring in the clients of FILE (CSV, Excel or vCard). The pages show it before, and can undo it."""
    from importing.clients import import_clients
    from importing.printing import watched

    run(lambda store: import_clients(store, file, organisation_id=organisation, updates=update, watch=watched), report)


@import_files.command()
@file
@click.option("--practitioner", default="", help="Whose agenda it is, where the file does not say or says otherwise.")
@organisation
@report_file
@click.option("--overbook", is_flag=True, help="Also bring in appointments at times that another one has.")
def appointments(file: Path, practitioner: str, organisation: UUID | None, report: Path | None, overbook: bool) -> None:
    """Bring in the appointments and absences of FILE (.ics, CSV or Excel). Bring in the clients first."""
    from importing.appointments import import_appointments
    from importing.printing import watched

    facts = {"organisation_id": organisation, "practitioner": practitioner, "overbook": overbook}
    run(lambda store: import_appointments(store, file, **facts, watch=watched), report)


def run(bring_in: "Callable[[Store], Report]", path: Path | None) -> None:
    from importing.apart import StillReading
    from importing.printing import print_report
    from importing.report import FileRefused

    with opened_store() as store:
        try:
            report = bring_in(store)
        except (FileRefused, StillReading) as refused:
            raise click.ClickException(str(refused)) from None
    if path:
        report.write(path)
    print_report(report, path)
    if report.is_interrupted:
        sys.exit(INTERRUPTED)


@contextmanager
def opened_store() -> "Iterator[Store]":
    from kernel.store import Store

    with with_database() as settings:
        store = Store(settings.database_url, size=1)
        try:
            yield store
        finally:
            store.close()
