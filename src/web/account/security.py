"""How the person proves who they are: password and passkeys."""

from uuid import UUID, uuid4

from flask import current_app, g, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from accounts.people import passkeys, passwords
from accounts.people.queries import memberships, person_card
from accounts.people.queries import passkeys as passkeys_of
from kernel.errors import Refusal
from web import challenges, refusals, told, visit
from web.account import account
from web.account.proving import asks_who
from web.account.second import give_code
from web.entry import PERSON, admits
from web.forms import AnswerPasskey, NewPassword, sent
from web.forms_second import GiveSecond
from web.told import Toast


@account.get("/security")
@admits(PERSON)
@asks_who
def security() -> str:
    return page()


def page(said: str = "") -> str:
    person = person_card(visit.store(), g.visitor.person_id)
    known = passkeys_of(visit.store(), person.id)
    asked = challenges.to_add(person, [bytes(key.credential_id) for key in known])
    proving = challenges.to_sign_in() if person.has_second_factor and known else None
    facts = {"person": person, "passkeys": known, "asked": asked, "proving": proving}
    return render_template("account/security.html", **facts, said=said)


@account.post("/password")
@admits(PERSON)
@asks_who
def set_password() -> Response | tuple[str, int]:
    """Here one stays signed in, everywhere else one is out."""
    store, who = visit.store(), g.visitor
    about = [who.name, who.email, *(house.organisation_name for house in memberships(store, who.person_id))]
    facts = {"about": about, "leaked": current_app.config["BREACHED_PASSWORDS"], "session_id": who.session_id}
    try:
        passwords.set_password(store, sent(NewPassword)["password"], **facts, by=visit.own_act())
    except Refusal as refused:
        return page(refusals.sentence(refused)), refused.status
    words = gettext("The password was changed. Other browsers are signed out.")
    return told.leave_for(url_for("account.security"), Toast(words=words))


@account.post("/passkeys")
@admits(PERSON)
@asks_who
def add_passkey() -> Response:
    if g.visitor.has_second_factor:
        give_code(sent(GiveSecond)["code"])
    facts = sent(AnswerPasskey)
    given = {
        "answer": facts["answer"],
        "challenge": challenges.opened("add", facts["seal"]),
        "site": challenges.own_site(),
        "name": facts["name"] or gettext("Passkey"),
    }
    passkeys.add_passkey(visit.store(), uuid4(), **given, by=visit.own_act())
    return told.leave_for(url_for("account.security"), Toast(words=gettext("Passkey added.")))


@account.post("/passkeys/<uuid:id>/remove")
@admits(PERSON)
@asks_who
def remove_passkey(id: UUID) -> Response:
    passkeys.remove_passkey(visit.store(), id, by=visit.own_act())
    words = gettext("Passkey removed. It opens nothing any more.")
    return told.leave_for(url_for("account.security"), Toast(words=words))
