"""The agenda as the team uses it."""

from flask import Blueprint

desk = Blueprint("desk", __name__)

from web.desk import (  # noqa: E402 — each puts its routes on the blueprint above
    absence_panel,  # noqa: F401
    absences,  # noqa: F401
    acts,  # noqa: F401
    answers,  # noqa: F401
    behalf,  # noqa: F401
    bulk,  # noqa: F401
    columns,  # noqa: F401
    create,  # noqa: F401
    day,  # noqa: F401
    draft,  # noqa: F401
    group,  # noqa: F401
    letters,  # noqa: F401
    listing,  # noqa: F401
    listing_file,  # noqa: F401
    messages,  # noqa: F401
    month,  # noqa: F401
    move,  # noqa: F401
    panel,  # noqa: F401
    rewrite,  # noqa: F401
    search,  # noqa: F401
    series,  # noqa: F401
    series_changes,  # noqa: F401
    sheets,  # noqa: F401
    today,  # noqa: F401
)
