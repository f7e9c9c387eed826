"""Commands that bring in what another program knew."""

from pathlib import Path

import click

from carnet.commands_database import with_database

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group("import")
def import_files() -> None:
    """Bring in clients or appointments from a file."""


@import_files.command()
@FILE
def clients(file: Path) -> None:
    """Bring in the clients of FILE."""
    from carnet import importing

    with with_database() as settings:
        click.echo(importing.import_clients(settings.database_url, file))


@import_files.command()
@FILE
def appointments(file: Path) -> None:
    """Bring in the appointments of FILE."""
    from carnet import importing

    with with_database() as settings:
        click.echo(importing.import_appointments(settings.database_url, file))
