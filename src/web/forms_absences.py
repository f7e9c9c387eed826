"""What the forms of absences may send, and what is chosen for the appointments that they or a closing would cover."""

from datetime import date, datetime, time
from typing import Any, NamedTuple
from uuid import UUID

from flask import request
from marshmallow import ValidationError, fields, post_load, validate

from kernel.texts import writable
from web.forms import FIRST_YEAR, LAST_YEAR, SHORT, Day, Form, Instant
from web.numbers import Whole

MOST_COLUMNS = 500
LONGEST_DAYS = 366
KINDS = ("leave", "out", "break")
PREFIX = "choice-"
MOST_CHOICES = 500


class Wall(NamedTuple):
    """From when to when on the wall of whoever is away; whole days end with the last one."""

    from_on: date
    until_on: date
    from_time: time = time()
    until_time: time = time()
    is_whole_days: bool = True


class AskAbsence(Form):
    """What the form of a new absence may be opened with."""

    resource = fields.UUID(load_default=None)
    at = Instant(load_default=None)
    until = Instant(load_default=None)
    on = Day(load_default=None)


class When(Form):
    """A kind or words of one's own, and the stretch."""

    kind = fields.String(load_default="", validate=validate.OneOf(("", *KINDS)))
    words = fields.String(load_default="", validate=SHORT)
    from_on = fields.Date(required=True)
    until_on = fields.Date(load_default=None)
    from_time = fields.Time(load_default=None)
    until_time = fields.Time(load_default=None)
    is_whole_days = fields.Boolean(load_default=False)

    @post_load
    def to_wall(self, facts: dict[str, Any], **_: Any) -> dict[str, Any]:
        names = ("from_on", "until_on", "from_time", "until_time", "is_whole_days")
        return facts | {"wall": wall_of(**{name: facts.pop(name) for name in names})}


def wall_of(
    from_on: date, until_on: date | None, from_time: time | None, until_time: time | None, is_whole_days: bool
) -> Wall:
    until_on = until_on or from_on
    must_be_a_stretch(from_on, until_on)
    if is_whole_days:
        return Wall(from_on, until_on)
    if from_time is None or until_time is None:
        raise ValidationError({"from_time": ["missing"]})
    return Wall(from_on, until_on, from_time.replace(tzinfo=None), until_time.replace(tzinfo=None), False)


def must_be_a_stretch(from_on: date, until_on: date) -> None:
    years = (FIRST_YEAR < each.year < LAST_YEAR for each in (from_on, until_on))
    if not all(years) or not 0 <= (until_on - from_on).days < LONGEST_DAYS:
        raise ValidationError({"until_on": ["out of range"]})


class Settled(Form):
    """`rest` is done with each appointment for which nothing else is chosen."""

    key = fields.String(load_default="", validate=SHORT)
    is_foreseen = fields.Boolean(load_default=False)
    rest = fields.String(load_default="keep", validate=validate.OneOf(("keep", "own", "other", "cancel")))
    reason = fields.String(load_default="", validate=SHORT)
    tells_clients = fields.Boolean(load_default=False)


class Away(When):
    """An absence in an address: of whom, or which one is changed."""

    resources = fields.List(fields.UUID(), load_default=list, validate=validate.Length(0, MOST_COLUMNS))
    change = fields.UUID(load_default=None)
    id = fields.UUID(load_default=None)


class PlanAbsences(When, Settled):
    id = fields.UUID(required=True)
    resources = fields.List(fields.UUID(), required=True, validate=validate.Length(1, MOST_COLUMNS))


class ChangeAbsence(When, Settled):
    expected_version = Whole(load_default=None)


class TakeAway(Form):
    """Several absences at once, which were made together."""

    key = fields.String(load_default="", validate=SHORT)
    ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, MOST_COLUMNS))


class Choice(NamedTuple):
    """What is done with one appointment: keep, cancel, or move to a time with these people."""

    deed: str
    starts_at: datetime | None = None
    people: tuple[UUID, ...] = ()


def choices_sent() -> dict[UUID, Choice]:
    """By the appointment; those for which something of its own was chosen."""
    sent = [(name.removeprefix(PREFIX), value) for name, value in request.form.items() if name.startswith(PREFIX)]
    try:
        return {UUID(id): choice_of(writable(value)) for id, value in sent[:MOST_CHOICES] if value}
    except (ValueError, ValidationError) as wrong:
        raise ValidationError({"choice": ["not offered"]}) from wrong


def choice_of(value: str) -> Choice:
    """move 2026-11-25T09:00:00Z and who gives each service, as the page offered it; a ValueError for anything else."""
    deed, *rest = value.split(" ")
    if deed in ("keep", "cancel") and not rest:
        return Choice(deed)
    if deed != "move" or len(rest) < 2:
        raise ValueError(value)
    return Choice("move", Instant().deserialize(rest[0]), tuple(map(UUID, rest[1:])))
