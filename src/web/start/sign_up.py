"""Signing up: an address proven by a letter, then an organisation with what its trade usually offers."""

from uuid import uuid4, uuid5

from flask import g, redirect, render_template, request, session, url_for
from flask_babel import get_locale
from msgspec.structs import replace
from werkzeug.wrappers import Response

from accounts.people import passwords, sessions, throttle
from accounts.people.registering import register_for_letter
from accounts.people.words import spelling_of
from starting.commands import open_house
from starting.trades import TRADES
from web import addresses, told, visit
from web.entry import ANYONE, PERSON, admits
from web.forms import sent
from web.forms_start import ZONES, OpenHouse, SignUp
from web.start import start
from web.trade_words import COUNTRIES, TRADE_WORDS

OPENING = "/sign-up/organisation"


@start.get("/sign-up")
@admits(ANYONE)
def sign_up() -> Response | str:
    if g.visitor:
        return redirect(OPENING)
    return render_template("start/sign_up.html", onward=OPENING)


@start.post("/sign-up")
@admits(ANYONE)
def register() -> str:
    facts = sent(SignUp)
    return letter_to(facts["name"], facts["email"], OPENING)


def letter_to(name: str, email: str, onward: str) -> str:
    """The same answer after the same work for an address that is known: its letter signs them in as they are."""
    email = spelling_of(email)
    throttle.must_not_hurry(visit.store(), throttle.letter_gates(email, addresses.asking()), visit.now())
    passwords.verify(passwords.NOBODY, email)
    facts = {"name": name, "email": email, "language": get_locale().language}
    register_for_letter(visit.store(), uuid4(), **facts, now=visit.now())
    session["onward"] = onward
    return render_template("door/sent.html", purpose="sign-up")


@start.get(OPENING)
@admits(PERSON)
def begin() -> str:
    return render_template(
        "start/organisation.html",
        trades=[(name, TRADE_WORDS[name]) for name in TRADES],
        countries=COUNTRIES,
        zones=ZONES,
        country=guessed_country(),
    )


def guessed_country() -> str:
    """What the browser's languages say, such as fr-BE; France when they say nothing that we know."""
    said = (tag.replace("_", "-").partition("-")[2].upper() for tag, _ in request.accept_languages)
    return next((country for country in said if country in COUNTRIES), "FR")


@start.post(OPENING)
@admits(PERSON)
def open_organisation() -> Response:
    """The same form sent twice opens one organisation: its key is the organisation's identifier."""
    facts = sent(OpenHouse)
    id, person_id = uuid5(g.visitor.person_id, f"organisation/{facts['key']}"), g.visitor.person_id
    by = replace(visit.own_act(), organisation_id=id, key="open")
    position = open_house(
        visit.store(),
        name=facts["name"],
        trade=facts["trade"],
        country=facts["country"],
        zone=facts["zone"],
        language=g.visitor.language,
        person_id=person_id,
        person_name=g.visitor.name,
        person_email=g.visitor.email,
        receives=facts["receives"],
        by=by,
    )
    session["token"] = sessions.enter(visit.store(), person_id, g.visitor.session_id, id, uuid5(id, "owner"))
    told.await_view(position)
    return redirect(url_for("settings.first_steps"), code=303)
