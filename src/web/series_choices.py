"""What is chosen for single dates of a series, as a form sends it and as the page offers it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext
from marshmallow import ValidationError
from msgspec import Struct

from booking.series.queries import Foreseen
from booking.series.wishes import Choice, Choices
from web import visit
from web.formats import clock, iso, local_day, when
from web.series_words import wall_input

PREFIX = "choice-"


class Option(Struct, frozen=True):
    """A way for one date: what the form sends, how it reads, whether it is the one chosen."""

    value: str
    words: str
    is_chosen: bool = False


def choices_in(form: Mapping[str, str], reason: str) -> dict[date, Choice]:
    """By the date that names the occurrence. A ValidationError for what no page of ours has offered."""
    sent = {name.removeprefix(PREFIX): value for name, value in form.items() if name.startswith(PREFIX) and value}
    try:
        return {
            date.fromisoformat(on): choice_of(value, form.get(f"other-{on}", ""), reason) for on, value in sent.items()
        }
    except ValueError as wrong:
        raise ValidationError({"choice": ["not offered"]}) from wrong


def choice_of(value: str, other: str, reason: str) -> Choice:
    kind, _, rest = value.partition(":")
    match kind:
        case "skip" | "stay":
            return Choice(is_skipped=kind == "skip", is_left=kind == "stay")
        case "with":
            return Choice(resource_id=UUID(rest))
        case "override":
            return Choice(override=tuple(rest.split(",")), reason=reason)
        case "at" | "other":
            return Choice(starts_at=datetime.fromisoformat(rest) if kind == "at" else picked(rest, other))
    raise ValueError(value)


def picked(planned: str, other: str) -> datetime | None:
    """The time picked by hand; none yet while its field says what was planned."""
    if other in ("", planned):
        return None
    wall = datetime.fromisoformat(other)
    return visit.instant(wall.date(), wall.time())


def value_of(choice: Choice) -> str:
    """What the form sends for a choice made before."""
    if choice.is_skipped:
        return "skip"
    if choice.is_left:
        return "stay"
    if choice.override:
        return f"override:{','.join(choice.override)}"
    if choice.starts_at:
        return f"at:{iso(choice.starts_at)}"
    return f"with:{choice.resource_id}" if choice.resource_id else ""


def options(row: Foreseen, names: Mapping[UUID, str], choice: Choice | None, *, is_change: bool) -> list[Option]:
    """What can be chosen for this date. What does not fit is left out, or left where it is, until somebody chooses."""
    unchosen = ("stay" if is_change else "skip") if row.refusal else ""
    made = (value_of(choice) or by_hand(row)) if choice else unchosen
    found = dict(ways(row, names))
    if made and made not in found:
        found[made] = chosen_words(row, names)
    if is_change:
        found["stay"] = gettext("Leave it where it is")
    found["skip"] = gettext("Cancel it") if is_change else gettext("Leave it out")
    if not row.refusal:
        found = {"": gettext("As planned")} | found
    return [Option(value, words, value == made) for value, words in found.items()]


def by_hand(row: Foreseen) -> str:
    return f"other:{wall_input(row.starts_at)}"


def without_skips(choices: Choices) -> dict[date, Choice]:
    """What is left out is shown with what stands in its way all the same."""
    return {on: choice for on, choice in choices.items() if not choice.is_skipped}


def ways(row: Foreseen, names: Mapping[UUID, str]) -> Any:
    if row.next_at:
        yield (
            f"at:{iso(row.next_at)}",
            gettext("Take %(time)s", time=time_beside(row.next_at, local_day(row.starts_at))),
        )
    for id in row.people:
        yield f"with:{id}", gettext("With %(name)s", name=names.get(id, ""))
    yield by_hand(row), gettext("Another time…")
    if row.rules:
        yield f"override:{','.join(row.rules)}", gettext("Book anyway")


def chosen_words(row: Foreseen, names: Mapping[UUID, str]) -> str:
    if row.choice.starts_at:
        return gettext("Take %(time)s", time=time_beside(row.choice.starts_at, row.on))
    if row.choice.resource_id:
        return gettext("With %(name)s", name=names.get(row.choice.resource_id, ""))
    return gettext("Book anyway")


def time_beside(instant: datetime, on: date) -> str:
    return clock(instant) if local_day(instant) == on else when(instant)
