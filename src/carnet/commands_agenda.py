"""Commands that answer questions about time without any database."""

import json
from typing import TextIO

import click


@click.command()
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--explain", is_flag=True, help="Print instead every start of the grid that cannot be booked, and why.")
def slots(file: TextIO, explain: bool) -> None:
    """Print the bookable starts of the case, or of every case of the list, in FILE."""
    try:
        answer = answered(json.load(file), explain)
    except ValueError as malformed:
        raise click.ClickException(str(malformed)) from None
    click.echo(json.dumps(answer, indent=2, ensure_ascii=False))


def answered(document: list | dict, explain: bool) -> dict[str, list]:
    from agenda import cases

    if explain:
        return {case["id"]: cases.explain(case) for case in cases.cases_of(document)}
    return cases.answers(document)
