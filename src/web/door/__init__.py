"""The door: the ways in, the way out, and which organisation to enter."""

from flask import Blueprint

door = Blueprint("door", __name__)

from web.door import code, houses, letters, passkey, password, reset  # noqa: E402, F401 — the routes stand on the blueprint above
