"""The latest actions in the house, one sentence a line."""

from itertools import groupby

from flask import Blueprint, render_template, url_for

from projections import history as log
from web import visit
from web.entry import admits
from web.numbers import asked_position
from web.sentences import Said, told_lines

history = Blueprint("history", __name__)

PAGE = 50
# What happens to the fields that files have, and to many files at once.
NOT_FILES = ("ClientField", "ClientsExported")


@history.get("/history")
@admits("history.see")
def latest() -> str:
    lines = log.page(visit.store(), visit.house(), before=asked_position("before"), limit=PAGE)
    days = [(on, list(actions)) for on, actions in groupby(told_lines(lines), key=lambda one: one.on)]
    before = lines[-1].position if len(lines) == PAGE else None
    return render_template("history/page.html", days=days, before=before, url_of=url_of)


def url_of(action: Said) -> str:
    """Where what the action touched can be seen."""
    if action.name.startswith("Series"):
        return url_for("desk.series", id=action.stream_id)
    if action.name.startswith(("Appointment", "Approval", "Confirmation")) or action.name == "ClientArrived":
        return url_for("desk.panel", id=action.stream_id)
    if action.name.startswith("Absence"):
        return url_for("desk.absence", id=action.stream_id)
    is_file = action.name.startswith("Client") and not action.name.startswith(NOT_FILES)
    return url_for("files.file", id=action.stream_id) if is_file else ""


