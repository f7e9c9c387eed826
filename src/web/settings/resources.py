"""The resources: who and what can be booked, in the order of the columns."""

from uuid import UUID

from flask import render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from accounts import queries as accounts
from agenda import commands
from agenda import queries as agenda
from agenda.hours import Hours
from agenda.queries import ResourceCard
from agenda.resource import KINDS
from kernel.errors import NotFound
from web import told, visit
from web.entry import admits
from web.forms import sent
from web.forms_agenda import AddResource, ChangeResource
from web.forms_team import OfMember
from web.settings import settings
from web.settings.offered import colours, horizons, lengths
from web.told import Toast
from web.trade_words import KIND_WORDS, KINDS_WORDS


@settings.get("/resources")
@admits("settings.write")
def resources() -> str:
    known = agenda.resources(visit.store(), visit.house())
    return render_template(
        "settings/resources.html",
        groups=[(kind, KINDS_WORDS[kind], [each for each in known if each.kind == kind]) for kind in KINDS],
        retired=agenda.retired_resources(visit.store(), visit.house()),
        kinds=KIND_WORDS,
    )


@settings.post("/resources")
@admits("settings.write")
def add_resource() -> Response:
    facts = sent(AddResource)
    key = facts.pop("key")
    id, by = visit.fresh_id(key), visit.act(key)
    facts.pop("expected_version")
    told.await_view(commands.add_resource(visit.store(), id, **facts, is_last=True, by=by))
    return back_to(id, gettext("Added. Hours come next."))


@settings.get("/resources/<uuid:id>")
@admits("settings.write")
def resource(id: UUID) -> str:
    card = card_of(id)
    with visit.store().reading(visit.house()) as db:
        places = accounts.places(db)
    return render_template(
        "settings/resource.html",
        one=agenda.resource(visit.store(), visit.house(), id),
        card=card,
        kinds=KIND_WORDS,
        places=places,
        ahead=len({row.id for row in agenda.left_outside(visit.store(), visit.house(), id, Hours(), visit.now())}),
        colours=colours,
        lengths=lengths,
        horizons=horizons,
    )


@settings.post("/resources/<uuid:id>")
@admits("settings.write")
def change_resource(id: UUID) -> Response:
    facts, card = sent(ChangeResource), card_of(id)
    by = visit.act(facts.pop("key")).expecting(id, facts.pop("expected_version"))
    name = facts.pop("name")
    # The same words are not written anew, so that the history tells of no change.
    facts |= {} if name == card.name else {"name": name}
    told.await_view(commands.change_resource(visit.store(), id, **facts, by=by))
    return back_to(id, gettext("Saved."))


@settings.post("/resources/<uuid:id>/<any(earlier,later):way>")
@admits("settings.write")
def move_resource(id: UUID, way: str) -> Response:
    """One place to the front or to the back, among those of its kind."""
    facts, card = sent(OfMember), card_of(id)
    known = agenda.resources(visit.store(), visit.house())
    ids = [each.id for each in known]
    kin = [each.id for each in known if each.kind == card.kind]
    if id in kin:
        place = kin.index(id)
        other = kin[max(0, min(len(kin) - 1, place + (1 if way == "later" else -1)))]
        mine, theirs = ids.index(id), ids.index(other)
        ids[mine], ids[theirs] = other, id
        told.await_view(commands.order_resources(visit.store(), ids, by=visit.act(facts["key"])))
    return told.leave_for(url_for("settings.resources"), Toast(words=gettext("The columns stand in this order.")))


def card_of(id: UUID) -> ResourceCard:
    known = [
        *agenda.resources(visit.store(), visit.house()),
        *agenda.retired_resources(visit.store(), visit.house()),
    ]
    found = next((each for each in known if each.id == id), None)
    if found is None:
        raise NotFound(kind="Resource", id=str(id))
    return found


def back_to(id: UUID, words: str) -> Response:
    return told.leave_for(url_for("settings.resource", id=id), Toast(words=words))
