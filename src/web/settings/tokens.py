"""The tokens of programs: issued here, shown once, revoked at once."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import g, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from accounts import commands
from accounts import token_queries as queries
from accounts.rights import SCOPE_RIGHTS, scopes_held
from accounts.token import SCOPES
from accounts.token_secrets import fresh_secret
from kernel.errors import IdTaken
from web import told, visit
from web.entry import admits, hands_out
from web.forms import IssueToken, sent
from web.rights_words import one_by_one
from web.settings import settings
from web.told import Toast

# What each right lets a program do, in words; a scope says all that its rights give.
GIVES_WORDS = {
    "settings.see": lazy_gettext("reads the house: places, resources, services, hours, absences, terms"),
    "settings.write": lazy_gettext("changes services, resources, closures, terms, questions and fields"),
    "organisation.write": lazy_gettext("changes the house and its places"),
    "hours.write": lazy_gettext("changes opening hours"),
    "absences.write": lazy_gettext("enters and moves absences"),
    "clients.see": lazy_gettext("finds and reads client files"),
    "clients.contacts": lazy_gettext("reads phones, addresses, e-mails and notes of clients"),
    "clients.export": lazy_gettext("takes all client files out"),
    "clients.write": lazy_gettext("opens, changes and archives client files"),
    "clients.merge": lazy_gettext("joins files of the same person and takes them apart"),
    "clients.block": lazy_gettext("blocks clients from booking online"),
    "clients.import": lazy_gettext("brings client files in"),
    "slots.see": lazy_gettext("finds free starts"),
    "agenda.see": lazy_gettext("reads days, appointments with their notes, holds and series"),
    "agenda.write": lazy_gettext("holds, books, moves and cancels appointments, and reads those that it changes"),
    "requests.approve": lazy_gettext("approves and declines requests"),
    "rules.override": lazy_gettext("sets booking rules aside, with a reason"),
    "history.see": lazy_gettext("follows everything that happens, from the beginning"),
    "webhooks.write": lazy_gettext("manages webhooks, their secrets and deliveries"),
}
WITHIN_WORDS = {
    "appointments:write": lazy_gettext("only as clients do online"),
    "appointments:desk": lazy_gettext("as the desk does, at any minute"),
}


def scope_words() -> dict[str, str]:
    return {scope: sentence(scope, rights) for scope, rights in SCOPE_RIGHTS.items()}


def sentence(scope: str, rights: Iterable[str]) -> str:
    said = [str(GIVES_WORDS[right]) for right in rights]
    said += [str(WITHIN_WORDS[scope])] if scope in WITHIN_WORDS else []
    words = one_by_one(said)
    return words[0].upper() + words[1:]


@settings.get("/tokens")
@admits("programs.write")
def tokens() -> str:
    known = queries.tokens(visit.store(), visit.house())
    held = scopes_held(SCOPES, g.member.rights)
    return render_template("settings/tokens.html", tokens=known, scopes=scope_words(), held=held, now=visit.now())


@settings.post("/tokens")
@admits("programs.write")
@hands_out("token")
def issue_token() -> str | Response:
    """The answer is the only page that ever shows the token; it is not stored, so it is no redirect. A second click
    makes no second token, and cannot show the first."""
    facts = sent(IssueToken)
    id = visit.fresh_id(facts["key"])
    secret = fresh_secret(visit.house(), id)
    days = facts["days"]
    given: dict[str, Any] = {
        "name": facts["name"],
        "scopes": [scope for scope in SCOPES if scope in request.form.getlist("scope")],
        "per_minute": facts["per_minute"],
        "expires_at": visit.now() + timedelta(days=days) if days else None,
    }
    try:
        commands.issue_token(visit.store(), id, secret=secret, **given, by=visit.act())
    except IdTaken:
        words = gettext(
            "This token was issued already and shown once. If you do not have it, revoke it and issue another."
        )
        return told.leave_for(url_for("settings.tokens"), Toast(words=words))
    return render_template("settings/token_made.html", secret=secret, name=facts["name"])


@settings.post("/tokens/<uuid:id>/revoke")
@admits("programs.write")
def revoke_token(id: UUID) -> Response:
    told.await_view(commands.revoke_token(visit.store(), id, by=visit.act()))
    return told.leave_for(url_for("settings.tokens"), Toast(words=gettext("Token revoked. It opens nothing any more.")))
