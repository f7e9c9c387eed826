"""What an appointment is sent and answered in."""

from typing import Any

from marshmallow import fields, post_load, validate

from agenda.service import LONGEST_MINUTES
from agenda.wanted import Wanted
from booking.appointment import MADE, STATUS_AFTER
from booking.rules import RULES
from web.api.fields import WORDS, Body, Cents, Day, Page, Text, Whole
from web.forms import Instant

STATUSES = tuple(dict.fromkeys(STATUS_AFTER.values()))
TELLS = "Whether the client is to get a message of it, ten seconds later."
ONLINE = "Hold this call to what holds for clients online, though the token might act as the desk."


class ServiceAsked(Body):
    """A service of the visit, with the resources that were chosen; the others are found."""

    service_id = fields.UUID(required=True)
    resource_ids = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=20))
    duration_minutes = Whole(1, LONGEST_MINUTES, load_default=None, allow_none=True)

    @post_load
    def to_wanted(self, facts: dict[str, Any], **_: Any) -> Wanted:
        return Wanted(facts["service_id"], tuple(facts["resource_ids"]), facts["duration_minutes"])


class Overridable(Body):
    """Rules are set aside by the desk alone, by name, with a reason that stays in the history."""

    override = fields.List(fields.String(validate=validate.OneOf(sorted(RULES))), load_default=list)
    reason = Text(WORDS, load_default="")
    online = fields.Boolean(load_default=False, metadata={"description": ONLINE})


class Telling(Body):
    tells_client = fields.Boolean(load_default=True, metadata={"description": TELLS})


class SpokenBody(Body):
    note = Text(WORDS, metadata={"description": "For the team alone."})
    client_note = Text(WORDS, metadata={"description": "What the client said."})
    location = Text(WORDS)
    video_link = Text(WORDS)


class WordsBody(SpokenBody):
    answers = Text(WORDS)


class Book(Overridable, WordsBody, Telling):
    id = fields.UUID(metadata={"description": "Yours for good; drawn for you when left out."})
    client_id = fields.UUID(load_default=None, allow_none=True)
    starts_at = Instant(required=True)
    services = fields.List(fields.Nested(ServiceAsked), required=True, validate=validate.Length(1, 10))
    status = fields.String(load_default="booked", validate=validate.OneOf(list(MADE)))
    price_cents = Cents(allow_none=True, load_default=None)
    is_asked_for = fields.Boolean(load_default=False)
    hold_id = fields.UUID(load_default=None, allow_none=True, metadata={"description": "A hold that becomes it."})


class Move(Overridable, Telling):
    starts_at = Instant(required=True)
    services = fields.List(
        fields.Nested(ServiceAsked), validate=validate.Length(1, 10), metadata={"description": "As now, if left out."}
    )


class Reasoned(Body):
    reason = Text(WORDS, load_default="")


class Plain(Body):
    """Nothing to say."""


class Decline(Reasoned, Telling):
    """A reason for the history."""


class Restore(Overridable, Telling):
    """Back where it was."""


class Cancel(Reasoned, Telling):
    is_by_client = fields.Boolean(load_default=False, metadata={"description": "Who gave it up."})
    online = fields.Boolean(load_default=False, metadata={"description": ONLINE})


class Edit(WordsBody):
    client_id = fields.UUID(allow_none=True)
    price_cents = Cents(allow_none=True)
    is_asked_for = fields.Boolean()


class UseBody(Body):
    resource_id = fields.UUID()
    is_lead = fields.Boolean()


class SegmentBody(Body):
    service_id = fields.UUID()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    before_minutes = fields.Integer()
    after_minutes = fields.Integer()
    uses = fields.List(fields.Nested(UseBody))


class PromiseTerms(Body):
    services = fields.List(fields.String())
    lead_minutes = fields.Integer()
    horizon_days = fields.Integer(allow_none=True)
    notice_minutes = fields.Integer()
    needs_approval = fields.Boolean()


class AppointmentBody(Body):
    id = fields.UUID()
    version = fields.Integer()
    status = fields.String(validate=validate.OneOf(STATUSES))
    client_id = fields.UUID(allow_none=True)
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    zone = fields.String(metadata={"description": "Of the place; every instant here carries its offset."})
    wall_at = fields.String(metadata={"description": "What the clock on the wall says at the start."})
    services = fields.List(fields.Nested(SegmentBody))
    price_cents = fields.Integer(allow_none=True)
    currency = fields.String()
    is_asked_for = fields.Boolean()
    is_by_client = fields.Boolean()
    expires_at = fields.AwareDateTime(allow_none=True)
    note = fields.String()
    client_note = fields.String()
    location = fields.String()
    video_link = fields.String()
    answers = fields.String()
    source_id = fields.String()
    series_id = fields.UUID(allow_none=True)
    occurrence_on = fields.Date(allow_none=True, metadata={"description": "Its name in the series."})
    terms = fields.Nested(PromiseTerms, metadata={"description": "In force when it was made; they stay."})


class AskedPage(Page):
    first = Day(data_key="from", load_default=None, metadata={"description": "First local date of the start."})
    last = Day(data_key="to", load_default=None, metadata={"description": "Last local date, included."})
    client_id = fields.UUID(load_default=None)
    service_id = fields.UUID(load_default=None)
    resource_id = fields.UUID(load_default=None)
    status = fields.List(fields.String(validate=validate.OneOf(STATUSES)), load_default=None)


class Appointments(Body):
    items = fields.List(fields.Nested(AppointmentBody))
    next = fields.String(allow_none=True, metadata={"description": "The `cursor` of the next page; null at the end."})
