"""The agenda as the team uses it."""

from flask import Blueprint

desk = Blueprint("desk", __name__)

from web.desk import acts, behalf, bulk, create, day, listing, month, move, panel, series, series_changes  # noqa: E402, F401 — each puts its routes on the blueprint
