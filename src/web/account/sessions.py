"""Where the person is signed in, and how to end that from here."""

from uuid import UUID

from flask import g, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from accounts.people import sessions
from accounts.people.queries import sessions as sessions_of
from web import told, visit
from web.account import account
from web.entry import PERSON, admits
from web.told import Toast


@account.get("/sessions")
@admits(PERSON)
def list_sessions() -> str:
    known = sessions_of(visit.store(), g.visitor.person_id, visit.now())
    return render_template("account/sessions.html", sessions=known, own=g.visitor.session_id)


@account.post("/sessions/<uuid:id>/end")
@admits(PERSON)
def end_session(id: UUID) -> Response:
    sessions.end_session(visit.store(), id, by=visit.own_act())
    return told.leave_for(url_for("account.list_sessions"), Toast(words=gettext("That browser is signed out.")))


@account.post("/sessions/others/end")
@admits(PERSON)
def end_others() -> Response:
    sessions.end_other_sessions(visit.store(), g.visitor.session_id, by=visit.own_act())
    words = gettext("All other browsers are signed out.")
    return told.leave_for(url_for("account.list_sessions"), Toast(words=words))
