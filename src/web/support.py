"""Support accesses: somebody of the support comes into a house, for a reason and a time, and the house sees it."""

from datetime import timedelta
from uuid import UUID, uuid4

from flask import Blueprint, abort, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from accounts.organisation import Organisation
from accounts.people import sessions
from accounts.people.person import Person
from accounts.rights import SUPPORT_COMES_IN
from accounts.support import commands
from kernel.actors import Act
from web import visit
from web.account.proving import asks_who
from web.entry import PERSON, admits
from web.forms import sent
from web.forms_team import OpenSupport

support = Blueprint("support", __name__)

# A page, or a form with what is wrong in it.
SHOWN = (200, 409, 422)

@support.after_app_request
def note_look(answer: Response) -> Response:
    """Whatever page the support is shown stands in the history of the house, before it is shown."""
    is_shown = answer.status_code in SHOWN and request.endpoint != "static"
    if is_shown and g.get("member") is not None and g.member.role == "support":
        thing_id = next((value for value in (request.view_args or {}).values() if isinstance(value, UUID)), None)
        commands.note_support_look(visit.store(), g.member.id, str(request.endpoint), thing_id, by=visit.act())
    return answer


@support.get("/support")
@admits(PERSON)
def desk() -> str:
    must_be_staff()
    return render_template("support/desk.html")


@support.post("/support")
@admits(PERSON)
@asks_who
def come_in() -> Response:
    must_be_staff()
    facts, id = sent(OpenSupport), uuid4()
    house = visit.store().find(facts["organisation"], Organisation, facts["organisation"]) or abort(404)
    until = visit.now() + timedelta(hours=facts["hours"])
    commands.open_support_access(
        visit.store(), id, g.visitor.person_id, until=until, reason=facts["reason"], by=coming_in(house.id)
    )
    session["token"] = sessions.enter_as(
        visit.store(), g.visitor.person_id, g.visitor.session_id, house.id, None, support_access_id=id
    )
    return redirect(url_for("desk.home"), code=303)


@support.post("/support/leave")
@admits("support.look")
def leave() -> Response:
    commands.leave_support_access(visit.store(), g.member.id, by=visit.act())
    session["token"] = sessions.enter_as(visit.store(), g.visitor.person_id, g.visitor.session_id, None, None)
    return redirect(url_for("support.desk"), code=303)


def must_be_staff() -> None:
    """404 for everybody else: the page is nobody's business. The second factor is asked of the support always."""
    person = visit.store().find(g.visitor.person_id, Person, g.visitor.person_id)
    if person is None or not person.is_support:
        abort(404)
    if not person.has_second_factor:
        abort(403)


def coming_in(organisation_id: UUID) -> Act:
    return Act(
        organisation_id=organisation_id,
        actor=f"support/{g.visitor.person_id}",
        may=SUPPORT_COMES_IN,
        origin="support",
        at=visit.now(),
    )
