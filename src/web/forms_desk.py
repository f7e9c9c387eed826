"""What the forms around the agenda may send: which columns are shown, and how appointments are made and changed."""

from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, post_load, validate

from agenda.resource import KINDS
from agenda.service import LONGEST_MINUTES
from agenda.wanted import Wanted
from web.forms import SHORT, WORDS, Form, Overridable, WallTime
from web.forms_agenda import Price, Texts
from web.numbers import Whole

MANY = validate.Length(max=500)
# How the client hears of a new appointment: is asked to confirm it, is told, or is not.
NOTICES = ("ask", "tell", "silent")
COLUMNS = ("service_id", "resource_id", "room_id", "duration_minutes")


class ChooseColumns(Form):
    """`listed` are those that the form offered, `shown` those that were ticked."""

    kinds = fields.List(fields.String(validate=validate.OneOf(KINDS)), load_default=list)
    listed = fields.List(fields.UUID(), load_default=list, validate=MANY)
    shown = fields.List(fields.UUID(), load_default=list, validate=MANY)


class Row(Form):
    """A service of the visit: with whom (anyone where nobody is named), in which room, for how many minutes."""

    service_id = fields.UUID(required=True)
    resource_id = fields.UUID(load_default=None)
    room_id = fields.UUID(load_default=None)
    duration_minutes = fields.Integer(load_default=None, validate=validate.Range(1, LONGEST_MINUTES))

    @post_load
    def to_wanted(self, facts: dict[str, Any], **_: Any) -> Wanted:
        ids = tuple(id for id in (facts["resource_id"], facts["room_id"]) if id)
        return Wanted(facts["service_id"], ids, facts["duration_minutes"])


class Details(Form):
    """What an appointment says beside its services, its client and its time."""

    price_cents = Price(load_default=None)
    note = fields.String(load_default="", validate=WORDS)
    client_note = fields.String(load_default="", validate=WORDS)
    location = fields.String(load_default="", validate=SHORT)
    video_link = fields.String(load_default="", validate=SHORT)
    is_asked_for = fields.Boolean(load_default=False)
    notice = fields.String(load_default="tell", validate=validate.OneOf(NOTICES))


class Draft(Details):
    """An appointment as it is being written: fields of the same name make rows, each a service."""

    client_id = fields.UUID(load_default=None)
    service_id = Texts
    resource_id = Texts
    room_id = Texts
    duration_minutes = Texts
    on = fields.Date(load_default=None)
    time = fields.Time(load_default=None)
    starts_at = fields.String(load_default="")

    @post_load
    def to_rows(self, facts: dict[str, Any], **_: Any) -> dict[str, Any]:
        return facts | {"wanted": rows_of({name: facts[name] for name in COLUMNS})}


class Written(Details, WallTime, Overridable):
    """An appointment with everything that its form says."""

    service_id = fields.List(fields.String(), required=True, validate=MANY)
    resource_id = Texts
    room_id = Texts
    duration_minutes = Texts

    @post_load
    def to_rows(self, facts: dict[str, Any], **_: Any) -> dict[str, Any]:
        wanted = rows_of({name: facts.pop(name) for name in COLUMNS})
        if not wanted:
            raise ValidationError({"service_id": ["missing"]})
        return facts | {"wanted": wanted}


class Book(Written):
    """A new appointment carries its identifier, so that a double click makes one."""

    id = fields.UUID(required=True)
    client_id = fields.UUID(required=True)


class Rewrite(Written):
    client_id = fields.UUID(load_default=None)
    expected_version = Whole(load_default=None)


class Looked(Form):
    """Whom a form looks for."""

    words = fields.String(load_default="", validate=SHORT)


class Blank(Form):
    """What the form of a new appointment may be opened with; `like` is an appointment that it is to resemble, some
    `weeks` later."""

    on = fields.Date(load_default=None)
    time = fields.Time(load_default=None)
    resource = fields.UUID(load_default=None)
    client = fields.UUID(load_default=None)
    service = fields.UUID(load_default=None)
    words = fields.String(load_default="", validate=SHORT)
    like = fields.UUID(load_default=None)
    weeks = fields.Integer(load_default=None, validate=validate.Range(1, 104))


def rows_of(columns: dict[str, list[str]]) -> list[Wanted]:
    """Rows without a service are ones that nobody filled in; a column that was not sent is empty."""
    count = len(columns["service_id"])
    filled = {name: values + [""] * (count - len(values)) for name, values in columns.items()}
    rows = [dict(zip(COLUMNS, row, strict=False)) for row in zip(*(filled[name] for name in COLUMNS), strict=False)]
    return [read_row(number, row) for number, row in enumerate(rows) if row["service_id"]]


def read_row(number: int, row: dict[str, str]) -> Wanted:
    try:
        return Row().load(row)
    except ValidationError as wrong:
        raise ValidationError({name: [f"row {number}"] for name in wrong.messages_dict}) from wrong


def person_of(wanted: Wanted, kinds: dict[UUID, str]) -> UUID | None:
    """Who is named to give a service."""
    return next((id for id in wanted.resource_ids if kinds.get(id) == "practitioner"), None)
