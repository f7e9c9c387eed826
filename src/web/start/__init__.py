"""Beginning: signing up, opening an organisation, joining a team."""

from flask import Blueprint

start = Blueprint("start", __name__)

from web.start import join, sign_up  # noqa: E402, F401 — the routes stand on the blueprint above
