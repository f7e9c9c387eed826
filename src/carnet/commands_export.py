"""Commands that take out what the house knows."""

import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import click
from msgspec.structs import replace

from accounts.rights import SETUP
from carnet.commands_import import opened_store


@click.group("export")
def export_files() -> None:
    """Take clients out as a file."""


@export_files.command()
@click.option("--format", "file_format", default="csv", help="csv (default), csv-comma, xlsx, xml, vcard, vcard-3.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Without it, it is printed.")
@click.option("--search", default="", help="Only those whom these words find.")
@click.option("--organisation", type=click.UUID, help="Whose clients, where there are several houses.")
def clients(file_format: str, output: Path | None, search: str, organisation: UUID | None) -> None:
    """Take the client files out."""
    from exporting import export_clients
    from exporting.clients import FormatUnknown
    from importing.house import enter
    from importing.report import FileRefused

    with opened_store() as store:
        try:
            house = enter(store, organisation, "export/command-line", None)
            export = export_clients(store, file_format, words=search, by=replace(house.act, may=SETUP))
        except FileRefused as refused:
            raise click.ClickException(str(refused)) from None
        except FormatUnknown:
            raise click.BadParameter(file_format, param_hint="--format") from None
        write(export.pieces, output)


def write(pieces: Iterator[bytes], output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.writelines(pieces)
        return
    with output.open("wb") as file:
        file.writelines(pieces)
