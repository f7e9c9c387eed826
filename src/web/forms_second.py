"""What the forms send that weaken a second factor: the second factor once more."""

from marshmallow import fields, validate

from web.forms import SHORT, WORDS, Form


class GiveSecond(Form):
    """The second factor once more: a code, or the answer of a passkey."""

    code = fields.String(load_default="", validate=SHORT)
    answer = fields.String(load_default="", validate=validate.Length(max=20_000))
    seal = fields.String(load_default="", validate=WORDS)
