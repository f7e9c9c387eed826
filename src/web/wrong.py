"""Every way a request can fail, in one style: a page, a card in the page that asked, a problem for programs."""

from flask import Flask, g, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from kernel.errors import Refusal, Unavailable
from web import refusals, visit
from web.api import problems
from web.api.problems import is_for_programs

KNOWN = (400, 403, 404, 405, 409, 413, 422, 500, 503)


def install(app: Flask) -> None:
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(ValidationError, unreadable)
    app.register_error_handler(CSRFError, stale_page)
    app.register_error_handler(Unavailable, away)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(500, broken)


def refused(refusal: Refusal) -> Response:
    """The one answer to every refusal: what happened, what stays true, what to do."""
    if is_for_programs():
        return problems.refused(refusal)
    if refusal.status == 404:
        return page(404)
    return card(refusals.explained(refusal), refusal.status)


def unreadable(error: ValidationError) -> Response:
    if is_for_programs():
        return problems.not_valid(error.messages_dict)
    names = sorted(error.messages_dict) if request.method != "GET" else []
    if request.method == "GET":
        return page(404)
    return card(refusals.missing(names), 422)


def stale_page(_: CSRFError) -> Response:
    return card(refusals.plain("CSRFError"), 400)


def away(fault: Unavailable) -> Response:
    return problems.away(fault) if is_for_programs() else page(503)


def http(error: HTTPException) -> Response:
    if error.code is not None and error.code < 400:
        return error.get_response()
    if is_for_programs():
        return problems.http(error)
    return page(error.code or 500)


def broken(_: Exception) -> Response:
    return problems.broken() if is_for_programs() else page(500)


def card(explanation: "refusals.Explanation", status: int) -> Response:
    """In a page that is already there, the card goes among its messages; else it is a page of its own."""
    if not visit.is_htmx():
        return make_response(render_template("wrong/refused.html", said=explanation, status=status), status)
    response = make_response(render_template("parts/refusal.html", said=explanation), status)
    response.headers["HX-Retarget"] = "#messages"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def page(status: int) -> Response:
    status = status if status in KNOWN else 404 if 400 <= status < 500 else 500
    if visit.is_htmx():
        return card(refusals.plain(f"http.{status}"), status)
    if not hasattr(g, "member") or status >= 500:
        g.member = None
    title, advice = gettext(f"http.{status}"), gettext(f"http.{status}.advice")
    return make_response(render_template("wrong/page.html", status=status, title=title, advice=advice), status)
