"""Signing in by address and password, signing out, and the colours a browser prefers."""

from urllib.parse import urlsplit

from flask import g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from accounts.people import passwords, sessions, throttle
from accounts.people.queries import person_card, person_of
from accounts.people.throttle import TriedTooOften
from accounts.people.words import spelling_of
from web import addresses, challenges, visit
from web.door import door
from web.door.opening import known_device, open_session
from web.entry import ANYONE, PERSON, admits
from web.forms import SignIn, sent
from web.kept import keep
from web.onward import local_path


@door.get("/sign-in")
@admits(ANYONE)
def sign_in() -> Response | str:
    if g.visitor:
        return redirect(url_for("desk.home"))
    return page(request.args.get("next", ""))


@door.post("/sign-in")
@admits(ANYONE)
def enter() -> Response | tuple[str, int]:
    """The same answer, after the same work, for an unknown address and a wrong password."""
    facts = sent(SignIn)
    person_id = person_of(visit.store(), facts["email"])
    gates = throttle.gates(spelling_of(facts["email"]), addresses.asking(), known_device(person_id))
    try:
        throttle.must_not_hurry(visit.store(), gates, visit.now())
    except TriedTooOften as early:
        return page(facts["next"], facts["email"], minutes=early.facts["minutes"]), early.status
    is_right = passwords.is_right(visit.store(), person_id, facts["password"])
    if person_id is None or not is_right:
        return page(facts["next"], facts["email"], is_wrong=True), 422
    throttle.forgive(visit.store(), gates, visit.now())
    needs_code = person_card(visit.store(), person_id).has_second_factor
    return open_session(person_id, "password", facts["next"], is_proven=True, needs_code=needs_code)


def page(onward: str, email: str = "", **told: object) -> str:
    asked = challenges.to_sign_in()
    return render_template("door/sign_in.html", next=onward, email=email, asked=asked, **told)


@door.post("/sign-out")
@admits(PERSON)
def leave() -> Response:
    sessions.end_session(visit.store(), g.visitor.session_id, why="signed out", by=visit.own_act())
    session.clear()
    return redirect(url_for("door.sign_in"), code=303)


@door.post("/theme")
@admits(PERSON)
def choose_theme() -> Response:
    """Light, dark, or as the system says."""
    response = redirect(local_path(urlsplit(request.referrer or "/").path), code=303)
    chosen = request.form.get("theme", "")
    keep(response, "theme", chosen[:5])
    return response
