"""Which organisation to enter: for those who belong to several, or to none yet."""

from uuid import UUID

from flask import abort, g, redirect, render_template, session
from werkzeug.wrappers import Response

from accounts.people import sessions
from accounts.people.queries import memberships
from web import visit
from web.door import door
from web.door.opening import note_entry
from web.entry import PERSON, admits


@door.get("/organisations")
@admits(PERSON)
def houses() -> str:
    return render_template("door/houses.html", houses=memberships(visit.store(), g.visitor.person_id))


@door.post("/organisations/<uuid:id>")
@admits(PERSON)
def enter_house(id: UUID) -> Response:
    """Another house is another visit: the session goes on under a new secret."""
    known = memberships(visit.store(), g.visitor.person_id)
    house = next((one for one in known if one.organisation_id == id), None) or abort(404)
    to = (house.organisation_id, house.member_id)
    secret = sessions.enter(visit.store(), g.visitor.person_id, g.visitor.session_id, *to)
    note_entry(house)
    onward = session.pop("onward", "/")
    session["token"] = secret
    return redirect(onward, code=303)
