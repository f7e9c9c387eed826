"""In whose place somebody works: on behalf of a client or a colleague, or seeing what another sees."""

from uuid import UUID

from flask import g, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from accounts.people import sessions
from accounts.team import queries as team
from clients import queries as clients
from kernel.errors import NotFound
from web import told, visit
from web.desk import desk
from web.entry import PERSON, admits
from web.told import Toast


@desk.post("/behalf/<any(client,staff):role>/<uuid:id>")
@admits("behalf.act")
def act_for(role: str, id: UUID) -> Response:
    """From now on what is done is noted as done for them; what may be done stays what it was."""
    name = name_of(role, id)
    sessions.set_behalf(visit.store(), g.visitor.person_id, g.visitor.session_id, f"{role}/{id}")
    to = url_for("desk.new", client=id) if role == "client" else url_for("desk.home")
    return told.leave_for(to, Toast(words=gettext("You act on behalf of %(name)s.", name=name)))


@desk.post("/behalf/end")
@admits(PERSON)
def act_for_oneself() -> Response:
    sessions.set_behalf(visit.store(), g.visitor.person_id, g.visitor.session_id, "")
    return redirect(url_for("desk.home"), code=303)


@desk.post("/see-as/<uuid:id>")
@admits("others.see")
def see_as(id: UUID) -> Response:
    """Exactly what the other sees, to look at only."""
    name_of("staff", id)
    sessions.set_seeing_as(visit.store(), g.visitor.person_id, g.visitor.session_id, id)
    return redirect(url_for("desk.home"), code=303)


@desk.post("/see-as/end")
@admits(PERSON)
def see_as_oneself() -> Response:
    sessions.set_seeing_as(visit.store(), g.visitor.person_id, g.visitor.session_id, None)
    return redirect(url_for("desk.home"), code=303)


def name_of(role: str, id: UUID) -> str:
    """Whoever is meant, in this house; raises NotFound."""
    if role == "client":
        with visit.store().reading(visit.house()) as db:
            found = clients.cards(db, [id]).get(id)
    else:
        known = team.team(visit.store(), visit.house())
        found = next((one for one in known if one.id == id and not one.has_left), None)
    if found is None:
        raise NotFound(kind=role, id=str(id))
    return found.name
