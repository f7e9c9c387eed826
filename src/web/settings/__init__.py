"""What owners and managers set for the whole house."""

from flask import Blueprint

settings = Blueprint("settings", __name__, url_prefix="/settings")

from web.settings import access, home, hours, house, invitations, places, team, tokens, webhooks  # noqa: E402, F401 — the routes stand on the blueprint above
