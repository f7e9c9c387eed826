"""What the forms of signing up, of the organisation and of its places may send."""

from zoneinfo import available_timezones

from marshmallow import fields, validate

from accounts.plans import PLANS
from starting.trades import TRADES
from web.forms import SHORT, Form
from web.numbers import Whole
from web.trade_words import COUNTRIES

LANGUAGES = {"fr": "Français", "en": "English"}
CURRENCIES = ("EUR", "CHF", "CAD", "USD", "GBP", "XPF", "MAD")
# Zones that people live in, without the aliases of another age.
ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))


def key() -> fields.String:
    return fields.String(load_default="", validate=SHORT)


class SignUp(Form):
    name = fields.String(required=True, validate=SHORT)
    email = fields.Email(required=True, validate=SHORT)


class OpenHouse(Form):
    key = fields.String(required=True, validate=SHORT)
    name = fields.String(required=True, validate=SHORT)
    trade = fields.String(required=True, validate=validate.OneOf(tuple(TRADES)))
    country = fields.String(required=True, validate=validate.OneOf(tuple(COUNTRIES)))
    zone = fields.String(required=True, validate=validate.OneOf(ZONES))
    receives = fields.Boolean(load_default=False)


class ChangeHouse(Form):
    key = key()
    expected_version = Whole(load_default=None)
    name = fields.String(required=True, validate=SHORT)
    trade = fields.String(load_default="", validate=SHORT)
    country = fields.String(required=True, validate=validate.OneOf(tuple(COUNTRIES)))
    zone = fields.String(required=True, validate=validate.OneOf(ZONES))
    language = fields.String(required=True, validate=validate.OneOf(tuple(LANGUAGES)))
    currency = fields.String(required=True, validate=validate.OneOf(CURRENCIES))
    presentation = fields.String(load_default="", validate=validate.Length(max=8000))


class WritePlace(Form):
    key = key()
    expected_version = Whole(load_default=None)
    name = fields.String(required=True, validate=SHORT)
    address = fields.String(load_default="", validate=validate.Length(max=500))
    country = fields.String(required=True, validate=validate.OneOf(tuple(COUNTRIES)))
    zone = fields.String(required=True, validate=validate.OneOf(ZONES))


class ChoosePlan(Form):
    key = key()
    plan = fields.String(required=True, validate=validate.OneOf(tuple(PLANS)))


class CloseHouse(Form):
    key = key()
    reason = fields.String(load_default="", validate=SHORT)
