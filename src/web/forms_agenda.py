"""What the forms of hours, services, resources, closures and terms may send."""

from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, post_load, validate

from agenda.hours import DatedPeriod, WeeklyPeriod
from agenda.options import COLOURS, HEIGHTS, STEPS
from agenda.resource import KINDS, HoursNotValid
from agenda.service import LONGEST_MINUTES
from kernel.errors import Refusal
from web.forms import SHORT, WORDS, Form
from web.forms_absences import Settled
from web.forms_team import Ids, OfMember
from web.numbers import Whole

MIDNIGHT = "00:00"
Texts = fields.List(fields.String(), load_default=list, validate=validate.Length(max=500))


class PeriodIncomplete(Refusal):
    """A period has a beginning or an end, and not both."""


class PeriodEmpty(Refusal):
    """A period ends at the time at which it begins."""


class DatedRow(Form):
    """One period of a form: from, to and where."""

    start = fields.Time(required=True)
    end = fields.Time(required=True)
    place_id = fields.UUID(load_default=None)

    @post_load
    def to_period(self, facts: dict[str, Any], **_: Any) -> Any:
        return DatedPeriod(**facts | written(facts["start"], facts["end"]))


class WeeklyRow(DatedRow):
    weekday = fields.Integer(required=True, validate=validate.Range(0, 6))
    from_on = fields.Date(load_default=None)
    until_on = fields.Date(load_default=None)
    every_weeks = fields.Integer(load_default=1, validate=validate.Range(1, 52))

    @post_load
    def to_period(self, facts: dict[str, Any], **_: Any) -> Any:
        return WeeklyPeriod(**facts | written(facts["start"], facts["end"]))


def written(start: time, end: time) -> dict[str, str]:
    """As hours are kept. A time field knows no 24:00: from midnight to midnight is the whole day."""
    opens, closes = f"{start:%H:%M}", f"{end:%H:%M}"
    if opens == closes != MIDNIGHT:
        raise PeriodEmpty(time=opens.removeprefix("0"))
    return {"start": opens, "end": "24:00" if opens == closes else closes}


def periods(row: type[Form], facts: dict[str, Any], names: tuple[str, ...]) -> list[Any]:
    """Fields of the same name make rows, in order; a row without times is one that nobody filled in."""
    columns = [facts.pop(name) for name in names]
    if len({len(column) for column in columns}) > 1:
        raise ValidationError({"start": ["rows differ"]})
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    return [read_row(row, each) for each in rows if each["start"] or each["end"]]


def read_row(row: type[Form], sent: dict[str, str]) -> Any:
    if not (sent["start"] and sent["end"]):
        raise PeriodIncomplete(time=(sent["start"] or sent["end"]).removeprefix("0"))
    try:
        return row().load(sent)
    except ValidationError as wrong:
        raise HoursNotValid(problems=sorted(wrong.messages_dict)) from wrong


class SetWeek(OfMember):
    """A week as parallel rows of periods."""

    weekday = Texts
    start = Texts
    end = Texts
    place_id = Texts
    from_on = Texts
    until_on = Texts
    every_weeks = Texts

    @post_load
    def to_periods(self, facts: dict[str, Any], **_: Any) -> dict[str, Any]:
        names = ("weekday", "start", "end", "place_id", "from_on", "until_on", "every_weeks")
        return facts | {"periods": periods(WeeklyRow, facts, names)}


class SetDay(OfMember):
    """The hours of one date; without periods it is closed."""

    on = fields.Date(required=True)
    start = Texts
    end = Texts
    place_id = Texts

    @post_load
    def to_periods(self, facts: dict[str, Any], **_: Any) -> dict[str, Any]:
        return facts | {"periods": periods(DatedRow, facts, ("start", "end", "place_id"))}


class CopyDay(OfMember):
    day = fields.Integer(required=True, validate=validate.Range(0, 6))
    days = fields.List(fields.Integer(validate=validate.Range(0, 6)), load_default=list)


class CopyWeek(OfMember):
    resource_id = fields.UUID(required=True)


class BackTo(OfMember):
    """Which version to go back to."""

    key = fields.String(load_default="", validate=SHORT)
    version = fields.Integer(required=True, validate=validate.Range(1, 2**31))


class Price(fields.Field):
    """An amount as people write it, 50 or 50,00, in cents."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        written = "".join(value.split()).replace(",", ".").strip("€")
        try:
            cents = Decimal(written) * 100
        except InvalidOperation as wrong:
            raise ValidationError("not an amount") from wrong
        if not (cents.is_finite() and 0 <= cents <= 100_000_000 and cents == cents.to_integral_value()):
            raise ValidationError("not an amount")
        return int(cents)


class OwnTerms(OfMember):
    """Lead time, horizon and notice of one thing; left empty, those around it hold."""

    lead_minutes = fields.Integer(load_default=None, validate=validate.Range(0, 525_600))
    horizon_days = fields.Integer(load_default=None, validate=validate.Range(0, 3650))
    notice_minutes = fields.Integer(load_default=None, validate=validate.Range(0, 525_600))


def minutes(**options: Any) -> fields.Integer:
    return fields.Integer(validate=validate.Range(0, LONGEST_MINUTES), **options)


class AddService(OfMember):
    name = fields.String(required=True, validate=SHORT)
    category = fields.String(load_default="", validate=SHORT)
    duration_minutes = minutes(required=True)
    price_cents = Price(load_default=None)


class ChangeService(AddService, OwnTerms):
    """`rooms` and `machines` of which so many are needed at once; none named, any of them."""

    description = fields.String(load_default="", validate=WORDS)
    colour = fields.String(load_default="", validate=SHORT)
    before_minutes = minutes(load_default=0)
    after_minutes = minutes(load_default=0)
    interval_minutes = minutes(load_default=None)
    capacity = Whole(load_default=1)
    is_online = fields.Boolean(load_default=False)
    is_active = fields.Boolean(load_default=False)
    room_count = fields.Integer(load_default=0, validate=validate.Range(0, 20))
    machine_count = fields.Integer(load_default=0, validate=validate.Range(0, 20))
    rooms = Ids
    machines = Ids


class PerformerRow(Form):
    resource_id = fields.UUID(required=True)
    duration_minutes = minutes(load_default=None)
    price_cents = Price(load_default=None)


class SetPerformers(OfMember):
    """Rows of people with their own time and price; those who are ticked perform the service."""

    performs = Ids
    resource_id = Texts
    duration_minutes = Texts
    price_cents = Texts

    @post_load
    def to_rows(self, facts: dict[str, Any], **_: Any) -> dict[str, Any]:
        names = ("resource_id", "duration_minutes", "price_cents")
        columns = [facts.pop(name) for name in names]
        if len({len(column) for column in columns}) > 1:
            raise ValidationError({"resource_id": ["rows differ"]})
        rows = [PerformerRow().load(dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True)]
        return facts | {"rows": rows}


class AddResource(OfMember):
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    name = fields.String(required=True, validate=SHORT)
    trade = fields.String(load_default="", validate=SHORT)


class ChangeResource(OwnTerms):
    name = fields.String(required=True, validate=SHORT)
    trade = fields.String(load_default="", validate=SHORT)
    colour = fields.String(load_default="", validate=SHORT)
    capacity = fields.Integer(load_default=1, validate=validate.Range(1, 1000))
    max_per_day = fields.Integer(load_default=None, validate=validate.Range(1, 1000))
    has_hours = fields.Boolean(load_default=False)
    is_active = fields.Boolean(load_default=False)
    place_ids = Ids


class AskYear(Form):
    year = fields.Integer(load_default=None, validate=validate.Range(2000, 2199))


class CloseHolidays(OfMember, Settled):
    year = fields.Integer(required=True, validate=validate.Range(2000, 2199))


class CloseDates(OfMember, Settled):
    """At one place, or at every place."""

    from_on = fields.Date(required=True)
    until_on = fields.Date(load_default=None)
    is_everywhere = fields.Boolean(load_default=False)


class AskClosing(AskYear):
    """The public holidays of a year, or dates from one to another."""

    from_on = fields.Date(load_default=None)
    until_on = fields.Date(load_default=None)
    is_everywhere = fields.Boolean(load_default=False)


class Dates(fields.Field):
    """One date or more, separated by spaces."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[date]:
        try:
            return [date.fromisoformat(each) for each in value.split()]
        except ValueError as wrong:
            raise ValidationError("not a date") from wrong


class DatesElsewhere(fields.Field):
    """Dates of other places: each place with its dates after it, places separated by commas."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[UUID, list[date]]:
        try:
            rows = [row.split() for row in value.split(",")]
            return {UUID(row[0]): [date.fromisoformat(each) for each in row[1:]] for row in rows if row}
        except ValueError as wrong:
            raise ValidationError("not dates of places") from wrong


class ReopenDates(OfMember):
    on = Dates(load_default=list, validate=validate.Length(max=400))
    elsewhere = DatesElsewhere(load_default=dict)


class SetTerms(OfMember):
    lead_minutes = fields.Integer(load_default=0, validate=validate.Range(0, 525_600))
    horizon_days = fields.Integer(load_default=None, validate=validate.Range(0, 3650))
    notice_minutes = fields.Integer(load_default=0, validate=validate.Range(0, 525_600))
    hold_minutes = fields.Integer(load_default=10, validate=validate.Range(1, 1440))
    request_hours = fields.Integer(load_default=48, validate=validate.Range(1, 8760))
    needs_approval = fields.Boolean(load_default=False)


class SetOptions(OfMember):
    first_hour = fields.Integer(required=True, validate=validate.Range(0, 23))
    last_hour = fields.Integer(required=True, validate=validate.Range(1, 24))
    step_minutes = fields.Integer(load_default=15, validate=validate.OneOf(STEPS))
    density = fields.String(load_default="usual", validate=validate.OneOf([*HEIGHTS]))
    colours_by = fields.String(load_default="state", validate=validate.OneOf(COLOURS))
    has_rooms = fields.Boolean(load_default=False)
    has_machines = fields.Boolean(load_default=False)
