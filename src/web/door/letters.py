"""Coming in by a letter: asking for one, and opening the link in it, which only a button uses up."""

from uuid import UUID

from flask import abort, current_app, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from accounts import sealing
from accounts.people import commands, links, passwords, throttle
from accounts.people.acts import as_self
from accounts.people.links import Link
from accounts.people.queries import person_card, person_of
from accounts.people.words import spelling_of
from web import addresses, visit
from web.door import door
from web.door.opening import open_session
from web.entry import ANYONE, admits
from web.forms import AskLetter, sent
from web.security import secret_address


@door.get("/sign-in/link")
@admits(ANYONE)
def ask_link() -> str:
    return render_template("door/ask.html", purpose="sign-in", email=request.args.get("email", ""))


@door.post("/sign-in/link")
@admits(ANYONE)
def send_link() -> str:
    return letter_sent("sign-in")


@door.get("/forgotten")
@admits(ANYONE)
def forgotten() -> str:
    return render_template("door/ask.html", purpose="reset", email=request.args.get("email", ""))


@door.post("/forgotten")
@admits(ANYONE)
def send_reset() -> str:
    return letter_sent("reset")


def letter_sent(purpose: str) -> str:
    """The same answer after the same work, whether anybody has this address or not: the letter tells the truth."""
    email = spelling_of(sent(AskLetter)["email"])
    throttle.must_not_hurry(visit.store(), throttle.letter_gates(email, addresses.asking()), visit.now())
    passwords.verify(passwords.NOBODY, email)
    links.ask_for(visit.store(), person_of(visit.store(), email), purpose, visit.now())
    return render_template("door/sent.html", purpose=purpose)


@door.get("/sign-in/link/<words>")
@admits(ANYONE)
@secret_address
def open_link(words: str) -> str | tuple[str, int]:
    """Looking uses nothing up: programs that check letters open their links."""
    return shown("sign-in", words)


@door.post("/sign-in/link/<words>")
@admits(ANYONE)
@secret_address
def enter_by_link(words: str) -> Response:
    """Proves the box, not the person: what is sensitive asks for more, when there is more."""
    person_id, id = named("sign-in", words)
    commands.use_sign_in_link(visit.store(), id, by=as_self(person_id, visit.now()))
    person = person_card(visit.store(), person_id)
    has_no_other = not person.has_password and not person.has_passkeys
    facts = {"is_proven": has_no_other, "needs_code": person.has_second_factor}
    return open_session(person_id, "link", request.form.get("next", "/"), **facts)


@door.get("/confirm-email/<words>")
@admits(ANYONE)
@secret_address
def open_confirmation(words: str) -> str | tuple[str, int]:
    return shown("confirm-email", words)


@door.post("/confirm-email/<words>")
@admits(ANYONE)
@secret_address
def confirm_email(words: str) -> Response | str:
    person_id, id = named("confirm-email", words)
    is_own = g.visitor is not None and g.visitor.person_id == person_id
    facts = {"session_id": g.visitor.session_id if is_own else None, "by": as_self(person_id, visit.now())}
    commands.confirm_email(visit.store(), id, **facts)
    if is_own:
        return redirect(url_for("account.home"), code=303)
    return render_template("door/confirmed.html")


def shown(purpose: str, words: str) -> str | tuple[str, int]:
    """The page with the button, or the one that says that the link is over."""
    found = looked_up(purpose, words)
    if found is None:
        return render_template("door/over.html", purpose=purpose), 410
    onward = session.get("onward", "/")
    return render_template("door/link.html", purpose=purpose, words=words, email=found.email, next=onward)


def looked_up(purpose: str, words: str) -> Link | None:
    return links.look(visit.store(), *named(purpose, words), purpose, visit.now())


def named(purpose: str, words: str) -> tuple[UUID, UUID]:
    """Whose link it is, and which; what we did not seal for this purpose is no page of ours."""
    found = sealing.unseal(current_app.config["SECRET_KEY"], purpose, words)
    return found if found else abort(404)
