"""What owners and managers set for the whole house."""

from flask import Blueprint

settings = Blueprint("settings", __name__, url_prefix="/settings")

from web.settings import (  # noqa: E402 — the routes stand on the blueprint above
    absences,  # noqa: F401
    access,  # noqa: F401
    closures,  # noqa: F401
    home,  # noqa: F401
    hours,  # noqa: F401
    house,  # noqa: F401
    invitations,  # noqa: F401
    look,  # noqa: F401
    options,  # noqa: F401
    places,  # noqa: F401
    questions,  # noqa: F401
    resources,  # noqa: F401
    services,  # noqa: F401
    team,  # noqa: F401
    terms,  # noqa: F401
    tokens,  # noqa: F401
    webhooks,  # noqa: F401
)
