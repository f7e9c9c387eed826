"""The team: who belongs to the house, in which role, with which rights of their own."""

from typing import Any
from uuid import UUID

from flask import g, render_template, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from accounts import queries as accounts
from accounts.rights import GRANTABLE, RIGHTS, ROLES, Grants, rights_of
from accounts.team import commands, queries
from accounts.team.ending import ended_with
from accounts.team.queries import TeamMember
from agenda import queries as agenda
from agenda.queries import ResourceCard
from kernel.errors import NotFound
from web import told, visit
from web.account.proving import asks_who
from web.entry import admits
from web.forms import sent
from web.forms_team import ChangeGrants, ChangeRole
from web.rights_words import RIGHT_WORDS, ROLE_HINTS
from web.settings import settings
from web.told import Toast


@settings.get("/team")
@admits("team.see")
def team() -> str:
    known = queries.team(visit.store(), visit.house())
    out = queries.invitations(visit.store(), visit.house(), visit.now())
    return render_template(
        "settings/team.html",
        members=[one for one in known if not one.has_left],
        gone=[one for one in known if one.has_left],
        invitations=out,
        pending=sum(not one.over for one in out),
        columns=column_names(),
        roles=roles_to_give(),
        hints=ROLE_HINTS,
        now=visit.now(),
    )


@settings.get("/team/<uuid:id>")
@admits("team.see")
def member(id: UUID) -> str:
    one = member_of(id)
    return render_template(
        "settings/member.html",
        one=one,
        roles=roles_to_give(one),
        hints=ROLE_HINTS,
        columns=columns(),
        places=places(),
        services=agenda.services(visit.store(), visit.house()),
        rights=[(right, RIGHT_WORDS[right], right in effective(one)) for right in GRANTABLE],
        may_remove=one.id != g.member.id,
    )


@settings.post("/team/<uuid:id>/role")
@admits("team.write")
@asks_who
def change_role(id: UUID) -> Response:
    facts = sent(ChangeRole)
    by = visit.act(facts["key"]).expecting(id, facts["expected_version"])
    position = commands.change_member_role(
        visit.store(), id, role=facts["role"], resource_id=facts["resource_id"], by=by
    )
    return back_to(id, position, gettext("Role changed. It holds from their next click."))


@settings.post("/team/<uuid:id>/rights")
@admits("team.write")
@asks_who
def change_grants(id: UUID) -> Response:
    facts, one = sent(ChangeGrants), member_of(id)
    by = visit.act(facts["key"]).expecting(id, facts["expected_version"])
    position = commands.change_member_grants(visit.store(), id, grants_in(facts, one), by=by)
    return back_to(id, position, gettext("Rights changed. They hold from their next click."))


@settings.post("/team/<uuid:id>/remove")
@admits("team.write")
@asks_who
def remove_member(id: UUID) -> Response:
    one = member_of(id)
    position = commands.remove_member(visit.store(), id, by=visit.act())
    told.await_view(position)
    words = gettext("%(name)s is no longer in the team. The appointments stay.", name=one.name)
    return told.leave_for(url_for("settings.team"), Toast(words=f"{words} {ended_words(id, position)}".strip()))


def grants_in(facts: dict[str, Any], one: TeamMember) -> Grants:
    """What was ticked beside what the role holds is given, what was unticked of it is taken."""
    held, ticked = set(of_role(one.role)), set(facts["rights"])
    return Grants(
        sees=tuple(facts["sees"]),
        edits=tuple(facts["edits"]),
        places=tuple(facts["places"]),
        approves=tuple(facts["approves"]),
        given=tuple(right for right in GRANTABLE if right in ticked - held),
        taken=tuple(right for right in GRANTABLE if right in held - ticked),
    )


def of_role(role: str) -> list[str]:
    return [right for right, row in RIGHTS.items() if row[role] != "-"]


def effective(one: TeamMember) -> set[str]:
    return set(rights_of(one.role, one.resource_id, one.grants).reach)


def roles_to_give(one: TeamMember | None = None) -> list[str]:
    """Owners alone make owners."""
    is_owner = g.member.rights.may("owners.write")
    return [role for role in ROLES if is_owner or role != "owner" or (one and one.role == "owner")]


def member_of(id: UUID) -> TeamMember:
    known = queries.team(visit.store(), visit.house())
    found = next((one for one in known if one.id == id and not one.has_left), None)
    if found is None:
        raise NotFound(kind="Member", id=str(id))
    return found


def columns() -> list[ResourceCard]:
    return agenda.resources(visit.store(), visit.house(), kind="practitioner")


def column_names() -> dict[UUID, str]:
    return {one.id: one.name for one in columns()}


def places() -> list[Any]:
    with visit.store().reading(visit.house()) as db:
        return accounts.places(db)


def back_to(id: UUID, position: int, words: str) -> Response:
    told.await_view(position)
    told_too = ended_words(id, position)
    return told.leave_for(url_for("settings.member", id=id), Toast(words=f"{words} {told_too}".strip()))


def ended_words(id: UUID, position: int) -> str:
    """What ended with the member's rights, for whoever changed them."""
    ended = ended_with(visit.store(), visit.house(), id, position)
    if ended is None:
        return ""
    counts = (
        (ended.invitations, ngettext("%(num)d invitation", "%(num)d invitations", ended.invitations)),
        (ended.tokens, ngettext("%(num)d API token", "%(num)d API tokens", ended.tokens)),
        (
            ended.support_accesses,
            ngettext("%(num)d support access", "%(num)d support accesses", ended.support_accesses),
        ),
    )
    return gettext("Ended with it: %(things)s.", things=", ".join(words for count, words in counts if count))
