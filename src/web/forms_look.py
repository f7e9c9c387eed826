"""What the forms of the house's colour and words may send."""

from marshmallow import fields, validate

from accounts.organisation import APPOINTMENT_WORDS, CLIENT_WORDS
from web.forms import SHORT
from web.forms_team import OfMember


class SetLook(OfMember):
    """`accent` is one of those offered, or `own` for what is written beside."""

    accent = fields.String(required=True, validate=SHORT)
    own_accent = fields.String(load_default="", validate=SHORT)
    client_word = fields.String(required=True, validate=validate.OneOf(CLIENT_WORDS))
    appointment_word = fields.String(required=True, validate=validate.OneOf(APPOINTMENT_WORDS))
