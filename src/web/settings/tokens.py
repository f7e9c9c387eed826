"""The tokens of programs: issued here, shown once, revoked at once."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import g, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from accounts import commands
from accounts import token_queries as queries
from accounts.rights import scopes_held
from accounts.token import SCOPES
from accounts.token_secrets import fresh_secret
from web import told, visit
from web.entry import admits
from web.forms import IssueToken, sent
from web.settings import settings
from web.told import Toast

SCOPE_WORDS = {
    "settings:read": lazy_gettext("Read the house: places, resources, services, hours"),
    "settings:write": lazy_gettext("Change the house"),
    "clients:read": lazy_gettext("Read client files"),
    "clients:write": lazy_gettext("Write client files"),
    "appointments:read": lazy_gettext("Read slots and appointments"),
    "appointments:write": lazy_gettext("Book and change as clients do online"),
    "appointments:desk": lazy_gettext("Book and change as the desk does, setting rules aside with a reason"),
    "events:read": lazy_gettext("Follow everything that happens"),
    "webhooks:write": lazy_gettext("Subscribe to what happens"),
}


@settings.get("/tokens")
@admits("programs.write")
def tokens() -> str:
    known = queries.tokens(visit.store(), visit.house())
    held = scopes_held(SCOPES, g.member.rights)
    return render_template("settings/tokens.html", tokens=known, scopes=SCOPE_WORDS, held=held, now=visit.now())


@settings.post("/tokens")
@admits("programs.write")
def issue_token() -> str:
    """The answer is the only page that ever shows the token; it is not stored, so it is no redirect."""
    facts, id = sent(IssueToken), uuid4()
    secret = fresh_secret(visit.house(), id)
    days = facts["days"]
    given: dict[str, Any] = {
        "name": facts["name"],
        "scopes": [scope for scope in SCOPES if scope in request.form.getlist("scope")],
        "per_minute": facts["per_minute"],
        "expires_at": visit.now() + timedelta(days=days) if days else None,
    }
    commands.issue_token(visit.store(), id, secret=secret, **given, by=visit.act())
    return render_template("settings/token_made.html", secret=secret, name=facts["name"])


@settings.post("/tokens/<uuid:id>/revoke")
@admits("programs.write")
def revoke_token(id: UUID) -> Response:
    told.await_view(commands.revoke_token(visit.store(), id, by=visit.act()))
    return told.leave_for(url_for("settings.tokens"), Toast(words=gettext("Token revoked. It opens nothing any more.")))
