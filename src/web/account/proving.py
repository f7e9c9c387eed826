"""Proving again who sits there, before what is sensitive."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from accounts.people import passkeys, passwords, throttle
from accounts.people.passkeys import PasskeyNotValid
from accounts.people.queries import person_card
from accounts.people.sessions import PROVEN_FOR, confirm
from accounts.people.throttle import TriedTooOften
from web import addresses, challenges, visit
from web.account import account
from web.entry import PERSON, admits
from web.forms import AnswerPasskey, Prove, sent
from web.onward import local_path

View = TypeVar("View", bound=Callable[..., Any])


def is_proven() -> bool:
    return g.visitor.confirmed_at is not None and visit.now() - g.visitor.confirmed_at < PROVEN_FOR


def asks_who(view: View) -> View:
    """Lets in whoever has proven lately, by password or passkey, who they are; asks everybody else first."""

    @functools.wraps(view)
    def ask_first(*args: Any, **facts: Any) -> Any:
        if is_proven():
            return view(*args, **facts)
        way = url_for("account.prove", next=asked_from())
        return visit.hx_redirect(way) if visit.is_htmx() else redirect(way, code=303)

    return ask_first


def asked_from() -> str:
    """The page that somebody asked for, or from which they sent a form: it is sent again after the proof."""
    if request.method == "GET" and not visit.is_htmx():
        return request.full_path.rstrip("?")
    return local_path(urlsplit(request.referrer or url_for("account.home")).path)


@account.get("/prove")
@admits(PERSON)
def prove() -> str:
    return page(request.args.get("next", "/"))


@account.post("/prove")
@admits(PERSON)
def prove_by_password() -> Response | tuple[str, int]:
    facts = sent(Prove)
    gates = throttle.gates(g.visitor.email, addresses.asking(), g.visitor.device_id)
    try:
        throttle.must_not_hurry(visit.store(), gates, visit.now())
    except TriedTooOften as early:
        return page(facts["next"], minutes=early.facts["minutes"]), early.status
    if not passwords.is_right(visit.store(), g.visitor.person_id, facts["password"]):
        return page(facts["next"], is_wrong=True), 422
    throttle.forgive(visit.store(), gates, visit.now())
    return go_on(facts["next"])


@account.post("/prove/passkey")
@admits(PERSON)
def prove_by_passkey() -> Response | tuple[str, int]:
    facts = sent(AnswerPasskey)
    try:
        challenge = challenges.opened("sign-in", facts["seal"])
        proof = passkeys.proven(visit.store(), facts["answer"], challenge, challenges.own_site(), visit.now())
    except PasskeyNotValid:
        return page(facts["next"], is_passkey_wrong=True), 422
    if proof.person_id != g.visitor.person_id:
        return page(facts["next"], is_passkey_wrong=True), 422
    return go_on(facts["next"])


def go_on(onward: str) -> Response:
    session["token"] = confirm(visit.store(), g.visitor.person_id, g.visitor.session_id, visit.now())
    return redirect(local_path(onward), code=303)


def page(onward: str, **told: object) -> str:
    person = person_card(visit.store(), g.visitor.person_id)
    asked = challenges.to_sign_in() if person.has_passkeys else None
    return render_template("account/prove.html", next=onward, person=person, asked=asked, **told)
