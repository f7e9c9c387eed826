"""The dates of a preview as lines to read: when, with whom, what stands in the way, what can be chosen."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import g
from flask_babel import gettext
from msgspec import Struct

from booking.series.queries import Foreseen, Preview
from booking.series.wishes import Choices
from projections import series
from web import visit
from web.refusals import sentence
from web.series_choices import Option, options
from web.sight import SEE
from web.words import rule_words


class Row(Struct, frozen=True, kw_only=True):
    """A date of the series. `state` is booked, pending (chosen otherwise), missed (something in the way), done (stays)
    or struck (left out)."""

    number: int
    on: str
    starts_at: datetime | None
    people: str
    state: str
    why: str
    options: list[Option]


def rows_of(seen: Preview, choices: Choices, names: Mapping[UUID, str], *, is_change: bool) -> list[Row]:
    """`seen` was made without the skips among the choices, so that what is left out still says why."""
    holders = holders_of(seen.occurrences)
    return [row_of(each, choices, names, holders, is_change=is_change) for each in seen.occurrences]


def row_of(
    each: Foreseen, choices: Choices, names: Mapping[UUID, str], holders: Mapping[str, Any], *, is_change: bool
) -> Row:
    choice = choices.get(each.on)
    is_skipped = choice is not None and choice.is_skipped
    return Row(
        number=each.number,
        on=each.on.isoformat(),
        starts_at=each.starts_at,
        people=", ".join(names[id] for id in each.resource_ids if id in names),
        state="struck" if is_skipped and not each.refusal else state_of(each),
        why=why(each, holders),
        options=options(each, names, choice, is_change=is_change),
    )


def state_of(each: Foreseen) -> str:
    if each.refusal:
        return "missed"
    if each.choice.is_left:
        return "done"
    return "pending" if each.choice.is_exception or each.set_aside else "booked"


def taken_count(rows: Iterable[Row]) -> int:
    """How many dates would be taken as they are shown."""
    return sum(row.state in ("booked", "pending") for row in rows)


def why(each: Foreseen, holders: Mapping[str, Any]) -> str:
    """What stands in the way, or what was set aside or left out."""
    if each.clashes_on:
        return gettext("Overlaps another date of this series.")
    if each.refusal:
        return sentence(each.refusal, holders.get(each.refusal.facts.get("taken_by", "")))
    if each.set_aside:
        return gettext("Set aside: %(rules)s", rules=", ".join(rule_words(rule) for rule in each.set_aside))
    return gettext("Stays where it is.") if each.choice.is_left else ""


def holders_of(rows: Iterable[Foreseen]) -> dict[str, Any]:
    """Who holds the times that are taken, read at once; nobody from a column that the visitor may not look at."""
    ids = {each.refusal.facts["taken_by"] for each in rows if each.refusal and "taken_by" in each.refusal.facts}
    found = series.holders(visit.store(), visit.house(), ids) if ids else {}
    columns = g.member.rights.over(SEE)
    return {id: each for id, each in found.items() if columns is None or each.resource_id in columns}
