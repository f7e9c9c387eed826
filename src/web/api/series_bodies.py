"""What a series is sent and answered in."""

from datetime import date
from typing import Any

from marshmallow import fields, post_load, validate

from booking.rules import RULES
from booking.series.wishes import Choice
from web.api.appointment_bodies import ServiceAsked, SpokenBody
from web.api.fields import WORDS, Body, Cents, Day, Page, Paged, Text, Whole
from web.forms import Instant

WALL_TIME = validate.Regexp(r"\A\d{2}:\d{2}\Z")
RULE = "RFC 5545: FREQ=DAILY, WEEKLY or MONTHLY with INTERVAL, BYDAY or BYMONTHDAY, and UNTIL (a local date) or COUNT."
FROM_ON = "The `on` of the first occurrence concerned: this and following. All that are to come when left out."
MOST_CHOICES = validate.Length(max=1000)


class ChoiceBody(Body):
    """What to do with one occurrence: skip it, leave it where it stands, another start or person, rules set aside."""

    on = Day(required=True, metadata={"description": "The occurrence's name: its date by the rule."})
    skip = fields.Boolean(load_default=False)
    leave = fields.Boolean(load_default=False)
    starts_at = Instant(load_default=None, allow_none=True)
    resource_id = fields.UUID(load_default=None, allow_none=True)
    override = fields.List(fields.String(validate=validate.OneOf(sorted(RULES))), load_default=list)
    reason = Text(WORDS, load_default="")

    @post_load
    def to_choice(self, facts: dict[str, Any], **_: Any) -> tuple[date, Choice]:
        choice = Choice(
            is_skipped=facts["skip"],
            is_left=facts["leave"],
            starts_at=facts["starts_at"],
            resource_id=facts["resource_id"],
            override=tuple(facts["override"]),
            reason=facts["reason"],
        )
        return facts["on"], choice


class Chosen(Body):
    choices = fields.List(fields.Nested(ChoiceBody), load_default=list, validate=MOST_CHOICES)

    @post_load
    def to_choices(self, facts: dict[str, Any], **_: Any) -> dict[str, Any]:
        return facts | {"choices": dict(facts["choices"])}


class Pattern(Chosen):
    first_on = Day(required=True, metadata={"description": "The first local date."})
    wall_time = fields.String(required=True, validate=WALL_TIME, metadata={"description": "09:00, all year round."})
    rule = Text(500, required=True, metadata={"description": RULE})
    services = fields.List(fields.Nested(ServiceAsked), required=True, validate=validate.Length(1, 10))


class Plan(Pattern, SpokenBody):
    id = fields.UUID()
    client_id = fields.UUID(load_default=None, allow_none=True)
    price_cents = Cents(allow_none=True, load_default=None)
    is_asked_for = fields.Boolean(load_default=False)


class Scope(Body):
    from_on = Day(load_default=None, allow_none=True, metadata={"description": FROM_ON})
    includes_exceptions = fields.Boolean(load_default=False, metadata={"description": "Also those changed alone."})


class MoveSeries(Scope, Chosen):
    days = fields.Integer(strict=True, load_default=0, validate=validate.Range(-366, 366))
    wall_time = fields.String(load_default="", validate=validate.Regexp(r"\A(\d{2}:\d{2})?\Z"))
    services = fields.List(fields.Nested(ServiceAsked), load_default=list, validate=validate.Length(max=10))
    reason = Text(WORDS, load_default="")


class EndSeries(Chosen):
    count = Whole(1, 1000, load_default=None, allow_none=True, metadata={"description": "Occurrences in all."})
    until_on = Day(load_default=None, allow_none=True, metadata={"description": "The last date; one of the two."})
    includes_exceptions = fields.Boolean(load_default=False)
    reason = Text(WORDS, load_default="")


class EditSeries(Scope, SpokenBody):
    price_cents = Cents(allow_none=True)
    is_asked_for = fields.Boolean()


class CancelSeries(Scope):
    is_by_client = fields.Boolean(load_default=False)
    reason = Text(WORDS, load_default="")


class RestoreSeries(Chosen):
    reason = Text(WORDS, load_default="")


class ForeseenBody(Body):
    number = fields.Integer()
    on = fields.Date()
    starts_at = fields.AwareDateTime(allow_none=True)
    ends_at = fields.AwareDateTime(allow_none=True)
    zone = fields.String()
    fits = fields.Boolean()
    is_skipped = fields.Boolean()
    resource_ids = fields.List(fields.UUID())
    refusal = fields.String(allow_none=True, metadata={"description": "The code that booking it would meet."})
    detail = fields.String()
    rules = fields.List(fields.String(), metadata={"description": "What the desk may set aside."})
    next_at = fields.AwareDateTime(allow_none=True, metadata={"description": "The nearest free start, same people."})
    people = fields.List(fields.UUID(), metadata={"description": "Who else is free then."})
    clashes_on = fields.Date(allow_none=True, metadata={"description": "Another occurrence that it would overlap."})


class KeptBody(Body):
    on = fields.Date()
    id = fields.UUID()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    zone = fields.String()


class PreviewBody(Body):
    fitting = fields.Integer()
    clashing = fields.Integer()
    occurrences = fields.List(fields.Nested(ForeseenBody))
    kept = fields.List(fields.Nested(KeptBody), metadata={"description": "Changed alone before, left as they are."})
    cancelled = fields.List(fields.Nested(KeptBody), metadata={"description": "What would be cancelled or touched."})
    missing_months = fields.List(fields.Date(), metadata={"description": "Months without the day of the rule."})
    rule = fields.String(allow_none=True)


class OccurrenceBody(Body):
    on = fields.Date(metadata={"description": "Its name, for good."})
    id = fields.UUID(metadata={"description": "The appointment."})
    status = fields.String()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    zone = fields.String()
    is_exception = fields.Boolean(metadata={"description": "Changed alone."})


class AskedSeries(Page):
    client_id = fields.UUID(required=True)


class SeriesLineBody(Body):
    id = fields.UUID()
    client_id = fields.UUID(allow_none=True)
    rule = fields.String()
    zone = fields.String()
    wall_time = fields.String()
    service_ids = fields.List(fields.UUID())
    resource_ids = fields.List(fields.UUID())


class SeriesLines(Paged):
    items = fields.List(fields.Nested(SeriesLineBody))


class SeriesBody(Body):
    id = fields.UUID()
    version = fields.Integer()
    client_id = fields.UUID(allow_none=True)
    rule = fields.String()
    zone = fields.String()
    wall_time = fields.String()
    occurrences = fields.List(fields.Nested(OccurrenceBody))
