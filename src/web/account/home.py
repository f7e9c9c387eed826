"""Who the person is: name, language, address."""

from uuid import UUID, uuid4

from flask import g, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from accounts.people import commands, links, throttle
from accounts.people.events import SessionOpened
from accounts.people.queries import memberships, person_card, where_from
from accounts.people.words import address_of
from projections import history
from projections.history import HistoryLine
from web import addresses, told, visit
from web.account import account
from web.account.proving import asks_who
from web.entry import PERSON, admits
from web.forms import AskLetter, ChangePerson, sent
from web.numbers import asked_position
from web.told import Toast
from web.words import action, kind

LANGUAGES = {"fr": "Français", "en": "English"}
LINES = 30


@account.get("")
@admits(PERSON)
def home() -> str:
    person = person_card(visit.store(), g.visitor.person_id)
    houses = memberships(visit.store(), person.id)
    return render_template("account/home.html", person=person, languages=LANGUAGES, houses=houses)


@account.post("")
@admits(PERSON)
def change() -> Response:
    told.await_view(commands.change_person(visit.store(), **sent(ChangePerson), by=visit.own_act()))
    return told.leave_for(url_for("account.home"), Toast(words=gettext("Your account was changed.")))


@account.get("/email")
@admits(PERSON)
@asks_who
def email() -> str:
    return render_template("account/email.html", person=person_card(visit.store(), g.visitor.person_id))


@account.post("/email")
@admits(PERSON)
@asks_who
def change_email() -> Response:
    """Nothing changes until the letter to the new address is opened; whether it is somebody else's is not said."""
    address = address_of(sent(AskLetter)["email"])
    throttle.must_not_hurry(visit.store(), throttle.letter_gates(address, addresses.asking()), visit.now())
    links.ask_to_confirm(visit.store(), uuid4(), address, by=visit.own_act())
    words = gettext("A letter is on its way to %(email)s. Open its link to confirm the address.", email=address)
    return told.leave_for(url_for("account.home"), Toast(words=words))


@account.get("/history")
@admits(PERSON)
def past() -> str:
    """What happened to the account, the latest first."""
    before = asked_position("before")
    lines = history.page(visit.store(), g.visitor.person_id, before=before, limit=LINES)
    opened = {line.position: UUID(id) for line in lines if (id := opens(line))}
    places = where_from(visit.store(), g.visitor.person_id, opened.values())
    said = [(line, action(line.name), places.get(opened.get(line.position), ""), *kind(line.name)) for line in lines]
    more = lines[-1].position if len(lines) == LINES else None
    return render_template("account/history.html", lines=said, more=more)


def opens(line: HistoryLine) -> str:
    """The session that the line says was opened."""
    is_opening = line.name == SessionOpened.__name__
    return next((change.new for change in line.changes if is_opening and change.field == "session_id"), "")
