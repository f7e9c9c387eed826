"""From where the house is entered, and who of the support has come in."""

from uuid import UUID

from flask import g, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from accounts import commands
from accounts.networks import parse
from accounts.organisation import Organisation
from accounts.rights import ROLES
from accounts.support import commands as support
from accounts.support import queries as support_queries
from kernel.errors import Refusal
from web import addresses, told, visit
from web.account.proving import asks_who
from web.entry import admits
from web.forms import sent
from web.forms_team import AllowAddresses
from web.settings import settings
from web.told import Toast

# Whom a list of addresses is for: everybody, members of one role, or programs.
FOR = ("", *ROLES, "program")


class OwnAddressLeftOut(Refusal):
    """The list would lock out whoever writes it."""


class ListForNobody(Refusal):
    """There is no such role."""


@settings.get("/access")
@admits("access.write")
def access() -> str:
    house = visit.store().find(visit.house(), Organisation, visit.house())
    return render_template(
        "settings/access.html",
        lists=[(role, house.addresses.get(role, [])) for role in FOR],
        address=addresses.asking(),
        accesses=support_queries.accesses(visit.store(), visit.house(), visit.now()),
    )


@settings.post("/access")
@admits("access.write")
@asks_who
def allow_addresses() -> Response:
    """Refuses a list that would lock out whoever writes it."""
    facts = sent(AllowAddresses)
    role, networks = facts["role"], parse(facts["networks"])
    if role not in FOR:
        raise ListForNobody(role=role)
    must_let_me_in(role, networks)
    told.await_view(commands.allow_addresses(visit.store(), networks, role=role, by=visit.act(facts["key"])))
    return told.leave_for(url_for("settings.access"), Toast(words=gettext("Addresses kept. They hold from now on.")))


def must_let_me_in(role: str, networks: list[str]) -> None:
    house = visit.store().find(visit.house(), Organisation, visit.house())
    lists = house.addresses | {role: networks}
    mine = lists.get("", []) + lists.get(g.member.role, [])
    if mine and not addresses.is_within(addresses.asking(), mine):
        raise OwnAddressLeftOut(address=addresses.asking())


@settings.post("/access/support/<uuid:id>/<any(allow,end):deed>")
@admits("support.allow")
@asks_who
def settle_support(id: UUID, deed: str) -> Response:
    do = support.allow_support_changes if deed == "allow" else support.end_support_access
    told.await_view(do(visit.store(), id, by=visit.act()))
    let = gettext("The support may change things until its time is over.")
    words = let if deed == "allow" else gettext("Access ended.")
    return told.leave_for(url_for("settings.access"), Toast(words=words))
