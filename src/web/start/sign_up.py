"""Signing up: an address proven by a letter, then an organisation with what its trade usually offers."""

from uuid import UUID, uuid4, uuid5

from flask import g, redirect, render_template, request, session, url_for
from flask_babel import get_locale
from werkzeug.wrappers import Response

from accounts.people import links, passwords, sessions, throttle
from accounts.people.commands import register_for_letter
from accounts.people.queries import person_of
from accounts.people.words import EmailTaken, spelling_of
from accounts.rights import PERSON as MAY
from kernel.actors import Act
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
    links.ask_for(visit.store(), known_or_new(name, email), "sign-in", visit.now())
    session["onward"] = onward
    return render_template("door/sent.html", purpose="sign-up")


def known_or_new(name: str, email: str) -> UUID:
    known, by = person_of(visit.store(), email), self_act(uuid4())
    facts = {"name": name, "email": email, "language": get_locale().language}
    try:
        register_for_letter(visit.store(), **facts, is_known=known is not None, by=by)
    except EmailTaken:
        # Somebody was faster by the blink of an eye, most likely the same person.
        return person_of(visit.store(), email)
    return known or by.organisation_id


def self_act(id: UUID) -> Act:
    return Act(organisation_id=id, actor=f"person/{id}", may=MAY, origin="door", at=visit.now())


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
    by = Act(organisation_id=id, actor=f"person/{person_id}", may=MAY, origin="door", at=visit.now(), key="open")
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
