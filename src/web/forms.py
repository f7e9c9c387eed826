"""What a form may send, read into plain facts."""

from datetime import UTC, date, datetime
from typing import Any

from flask import request
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate
from werkzeug.datastructures import MultiDict

from kernel.texts import storable, writable
from web import visit
from web.numbers import Whole

WORDS = validate.Length(max=4000)
SHORT = validate.Length(max=200)
FIRST_YEAR, LAST_YEAR = 1970, 2200


class Form(Schema):
    """Empty fields count as absent; fields of the page itself are left out."""

    class Meta:
        unknown = EXCLUDE

    @pre_load
    def drop_empty(self, sent: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in sent.items() if value not in ("", [], None)}


class Instant(fields.AwareDateTime):
    """An instant with its offset, kept in UTC, in years that people make appointments in."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        read = super()._deserialize(value, attr, data, **kwargs)
        if not FIRST_YEAR < read.year < LAST_YEAR:
            raise ValidationError("out of range")
        return read.astimezone(UTC)


class Day(fields.Date):
    """A date in years that people make appointments in, with room for what stands around it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        read = super()._deserialize(value, attr, data, **kwargs)
        if not FIRST_YEAR < read.year < LAST_YEAR:
            raise ValidationError("out of range")
        return read


class Secret(fields.String):
    """Words that are compared and never shown: they stay as they were typed."""


class SignIn(Form):
    email = fields.String(required=True, validate=SHORT)
    password = Secret(required=True, validate=validate.Length(max=300))
    next = fields.String(load_default="/")


class AnswerPasskey(Form):
    """What a passkey answered, as the page's script writes it, and the seal of the question."""

    answer = fields.String(required=True, validate=validate.Length(max=20_000))
    seal = fields.String(required=True, validate=WORDS)
    name = fields.String(load_default="", validate=SHORT)
    next = fields.String(load_default="/")


class GiveCode(Form):
    code = fields.String(required=True, validate=SHORT)


class AskLetter(Form):
    email = fields.String(required=True, validate=SHORT)


class NewPassword(Form):
    password = Secret(required=True, validate=validate.Length(max=300))


class Prove(NewPassword):
    next = fields.String(load_default="/")


class ChangePerson(Form):
    name = fields.String(required=True, validate=SHORT)
    language = fields.String(required=True, validate=SHORT)


class At(Form):
    """A place in the grid: a column and an instant."""

    resource = fields.UUID(required=True)
    at = Instant(required=True)


class Pick(At):
    """With `until` the time was drawn: it begins and ends just there."""

    until = Instant(load_default=None)
    words = fields.String(load_default="", validate=SHORT)
    letter = fields.String(load_default="", validate=validate.Length(max=1))
    client = fields.UUID(load_default=None)


class WallTime(Form):
    """An instant, or a date and a time on the wall of the house."""

    starts_at = Instant()
    on = fields.Date()
    time = fields.Time()

    @post_load
    def to_instant(self, facts: dict[str, Any], **_: Any) -> dict[str, Any]:
        on, time = facts.pop("on", None), facts.pop("time", None)
        if "starts_at" not in facts:
            facts["starts_at"] = wall_instant(on, time)
        return facts


def wall_instant(on: Any, time: Any) -> datetime:
    if on is None or time is None:
        raise ValidationError({"time": ["missing"]})
    if not FIRST_YEAR < on.year < LAST_YEAR:
        raise ValidationError({"on": ["out of range"]})
    return visit.instant(on, time.replace(tzinfo=None))


class Overridable(Form):
    """A refused form comes back with the rule to set aside and the reason for it."""

    key = fields.String(load_default="", validate=SHORT)
    override = fields.List(fields.String(validate=SHORT), load_default=list)
    reason = fields.String(load_default="", validate=WORDS)


class AskMove(Form):
    """Whether free times of anybody are wanted, or those of whoever has it now."""

    anyone = fields.Boolean(load_default=False)


class Move(WallTime, Overridable):
    """Of a visit of several services, `part` is the one that the time and the length are of. The resource takes the
    place of `from_id`, or of whoever leads."""

    resource_id = fields.UUID(load_default=None)
    from_id = fields.UUID(load_default=None)
    part = fields.Integer(load_default=0, validate=validate.Range(0, 100))
    duration_minutes = fields.Integer(load_default=None, validate=validate.Range(1, 10080))
    expected_version = Whole(load_default=None)


class Act(Overridable):
    """Any other thing done to an appointment."""

    expected_version = Whole(load_default=None)


class TakeBack(Act):
    """`is_whole` takes back everything that was done together with the fact named."""

    is_whole = fields.Boolean(load_default=False)


class Edit(Schema):
    """Words of an appointment: an empty field empties them, an absent one leaves them."""

    class Meta:
        unknown = EXCLUDE

    note = fields.String(validate=WORDS)
    location = fields.String(validate=WORDS)


class ClientFacts(Schema):
    """The words of a client's file; an absent one stays as it is."""

    class Meta:
        unknown = EXCLUDE

    title = fields.String(validate=SHORT)
    first_name = fields.String(validate=SHORT)
    last_name = fields.String(validate=SHORT)
    phone = fields.String(validate=SHORT)
    email = fields.String(validate=SHORT)
    birth_on = fields.Date(allow_none=True)
    address = fields.String(validate=SHORT)
    postcode = fields.String(validate=SHORT)
    town = fields.String(validate=SHORT)
    remarks = fields.String(validate=WORDS)

    @pre_load
    def no_birth_date(self, sent: dict[str, Any], **_: Any) -> dict[str, Any]:
        return sent | {"birth_on": sent["birth_on"] or None} if "birth_on" in sent else sent


class IssueToken(Form):
    """A token for a program; without days it lasts until it is revoked."""

    key = fields.String(load_default="", validate=SHORT)
    name = fields.String(required=True, validate=SHORT)
    per_minute = Whole(load_default=600)
    days = fields.Integer(load_default=None, validate=validate.Range(1, 3650))


class SubscribeWebhook(Form):
    """`names` are names of events, separated by spaces."""

    key = fields.String(load_default="", validate=SHORT)
    url = fields.String(required=True, validate=validate.Length(max=2000))
    names = fields.String(load_default="", validate=WORDS)


class Before(Form):
    """A page of what stands before a position of the log."""

    before = fields.Integer(load_default=None, validate=validate.Range(1, 2**62))


class ReplayWebhook(Form):
    after = fields.Integer(required=True, validate=validate.Range(0, 2**62))


class OpenFile(Form):
    """A new file carries its identifier, so that a double click opens one."""

    id = fields.UUID(required=True)
    key = fields.String(load_default="", validate=SHORT)
    then = fields.String(load_default="", validate=SHORT)


class ChangeFile(Form):
    expected_version = Whole(required=True)
    key = fields.String(load_default="", validate=SHORT)


class Repeat(Form):
    """An appointment and how it comes back; the facts may come one after the other."""

    id = fields.UUID(load_default=None)
    client_id = fields.UUID(load_default=None)
    service_id = fields.UUID(load_default=None)
    resource_id = fields.UUID(load_default=None)
    on = fields.Date(load_default=None)
    time = fields.Time(load_default=None)
    every = fields.Integer(load_default=1, validate=validate.Range(1, 1000))
    unit = fields.String(load_default="week", validate=validate.OneOf(("day", "week", "month")))
    weekdays = fields.List(fields.Integer(validate=validate.Range(0, 6)), load_default=list)
    monthly = fields.String(load_default="day", validate=validate.OneOf(("day", "nth", "last")))
    end = fields.String(load_default="count", validate=validate.OneOf(("count", "until")))
    count = fields.Integer(load_default=10, validate=validate.Range(1, 1000))
    until_on = fields.Date(load_default=None)
    note = fields.String(load_default="", validate=WORDS)
    words = fields.String(load_default="", validate=SHORT)
    key = fields.String(load_default="", validate=SHORT)
    reason = fields.String(load_default="", validate=SHORT)


class ChangeSeries(Form):
    """A change of a series from one occurrence on, or of all of it; what is left empty stays."""

    key = fields.String(load_default="", validate=SHORT)
    reason = fields.String(load_default="", validate=SHORT)
    expected_version = Whole(load_default=None)
    from_on = fields.Date(load_default=None)
    includes_exceptions = fields.Boolean(load_default=False)
    is_by_client = fields.Boolean(load_default=False)
    days = fields.Integer(load_default=0, validate=validate.Range(-6, 6))
    time = fields.Time(load_default=None)
    resource_id = fields.UUID(load_default=None)
    duration_minutes = fields.Integer(load_default=None, validate=validate.Range(1, 10080))
    count = fields.Integer(load_default=None, validate=validate.Range(1, 1000))
    until_on = fields.Date(load_default=None)


def sent(schema: type[Schema]) -> dict[str, Any]:
    """The facts of the form that was sent. A ValidationError becomes the page that says what is missing."""
    return read(schema, request.form)


def asked(schema: type[Schema]) -> dict[str, Any]:
    """The facts in the address."""
    return read(schema, request.args)


def read(schema: type[Schema], values: MultiDict[str, str]) -> dict[str, Any]:
    known = schema._declared_fields
    lists = {name for name, kind in known.items() if isinstance(kind, fields.List)}
    single = {name: (storable if isinstance(known.get(name), Secret) else writable)(v) for name, v in values.items()}
    return schema().load(single | {name: [*map(writable, values.getlist(name))] for name in lists})
