"""Commands that take everything out of an installation, put it into a new one, and let a copy send."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from carnet.backup import BackupFailed, back_up
from carnet.commands_database import with_database
from carnet.postgres import EmbeddedPostgres
from carnet.restoring import NotRestored, hold_restored
from carnet.restoring import restore as restore_file
from kernel.settings import Settings, read_settings
from kernel.store import Store

OWN_SERVER = "This is for the embedded database. README says how to back up and restore a PostgreSQL of your own."


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write everything into FILE, while others go on working: the database, and the key that belongs to it.

    What was acknowledged before the end is in it. Keep it as you keep the data themselves: it holds all of them.
    """
    settings = embedded(read_settings(os.environ))
    if file.exists():
        raise click.ClickException(f"{file} is there already.")
    with with_database(), shown("Writing and verifying") as progress:
        try:
            page = back_up(settings.home, settings.secret_key, file.absolute(), progress)
        except (BackupFailed, OSError) as failed:
            raise click.ClickException(str(failed)) from None
    click.echo(f"{file}: everything up to {page['ended_at']}, verified.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def restore(file: Path) -> None:
    """Put the backup FILE into an empty CARNET_HOME. The copy sends nothing until `carnet sending release`."""
    home = Path(os.environ.get("CARNET_HOME") or Path.home() / ".local/share/carnet").absolute()
    with shown("Unpacking and verifying") as progress:
        try:
            page = restore_file(home, file, progress)
        except NotRestored as refused:
            raise click.ClickException(str(refused)) from None
        hold_sending(home)
        progress(100)
    click.echo(f"{home} is as it was at {page['ended_at']}. It sends nothing until `carnet sending release`.")


def hold_sending(home: Path) -> None:
    """Before anything else is started on it, in the shape that this program needs."""
    from kernel.migrations import migrate

    server = EmbeddedPostgres(home)
    migrate(server.start())
    store = Store(server.url, size=1)
    hold_restored(home, store)
    store.close()
    server.stop()


@click.group()
def sending() -> None:
    """Whether letters, messages and webhooks leave."""


@sending.command("hold")
def hold_now() -> None:
    """Send nothing from now on; within ten seconds in a program that runs. For copies restored by other means."""
    with store() as opened:
        from kernel.sending import hold

        hold(opened)
    click.echo("Nothing is sent until `carnet sending release`.")


@sending.command("release")
def release_now() -> None:
    """Send again: what is still useful leaves, the rest is settled with its reason."""
    with store() as opened:
        from kernel.sending import release

        release(opened)
    click.echo("Letters, messages and webhooks leave again.")


@contextmanager
def store() -> Iterator[Store]:
    with with_database() as settings:
        opened = Store(settings.database_url, size=1)
        try:
            yield opened
        finally:
            opened.close()


def embedded(settings: Settings) -> Settings:
    if not settings.is_embedded:
        raise click.ClickException(OWN_SERVER)
    return settings


@contextmanager
def shown(what: str) -> Iterator:
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=100)
        yield lambda percent: bar.update(task, completed=percent)
