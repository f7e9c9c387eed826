"""Who may enter which page; a page that does not say is never served."""

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from accounts.rights import RIGHTS, undeclared_commands
from kernel.errors import Refusal
from web import addresses
from web.visit import hx_redirect, is_htmx

View = TypeVar("View", bound=Callable[..., Any])


class Audience(str):
    """Who enters beside those whom a right lets in."""

    __slots__ = ()


class Scope(str):
    """What a program's token must allow; people's sessions do not open such a route, nor tokens any other."""

    __slots__ = ()


ANYONE = Audience("anyone")
# Whoever has signed in, in whatever house or none.
PERSON = Audience("person")


class AddressNotAllowed(Refusal):
    """The house lets people and programs in from certain addresses only, and this is none of them."""

    status = 403


class OrganisationStandsStill(Refusal):
    """The house is closed, suspended, or past its trial: it can be looked at and taken out, and not changed."""

    status = 403


class UndeclaredRoute(Exception):
    """A route does not say who may enter, so the program does not start."""


def admits(*rights: str) -> Callable[[View], View]:
    """Says on a view whom it lets in: those who hold any of these rights in their house, or an audience.

    It goes below the route's own decorator.
    """
    if unknown := [right for right in rights if not isinstance(right, Audience) and right not in RIGHTS]:
        raise UndeclaredRoute(f"no such right: {', '.join(unknown)}")
    return declaring(rights)


def needs(*scopes: str) -> Callable[[View], View]:
    """Says on a view of the programming face which scopes let in, any of them. It goes below the route's own decorator.
    """
    return declaring(tuple(map(Scope, scopes)))


def hands_out(*powers: str) -> Callable[[View], View]:
    """Says on a view that its answer hands over what lets whoever has it in, or takes data out: link, token, secret,
    codes, second factor or file. A test finds every other answer that does. It goes below the route's own decorator.
    """

    def declare(view: View) -> View:
        view.hands_out = powers
        return view

    return declare


def declaring(admitted: tuple[str, ...]) -> Callable[[View], View]:
    def declare(view: View) -> View:
        view.admits = admitted
        return view

    return declare


def install(app: Flask) -> None:
    app.view_functions["static"].admits = (ANYONE,)
    if missing := undeclared(app):
        raise UndeclaredRoute(", ".join(missing))
    if unknown := undeclared_commands():
        raise UndeclaredRoute(", ".join(unknown))
    app.before_request(guard)


def undeclared(app: Flask) -> list[str]:
    return sorted(name for name, view in app.view_functions.items() if not getattr(view, "admits", ()))


def needs_no_house(path: str) -> bool:
    """Whether a page is for whoever has signed in, before they enter any house: a link to join one, or an account."""
    try:
        endpoint, _ = current_app.url_map.bind("").match(urlsplit(path).path)
    except HTTPException:
        return False
    admitted = current_app.view_functions[endpoint].admits
    return PERSON in admitted or ANYONE in admitted


def guard() -> Response | None:
    if request.endpoint is None:
        return None
    admitted = getattr(current_app.view_functions[request.endpoint], "admits", ())
    if ANYONE in admitted:
        return None
    if any(isinstance(each, Scope) for each in admitted):
        return guard_program(*admitted)
    if g.visitor is None:
        return to_the_door()
    return None if PERSON in admitted else guard_member(admitted)


def guard_program(*scopes: str) -> None:
    must_not_be_kept_out()
    if g.member is None:
        abort(401)
    if g.member.scopes.isdisjoint(scopes):
        abort(403)


def guard_member(rights: tuple[str, ...]) -> Response | None:
    must_not_be_kept_out()
    if g.member is None:
        return redirect(url_for("door.houses"))
    if not any(g.member.rights.may(right) for right in rights):
        refuse()
    return None


def refuse() -> NoReturn:
    """Says so where it is the house that stands still, and not the right that is missing."""
    if g.member.standing != "open":
        raise OrganisationStandsStill(standing=g.member.standing)
    abort(403)


def must_not_be_kept_out() -> None:
    if g.get("kept_out"):
        raise AddressNotAllowed(address=addresses.asking())


def to_the_door() -> Response:
    """A fragment asked for after the session ended takes the whole page to the door, not a corner of it."""
    if is_htmx():
        return hx_redirect(url_for("door.sign_in"))
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("door.sign_in", next=wanted))
