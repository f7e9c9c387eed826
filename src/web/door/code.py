"""The second step: six digits, or a recovery code."""

from flask import current_app, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from accounts.people import second_factor, sessions, throttle
from accounts.people.acts import as_self
from accounts.people.queries import Membership, Visitor, memberships, waiting
from accounts.people.second_factor import CodeWrong
from accounts.people.throttle import TriedTooOften
from accounts.token_secrets import fresh_secret
from web import visit
from web.door import door
from web.door.opening import browser_for, go_in, start
from web.entry import ANYONE, admits
from web.forms import GiveCode, sent


@door.get("/sign-in/code")
@admits(ANYONE)
def second_step() -> Response | str:
    return render_template("door/code.html") if who_waits() else redirect(url_for("door.sign_in"))


@door.post("/sign-in/code")
@admits(ANYONE)
def give_code() -> Response | tuple[str, int]:
    facts, who = sent(GiveCode), who_waits()
    if who is None:
        return redirect(url_for("door.sign_in"), code=303)
    gates = [throttle.code_gate(who.person_id)]
    by = as_self(who.person_id, visit.now())
    try:
        throttle.must_not_hurry(visit.store(), gates, visit.now())
        second_factor.give_code(visit.store(), facts["code"], key=current_app.config["SECRET_KEY"], by=by)
    except TriedTooOften as early:
        return render_template("door/code.html", minutes=early.facts["minutes"]), early.status
    except CodeWrong as wrong:
        return render_template("door/code.html", is_wrong=True), wrong.status
    throttle.forgive(visit.store(), gates, visit.now())
    return open_waiting(who)


def who_waits() -> Visitor | None:
    return waiting(visit.store(), session.get("token", ""), visit.now())


def open_waiting(who: Visitor) -> Response:
    secret, browser = fresh_secret(who.person_id, who.session_id), browser_for(who.person_id)
    by = as_self(who.person_id, visit.now())
    sessions.pass_second_step(visit.store(), who.session_id, secret=secret, browser=browser, by=by)
    start(secret, session.get("onward", "/"))
    return go_in(house_of(who), browser.device)


def house_of(who: Visitor) -> Membership | None:
    """The one that was entered with the password, if the person still belongs to it."""
    known = memberships(visit.store(), who.person_id)
    return next((one for one in known if one.organisation_id == who.organisation_id), None)
