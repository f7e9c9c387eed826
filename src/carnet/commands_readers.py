"""Commands about what readers keep: building it anew, proving it, reading on what was parked."""

import sys

import click

from carnet.commands_database import warn_of_thin_wall, with_database
from kernel.check import Checked


@click.command()
@click.argument("name")
def rebuild(name: str) -> None:
    """Build the view NAME anew from the log, beside the live one, and put it in its place without a gap.

    It makes tables, so it signs in as the owner of the database (DATABASE_URL).
    """
    from carnet import wiring
    from kernel.rebuild import NotRebuilt

    with with_database(is_owner=True):
        try:
            click.echo(f"{name}: {wiring.rebuild(name)} events read")
        except NotRebuilt as refused:
            raise click.ClickException(str(refused)) from None


@click.command()
@click.argument("names", nargs=-1)
def check(names: tuple[str, ...]) -> None:
    """Fold the log a second time and compare every row of the views NAMES, or of all; exits with 1 when one differs."""
    from carnet import wiring

    with with_database() as settings:
        warn_of_thin_wall(settings.database_url)
        checked = [say(one) for one in wiring.check(names)]
    sys.exit(any(one.difference for one in checked))


def say(one: Checked) -> Checked:
    waiting = f", {one.parked} parked streams as far as they were read" if one.parked else ""
    verdict = "DIFFERENT" if one.difference else "OK"
    click.echo(f"{one.table}: {one.rows} rows at {one.position}, sha256 {one.sha256} {verdict}{waiting}")
    if one.difference:
        click.echo(in_words(one), err=True)
    return one


def in_words(one: Checked) -> str:
    found = one.difference
    key = ", ".join(f"{name}={value}" for name, value in found.key.items())
    if found.live is None and not found.column:
        return f"{one.table}: the row {key} is missing"
    if not found.column:
        return f"{one.table}: the row {key} is one too many"
    return f"{one.table}: the row {key} has {found.column}={found.live!r}, and the log says {found.rebuilt!r}"


@click.command()
@click.argument("names", nargs=-1, required=True)
def release(names: tuple[str, ...]) -> None:
    """Read the parked streams of the readers NAMES again, or of "all"; exits with 1 when some stay parked."""
    from carnet import wiring

    with with_database():
        left = 0
        for name, went_on, stayed in wiring.release([] if names == ("all",) else names):
            click.echo(f"{name}: {went_on} streams go on, {stayed} stay parked")
            left += stayed
    sys.exit(bool(left))
