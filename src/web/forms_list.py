"""What the list of appointments is asked for, and what is settled from it."""

from marshmallow import fields, validate

from projections.listing import SORTS
from web.forms import SHORT, Day, Form
from web.message_words import STATES as MESSAGE_STATES
from web.words import STATUSES

MOST = 200
MOST_PAGES = 50
DEEDS = ("approve", "decline", "cancel", "complete", "miss", "restore")


class Narrow(Form):
    """What the list is narrowed to, its columns and its order; `on` and `until` are days of the house."""

    on = Day(load_default=None)
    until = Day(load_default=None)
    person = fields.UUID(load_default=None)
    service = fields.UUID(load_default=None)
    status = fields.String(load_default="", validate=validate.OneOf(("", *STATUSES)))
    words = fields.String(load_default="", validate=SHORT)
    which = fields.String(load_default="", validate=validate.OneOf(("ahead", "past", "bin", "")))
    place = fields.UUID(load_default=None)
    client = fields.UUID(load_default=None)
    columns = fields.List(fields.String(validate=SHORT), load_default=list, validate=validate.Length(max=50))
    sort = fields.String(load_default="time", validate=validate.Regexp(rf"({'|'.join(SORTS)})(-[0-9a-f-]{{36}})?\Z"))
    down = fields.Boolean(load_default=None)
    page = fields.Integer(load_default=1, validate=validate.Range(1, MOST_PAGES))


class NarrowMessages(Form):
    """By the days on which they are due."""

    on = fields.Date(load_default=None)
    until = fields.Date(load_default=None)
    state = fields.String(load_default="", validate=validate.OneOf(("", *MESSAGE_STATES)))
    page = fields.Integer(load_default=1, validate=validate.Range(1, 1000))


class SendAgain(Form):
    key = fields.String(load_default="", validate=SHORT)


class Settle(Form):
    ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, MOST))
    deed = fields.String(required=True, validate=validate.OneOf(DEEDS))
    reason = fields.String(load_default="", validate=SHORT)
    key = fields.String(required=True, validate=SHORT)


class AskDay(Form):
    """A day of some people; none named, of everybody."""

    on = Day(load_default=None)
    person = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=500))
    week = fields.Boolean(load_default=False)


class Listed(Form):
    """The day of which people something was done from."""

    on = Day(data_key="listed_on", load_default=None)
    person = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=500))
