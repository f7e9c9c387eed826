"""Invitations: whoever has the link, or photographs its square, joins the team."""

from datetime import time, timedelta
from uuid import UUID

import segno
from flask import current_app, g, render_template, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from accounts.sealing import seal
from accounts.team import commands, queries
from accounts.team.invitation import beyond
from accounts.team.queries import InvitationCard
from kernel.errors import NotFound
from web import told, visit
from web.entry import admits, hands_out
from web.forms import sent
from web.forms_team import Invite
from web.settings import settings
from web.told import Toast

JOIN = "join"


@settings.post("/team/invitations")
@admits("team.write")
def invite() -> Response:
    facts = sent(Invite)
    id, days, uses = visit.fresh_id(facts["key"]), facts["days"], facts["uses"]
    commands.make_invitation(
        visit.store(),
        id,
        role=facts["role"],
        resource_id=facts["resource_id"],
        uses=uses or None,
        # The last day counts whole, and a second click says the same.
        expires_at=visit.instant(visit.today() + timedelta(days=days + 1), time.min),
        email=facts["email"],
        by=visit.act(facts["key"]),
    )
    words = gettext("Invitation sent to %(email)s.", email=facts["email"]) if facts["email"] else ""
    return told.leave_for(
        url_for("settings.invitation", id=id), Toast(words=words or gettext("Invitation ready to be given."))
    )


@settings.get("/team/invitations/<uuid:id>")
@admits("team.write")
@hands_out("link")
def invitation(id: UUID) -> str:
    """The link can be shown as often as wanted, to whoever could make this very invitation now: it is sealed anew each
    time, and never stored."""
    one = invitation_of(id)
    is_theirs = not one.over and not beyond(one.role, one.resource_id, g.member.rights)
    link = link_of(one) if is_theirs else ""
    return render_template("settings/invitation.html", one=one, link=link, square=square(link) if link else "")


@settings.post("/team/invitations/<uuid:id>/revoke")
@admits("team.write")
def revoke_invitation(id: UUID) -> Response:
    told.await_view(commands.revoke_invitation(visit.store(), id, by=visit.act()))
    words = gettext("Invitation taken back. Its link lets nobody in any more.")
    return told.leave_for(url_for("settings.team"), Toast(words=words))


def invitation_of(id: UUID) -> InvitationCard:
    found = queries.invitation(visit.store(), visit.house(), id, visit.now())
    if found is None:
        raise NotFound(kind="Invitation", id=str(id))
    return found


def link_of(one: InvitationCard) -> str:
    sealed = seal(current_app.config["SECRET_KEY"], JOIN, visit.house(), one.id)
    return f"{current_app.config['PUBLIC_URL']}/join/{sealed}"


def square(link: str) -> Markup:
    """The link as a QR code, drawn in the ink of the page."""
    drawn = segno.make(link, error="m").svg_inline(scale=4, border=2, omitsize=True)
    # The library writes nothing but numbers, and black, as it knows no colour of the page.
    return Markup(drawn.replace('"#000"', '"currentColor"'))  # noqa: S704
