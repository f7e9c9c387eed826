"""Commands about the support, and about houses that stand still."""

from collections.abc import Callable
from uuid import UUID

import click

from carnet.commands_import import opened_store
from kernel.errors import Refusal


@click.group("support")
def support_staff() -> None:
    """Say who may open support accesses. They sign in with a second factor, and houses see all that they look at."""


@support_staff.command()
@click.argument("email")
def add(email: str) -> None:
    """Name the person who signs in as EMAIL."""
    from accounts.support.staff import name_support_staff

    settle(email, name_support_staff)
    click.echo(f"{email} may open support accesses, with a second factor, under /support.")


@support_staff.command()
@click.argument("email")
def remove(email: str) -> None:
    """Dismiss the person who signs in as EMAIL; an access that is open lets them in no more."""
    from accounts.support.staff import dismiss_support_staff

    settle(email, dismiss_support_staff)
    click.echo(f"{email} opens no support access any more.")


def settle(email: str, do: Callable[..., int]) -> None:
    from accounts.people.queries import person_of

    with opened_store() as store:
        person_id = person_of(store, email)
        if person_id is None:
            raise click.ClickException(f"nobody signs in as {email}")
        do(store, by=at_the_line(person_id))


@click.command()
@click.argument("organisation", type=click.UUID)
@click.option("--reason", required=True, help="What its members read.")
def suspend(organisation: UUID, reason: str) -> None:
    """Suspend ORGANISATION: it can be looked at and taken out, and not changed."""
    from accounts.commands import suspend_organisation

    with opened_store() as store:
        settle_house(lambda: suspend_organisation(store, reason=reason, by=at_the_line(organisation)))
    click.echo("Suspended.")


@click.command()
@click.argument("organisation", type=click.UUID)
def resume(organisation: UUID) -> None:
    """Let ORGANISATION go on."""
    from accounts.commands import resume_organisation

    with opened_store() as store:
        settle_house(lambda: resume_organisation(store, by=at_the_line(organisation)))
    click.echo("It goes on.")


def settle_house(do: Callable[[], int]) -> None:
    try:
        do()
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from None


def at_the_line(organisation_id: UUID) -> "Act":  # noqa: F821 — commands import what they need when they run
    from accounts.rights import SETUP
    from kernel.actors import Act

    return Act(organisation_id=organisation_id, actor="setup/command-line", may=SETUP, origin="setup")
