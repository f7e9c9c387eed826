"""What is told after an action: one message with its way back, in place or on the next page."""

import json
from typing import Any

from flask import current_app, flash, g, make_response, redirect, render_template, url_for
from flask_babel import gettext
from msgspec import Struct, to_builtins
from msgspec.structs import replace
from werkzeug.wrappers import Response

from projections.desk import AppointmentCard
from web import visit
from web.sight import may

# Told to the page's own script, which then asks for the columns as they are now.
CHANGED = "agenda-changed"


class Toast(Struct, frozen=True, kw_only=True):
    """A sentence, and perhaps a form that takes the action back, one that holds back the message to the client, and a
    link to what it made."""

    words: str
    undo_url: str = ""
    undo_fields: dict[str, Any] = {}
    open_url: str = ""
    withhold_url: str = ""


def way_back(now: AppointmentCard, before: AppointmentCard) -> dict[str, Any]:
    """The form that takes back what was done last, if anything was, for whoever may."""
    if now.version == before.version or not may("agenda.write", now):
        return {}
    undo_url = url_for("desk.undo", id=now.id, version=now.version)
    return {"undo_url": undo_url, "undo_fields": {"is_whole": "1"}}


def await_view(position: int) -> None:
    """Waits until what is shown next includes this position; the message says so when it does not yet."""
    g.is_late = not current_app.store.wait_for(position, timeout=1.0)


def answer(toast: Toast, *, to: str, fragment: str = "", **facts: Any) -> Response:
    """The page after an action: a fragment with the message beside it, or a redirect to `to`."""
    if g.get("is_late"):
        late = gettext("It will show in a moment.")
        toast = replace(toast, words=f"{toast.words} {late}")
    if not visit.is_htmx():
        return leave_for(to, toast)
    body = render_template(fragment, **facts) if fragment else ""
    response = make_response(body + render_template("parts/told.html", toast=toast))
    response.headers["HX-Trigger"] = CHANGED
    return response


def leave_for(url: str, toast: Toast) -> Response:
    """Another page, which tells the message."""
    flash(json.dumps(to_builtins(toast)), "toast")
    return visit.hx_redirect(url) if visit.is_htmx() else redirect(url, code=303)
