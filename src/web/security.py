"""The headers that tell a browser what our pages may do, the names of their cookies, and who may send them forms."""

import secrets
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, request, session
from flask.sessions import SecureCookieSessionInterface
from werkzeug.wrappers import Response

View = TypeVar("View", bound=Callable[..., Any])

# Scripts and style sheets come from us, and inline scripts do not run without the nonce.
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; style-src-attr {attributes}; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "manifest-src 'self'; worker-src 'self'; "
    "frame-ancestors {framed_by}"
)
# Positions on the grid are custom properties in style attributes, computed for each appointment: on the pages of the
# desk, and nowhere else, attributes alone are allowed inline.
DRAWN = frozenset({"desk"})
TWO_YEARS = 2 * 365 * 24 * 3600
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Sessions(SecureCookieSessionInterface):
    """The session's cookie is for HTTPS alone as soon as the visit is; a practice on its own network may have none."""

    def get_cookie_name(self, app: Flask) -> str:
        return cookie_name(app.config["SESSION_COOKIE_NAME"])

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def cookie_name(name: str) -> str:
    """Over HTTPS a name that browsers take from this very host alone, never from a neighbour or over HTTP."""
    return f"__Host-{name}" if request.is_secure else name


def secret_address(view: View) -> View:
    """Says on a view that its address holds a secret, which no other page may learn."""
    view.has_secret_address = True
    return view


def may_be_framed(origins: Callable[[], Iterable[str]]) -> Callable[[View], View]:
    """Says on a view which origins, asked at each answer, may show it inside a page of theirs."""

    def declare(view: View) -> View:
        view.may_be_framed = origins
        return view

    return declare


def install(app: Flask) -> None:
    app.session_interface = Sessions()
    app.before_request(draw_nonce)
    app.before_request(refuse_nul)
    app.before_request(refuse_other_sites)
    app.after_request(add_headers)
    app.jinja_env.globals["nonce"] = lambda: g.nonce


def draw_nonce() -> None:
    g.nonce = secrets.token_urlsafe(16)


def refuse_nul() -> None:
    """No text of ours holds a NUL, and PostgreSQL would take none."""
    if any("\x00" in value for _, value in request.args.items(multi=True)):
        abort(400)


def refuse_other_sites() -> None:
    """A form of another site is refused before its token is looked at. Programs and old browsers send none of these;
    a page that sends no referrer says that its origin is null, and is known by its token."""
    if request.method in SAFE:
        return
    is_ours = request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
    origin = request.headers.get("Origin", "null")
    if not is_ours or origin not in ("null", request.host_url.rstrip("/"), current_app.config["PUBLIC_URL"]):
        abort(403)


def add_headers(response: Response) -> Response:
    view = current_app.view_functions.get(request.endpoint or "")
    framed_by = tuple(getattr(view, "may_be_framed", tuple)())
    headers = HEADERS | {"Content-Security-Policy": policy(framed_by)}
    if getattr(view, "has_secret_address", False):
        headers["Referrer-Policy"] = "no-referrer"
    if framed_by:
        headers.pop("X-Frame-Options")
    for name, value in (headers | of_the_visit()).items():
        response.headers.setdefault(name, value)
    return response


def policy(framed_by: tuple[str, ...]) -> str:
    attributes = "'unsafe-inline'" if request.blueprint in DRAWN else "'none'"
    return POLICY.format(nonce=g.get("nonce", ""), attributes=attributes, framed_by=" ".join(framed_by) or "'none'")


def of_the_visit() -> dict[str, str]:
    """What depends on how the visitor came, on what they asked for, and on whether they leave."""
    headers = {}
    if request.is_secure:
        headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS}"
    if request.endpoint != "static":
        headers["Cache-Control"] = "no-store"
    if session.modified and not session and request.cookies.get(cookie_name(current_app.config["SESSION_COOKIE_NAME"])):
        headers["Clear-Site-Data"] = '"cache", "storage"'
    return headers
