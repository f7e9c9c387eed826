"""Whether single letters are shortcuts in this browser: they may get in the way of whoever dictates (WCAG 2.1.4)."""

from urllib.parse import urlsplit

from flask import redirect, request
from werkzeug.wrappers import Response

from web.desk import desk
from web.entry import PERSON, admits
from web.kept import keep
from web.onward import local_path


@desk.post("/keys")
@admits(PERSON)
def choose_letters() -> Response:
    response = redirect(local_path(urlsplit(request.referrer or "/").path), code=303)
    chosen = "off" if request.form.get("letters") == "off" else "on"
    keep(response, "letters", chosen)
    return response
