"""Commands about the database and what it holds."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from carnet.postgres import EmbeddedPostgres, database
from kernel.settings import Settings, read_settings


@contextmanager
def with_database() -> Iterator[Settings]:
    """The settings; whoever reads the environment from here on finds the database in it."""
    settings = read_settings(os.environ)
    with database(settings) as url:
        if settings.is_embedded:
            os.environ["DATABASE_URL"] = url
        yield read_settings(os.environ)


@click.command()
def migrate() -> None:
    """Bring the database to the present shape."""
    from kernel.migrations import migrate as run_migrations

    with with_database() as settings:
        for name in run_migrations(settings.database_url):
            click.echo(name)


@click.command()
def seed() -> None:
    """Add the organisation that shows what the program does."""
    from carnet import demo

    with with_database() as settings:
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
    """Print its URL without starting it."""
    click.echo(embedded().url)


def embedded() -> EmbeddedPostgres:
    return EmbeddedPostgres(read_settings(os.environ).home)
