"""What the forms of the team, of invitations and of the house's doors may send."""

from marshmallow import fields, validate

from accounts.rights import GRANTABLE, ROLES
from web.forms import SHORT, Form
from web.numbers import Whole

Ids = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=500))


class OfMember(Form):
    key = fields.String(load_default="", validate=SHORT)
    expected_version = Whole(load_default=None)


class ChangeRole(OfMember):
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    resource_id = fields.UUID(load_default=None)


class ChangeGrants(OfMember):
    sees = Ids
    edits = Ids
    places = Ids
    approves = Ids
    rights = fields.List(fields.String(validate=validate.OneOf(GRANTABLE)), load_default=list)


class Invite(Form):
    key = fields.String(load_default="", validate=SHORT)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    resource_id = fields.UUID(load_default=None)
    email = fields.Email(load_default="", validate=SHORT)
    uses = fields.Integer(load_default=1, validate=validate.Range(0, 1000))
    days = fields.Integer(load_default=7, validate=validate.Range(1, 90))


class AllowAddresses(Form):
    key = fields.String(load_default="", validate=SHORT)
    role = fields.String(load_default="", validate=SHORT)
    networks = fields.String(load_default="", validate=validate.Length(max=4000))


class OpenSupport(Form):
    reason = fields.String(required=True, validate=SHORT)
    hours = fields.Integer(load_default=1, validate=validate.Range(1, 8))
    organisation = fields.UUID(required=True)

