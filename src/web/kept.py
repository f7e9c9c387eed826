"""What a browser keeps for its reader between visits, under names of ours: tastes, and that it was here before."""

from flask import request
from werkzeug.wrappers import Response

from web.security import cookie_name

A_YEAR = 365 * 24 * 3600


def keep(response: Response, name: str, value: str) -> None:
    """For a year; read by us alone, and by no script."""
    facts = {"max_age": A_YEAR, "samesite": "Lax", "httponly": True, "secure": request.is_secure}
    response.set_cookie(cookie_name(name), value, **facts)


def kept(name: str) -> str:
    """What it sent along; empty when it keeps nothing by this name."""
    return request.cookies.get(cookie_name(name), "")
