"""Following an invitation: a page that says into which team, and a button that joins it."""

from uuid import UUID, uuid5

from flask import abort, current_app, g, render_template, session, url_for
from flask_babel import gettext
from msgspec.structs import replace
from werkzeug.wrappers import Response

from accounts.people import sessions
from accounts.people.queries import memberships
from accounts.sealing import unseal
from accounts.team import queries as team
from accounts.team.queries import InvitationCard
from starting.commands import join_team
from web import told, visit
from web.entry import ANYONE, PERSON, admits
from web.forms import sent
from web.forms_start import SignUp
from web.rights_words import ROLE_HINTS
from web.security import secret_address
from web.settings.invitations import JOIN
from web.start import start
from web.start.sign_up import letter_to
from web.told import Toast


@start.get("/join/<words>")
@admits(ANYONE)
@secret_address
def look(words: str) -> str | tuple[str, int]:
    """Looking uses nothing up."""
    organisation_id, card = invited(words)
    if g.visitor is None:
        session["onward"] = url_for("start.look", words=words)
    facts = {"one": card, "words": words, "hints": ROLE_HINTS, "belongs_to": belongs_to(organisation_id)}
    return render_template("start/join.html", **facts), 410 if card.over else 200


@start.post("/join/<words>/letter")
@admits(ANYONE)
@secret_address
def ask_letter(words: str) -> str:
    """For whoever has no account yet: a letter proves the address, and its link leads back here."""
    invited(words)
    facts = sent(SignUp)
    return letter_to(facts["name"], facts["email"], url_for("start.look", words=words))


@start.post("/join/<words>")
@admits(PERSON)
@secret_address
def join(words: str) -> Response:
    organisation_id, card = invited(words)
    person_id = g.visitor.person_id
    member_id = uuid5(card.id, str(person_id))
    by = replace(visit.own_act(), organisation_id=organisation_id)
    facts = {"person_id": person_id, "name": g.visitor.name, "email": g.visitor.email}
    position = join_team(visit.store(), card.id, member_id, **facts, by=by)
    session["token"] = sessions.enter(visit.store(), person_id, g.visitor.session_id, organisation_id, member_id)
    session.pop("onward", None)
    told.await_view(position)
    return told.leave_for(
        url_for("desk.home"), Toast(words=gettext("Welcome to the team of %(house)s.", house=card.organisation_name))
    )


def belongs_to(organisation_id: UUID) -> UUID | None:
    """The organisation, when the visitor is in its team already."""
    known = memberships(visit.store(), g.visitor.person_id) if g.visitor else []
    return organisation_id if organisation_id in [one.organisation_id for one in known] else None


def invited(words: str) -> tuple[UUID, InvitationCard]:
    """The organisation and the invitation that a link of ours names; what we did not seal is no page of ours."""
    organisation_id, id = unseal(current_app.config["SECRET_KEY"], JOIN, words) or abort(404)
    card = team.invitation(visit.store(), organisation_id, id, visit.now()) or abort(404)
    return organisation_id, card
