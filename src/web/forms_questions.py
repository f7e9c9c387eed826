"""What the forms of a service's questions may send."""

from uuid import uuid4

from marshmallow import fields, validate

from agenda.question import KINDS
from web.forms import SHORT, WORDS, Form
from web.forms_team import Ids, OfMember


class OfQuestion(OfMember):
    question_id = fields.UUID(required=True)


class KeepQuestion(OfMember):
    """A new question carries its identifier, so that a double click asks it once; its choices stand one a line."""

    question_id = fields.UUID(load_default=uuid4)
    is_new = fields.Boolean(load_default=False)
    wording = fields.String(load_default="", validate=SHORT)
    kind = fields.String(load_default="text", validate=validate.OneOf(KINDS))
    choices = fields.String(load_default="", validate=WORDS)
    is_required = fields.Boolean(load_default=False)
    is_online = fields.Boolean(load_default=False)


class AskQuestions(Form):
    service_id = Ids
