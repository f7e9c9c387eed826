"""A person's own account, whichever organisations they belong to."""

from flask import Blueprint

account = Blueprint("account", __name__, url_prefix="/account")

from web.account import home, proving, second, security, sessions  # noqa: E402, F401 — the routes stand on the blueprint above
