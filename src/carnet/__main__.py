"""The command line: `carnet COMMAND`."""

import sys

import click

from carnet.commands_agenda import slots
from carnet.commands_backup import backup, restore, sending
from carnet.commands_database import migrate, postgres, seed
from carnet.commands_export import export_files
from carnet.commands_import import import_files
from carnet.commands_readers import check, rebuild, release
from carnet.commands_serve import readers, serve, web, web_worker, worker
from carnet.commands_support import resume, support_staff, suspend
from carnet.postgres_place import PostgresNotStarted
from carnet.supervisor import AlreadyServed
from kernel.settings import SettingRefused

# What stops a command in one line, with the exit code that a script may look at.
EXIT_CODES = {PostgresNotStarted: 1, SettingRefused: 2, AlreadyServed: 3}


@click.group()
def carnet() -> None:
    """An appointment agenda that remembers everything."""


OPERATING = (serve, web, web_worker, readers, worker, migrate, seed, rebuild, check, release, postgres)
KEEPING = (backup, restore, sending)
for command in (*OPERATING, *KEEPING, slots, import_files, export_files, support_staff, suspend, resume):
    carnet.add_command(command)


def main() -> None:
    try:
        carnet(prog_name="carnet")
    except tuple(EXIT_CODES) as refused:
        click.echo(f"carnet: {refused}", err=True)
        sys.exit(EXIT_CODES[type(refused)])


if __name__ == "__main__":
    main()
