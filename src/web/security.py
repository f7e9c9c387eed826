"""The headers that tell a browser what our pages may do."""

import secrets

from flask import Flask, abort, g, request
from flask.sessions import SecureCookieSessionInterface
from werkzeug.wrappers import Response

# Positions on the grid are custom properties in style attributes, computed for each appointment: attributes alone
# are allowed inline. Scripts and style sheets come from us, and inline scripts do not run without the nonce.
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Sessions(SecureCookieSessionInterface):
    """The session's cookie is for HTTPS alone as soon as the visit is; a practice on its own network may have none."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def install(app: Flask) -> None:
    app.session_interface = Sessions()
    app.before_request(draw_nonce)
    app.before_request(refuse_nul)
    app.after_request(add_headers)
    app.jinja_env.globals["nonce"] = lambda: g.nonce


def draw_nonce() -> None:
    g.nonce = secrets.token_urlsafe(16)


def refuse_nul() -> None:
    """No text of ours holds a NUL, and PostgreSQL would take none."""
    if any("\x00" in value for _, value in request.args.items(multi=True)):
        abort(400)


def add_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=g.get("nonce", "")))
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
