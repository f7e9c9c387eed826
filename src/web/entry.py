"""Who may enter which page; a page that does not say is never served."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from web.visit import hx_redirect, is_htmx

View = TypeVar("View", bound=Callable[..., Any])

ANYONE = frozenset({"anyone"})
MANAGERS = frozenset({"owner", "manager"})
WRITERS = frozenset({"owner", "manager", "practitioner", "secretary"})
READERS = WRITERS | {"viewer"}


class Scope(str):
    """What a program's token must allow; people's sessions do not open such a route, nor tokens any other."""

    __slots__ = ()


class UndeclaredRoute(Exception):
    """A route does not say who may enter, so the program does not start."""


def admits(roles: frozenset[str]) -> Callable[[View], View]:
    """Says on a view who may enter. It goes below the route's own decorator."""

    def declare(view: View) -> View:
        view.admits = roles
        return view

    return declare


def needs(scope: str) -> Callable[[View], View]:
    """Says on a view of the programming face which scope lets in. It goes below the route's own decorator."""

    def declare(view: View) -> View:
        view.admits = Scope(scope)
        return view

    return declare


def install(app: Flask) -> None:
    app.view_functions["static"].admits = ANYONE
    if missing := undeclared(app):
        raise UndeclaredRoute(", ".join(missing))
    app.before_request(guard)


def undeclared(app: Flask) -> list[str]:
    return sorted(name for name, view in app.view_functions.items() if not hasattr(view, "admits"))


def guard() -> Response | None:
    if request.endpoint is None:
        return None
    roles = getattr(current_app.view_functions[request.endpoint], "admits", frozenset())
    if roles is ANYONE:
        return None
    if isinstance(roles, Scope):
        return guard_program(roles)
    if g.member is None:
        return to_the_door()
    if g.member.role not in roles:
        abort(403)
    return None


def guard_program(scope: Scope) -> None:
    if g.member is None:
        abort(401)
    if scope not in g.member.scopes:
        abort(403)


def to_the_door() -> Response:
    """A fragment asked for after the session ended takes the whole page to the door, not a corner of it."""
    if is_htmx():
        return hx_redirect(url_for("door.sign_in"))
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("door.sign_in", next=wanted))
