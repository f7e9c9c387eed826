"""Commands about the database and what it holds."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from carnet.postgres import EmbeddedPostgres, database
from kernel.settings import Settings, read_settings

THIN = (
    "The program signs in to the database as somebody whom row-level security does not bind. "
    "Name a login of its own in CARNET_APP_DATABASE_URL."
)


@contextmanager
def with_database(*, is_owner: bool = False) -> Iterator[Settings]:
    """The settings; whoever reads the environment from here on finds the database in it, and no other way in."""
    with database(read_settings(os.environ)) as addresses:
        enter(addresses.owner if is_owner else addresses.app)
        yield read_settings(os.environ)


def enter(url: str) -> None:
    for name in ("DATABASE_URL_FILE", "CARNET_APP_DATABASE_URL", "CARNET_APP_DATABASE_URL_FILE"):
        os.environ.pop(name, None)
    os.environ["DATABASE_URL"] = url


def warn_of_thin_wall(url: str) -> None:
    from kernel.roles import may_more_than_needed

    if may_more_than_needed(url):
        click.echo(THIN, err=True)


@click.command()
def migrate() -> None:
    """Bring the database to the present shape, as its owner."""
    from kernel.migrations import migrate as run_migrations

    with with_database(is_owner=True) as settings:
        for name in run_migrations(settings.database_url):
            click.echo(name)


@click.command()
def seed() -> None:
    """Add the organisation that shows what the program does."""
    from carnet import demo

    with with_database(is_owner=True) as settings:
        demo.seed(settings.database_url)
        click.echo(demo.logins())


@click.group()
def postgres() -> None:
    """The PostgreSQL server that comes with the program."""


@postgres.command()
def start() -> None:
    """Start it, leave it running and print its URL."""
    click.echo(embedded().start())


@postgres.command()
def stop() -> None:
    """Stop it; nothing happens when it does not run."""
    embedded().stop()


@postgres.command()
def url() -> None:
    """Print the owner's URL without starting it."""
    click.echo(embedded().url)


def embedded() -> EmbeddedPostgres:
    return EmbeddedPostgres(read_settings(os.environ).home)
