"""Whether single letters are shortcuts in this browser: they may get in the way of whoever dictates (WCAG 2.1.4)."""

from urllib.parse import urlsplit

from flask import redirect, request
from werkzeug.wrappers import Response

from web.desk import desk
from web.entry import PERSON, admits
from web.onward import local_path
from web.security import cookie_name

A_YEAR = 365 * 24 * 3600


@desk.post("/keys")
@admits(PERSON)
def choose_letters() -> Response:
    response = redirect(local_path(urlsplit(request.referrer or "/").path), code=303)
    chosen = "off" if request.form.get("letters") == "off" else "on"
    keeping = {"max_age": A_YEAR, "samesite": "Lax", "httponly": True, "secure": request.is_secure}
    response.set_cookie(cookie_name("letters"), chosen, **keeping)
    return response
