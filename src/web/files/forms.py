"""What the forms of client files may send, read into plain facts."""

from uuid import uuid4

from marshmallow import fields, validate

from clients.client_field import KINDS
from web.forms import SHORT, WORDS, Form
from web.numbers import Whole


class Note(Form):
    """A new note carries its identifier, so that a double click keeps one."""

    id = fields.UUID(load_default=uuid4)
    key = fields.String(load_default="", validate=SHORT)
    words = fields.String(load_default="", validate=WORDS)
    is_pinned = fields.Boolean(load_default=False)


class Merge(Form):
    """`take` names the fields whose words come from the file that is merged in."""

    duplicate_id = fields.UUID(required=True)
    key = fields.String(load_default="", validate=SHORT)
    expected_version = Whole(load_default=None)
    take = fields.List(fields.String(validate=SHORT), load_default=list)


class OwnField(Form):
    """A field of the house's own; its choices stand one a line."""

    id = fields.UUID(load_default=uuid4)
    label = fields.String(load_default="", validate=SHORT)
    kind = fields.String(load_default="text", validate=validate.OneOf(KINDS))
    choices = fields.String(load_default="", validate=WORDS)
    is_required = fields.Boolean(load_default=False)
    rank = fields.Integer(load_default=0, validate=validate.Range(0, 1000))


class StartImport(Form):
    key = fields.String(load_default="", validate=SHORT)
    updates = fields.Boolean(load_default=False)


class Export(Form):
    file_format = fields.String(load_default="csv", validate=SHORT)
    words = fields.String(load_default="", validate=SHORT)
    kind = fields.String(load_default="", validate=validate.OneOf(("", "blocked", "archived")))
