"""Commands that answer questions about time without any database."""

import json
from typing import TextIO

import click


@click.command()
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--explain", is_flag=True, help="Say of every start why it can or cannot be booked.")
def slots(file: TextIO, explain: bool) -> None:
    """Print the bookable starts of the case, or the list of cases, in FILE."""
    from agenda import cases

    answer = cases.explanations if explain else cases.answers
    click.echo(json.dumps(answer(json.load(file)), indent=2, ensure_ascii=False))
