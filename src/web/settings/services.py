"""The services: what is done, how long, by whom, with what, at what price."""

from itertools import groupby
from typing import Any
from uuid import UUID

from flask import g, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from agenda import asking, commands
from agenda import queries as agenda
from agenda.events import ServiceNeed
from agenda.service import Performer, Service
from kernel.errors import NotFound
from web import told, visit
from web.choice_words import ANSWERED_BY
from web.entry import admits
from web.forms import sent
from web.forms_agenda import AddService, ChangeService, SetPerformers
from web.settings import settings
from web.settings.offered import colours, horizons, lengths
from web.told import Toast


@settings.get("/services")
@admits("settings.write")
def services() -> str:
    known = agenda.services(visit.store(), visit.house())
    return render_template(
        "settings/services.html",
        groups=[(category, list(some)) for category, some in groupby(known, key=lambda each: each.category)],
        retired=agenda.services(visit.store(), visit.house(), is_active=False),
        categories=sorted({each.category for each in known if each.category}),
    )


@settings.post("/services")
@admits("settings.write")
def add_service() -> Response:
    facts = sent(AddService)
    key = facts.pop("key")
    id, by = visit.fresh_id(key), visit.act(key)
    facts.pop("expected_version")
    told.await_view(commands.add_service(visit.store(), id, **facts, currency=g.member.currency, by=by))
    return back_to(id, gettext("Service added. Say now who performs it."))


@settings.get("/services/<uuid:id>")
@admits("settings.write")
def service(id: UUID) -> str:
    one = service_of(id)
    resources = agenda.resources(visit.store(), visit.house())
    known = agenda.services(visit.store(), visit.house())
    return render_template(
        "settings/service.html",
        one=one,
        people=[each for each in resources if each.kind == "practitioner"],
        needs=[(kind, need_of(one, kind), [each for each in resources if each.kind == kind]) for kind in NEEDED],
        categories=sorted({each.category for each in known if each.category}),
        colours=colours,
        lengths=lengths,
        horizons=horizons,
        service=one,
        questions=asking.questions(visit.store(), visit.house(), [id], is_all=True),
        kinds=ANSWERED_BY,
    )


# What a service may need beside who performs it.
NEEDED = ("room", "machine")


def need_of(one: Service, kind: str) -> ServiceNeed:
    return next((each for each in one.needs if each.kind == kind), ServiceNeed(kind, 0))


@settings.post("/services/<uuid:id>")
@admits("settings.write")
def change_service(id: UUID) -> Response:
    facts, one = sent(ChangeService), service_of(id)
    by = visit.act(facts.pop("key")).expecting(id, facts.pop("expected_version"))
    facts["needs"] = needs_in(facts, one)
    told.await_view(commands.change_service(visit.store(), id, **facts, by=by))
    return back_to(id, gettext("Saved. Appointments made before keep what they were made with."))


def needs_in(facts: dict[str, Any], one: Service) -> list[ServiceNeed]:
    """One need of each kind as written; others that the service has, the form does not know, and keeps."""
    named = {"room": facts.pop("rooms"), "machine": facts.pop("machines")}
    counts = {kind: facts.pop(f"{kind}_count") for kind in NEEDED}
    shown = [need_of(one, kind) for kind in NEEDED]
    written = [ServiceNeed(kind, counts[kind], named[kind]) for kind in NEEDED if counts[kind]]
    return [*(each for each in one.needs if each not in shown), *written]


@settings.post("/services/<uuid:id>/performers")
@admits("settings.write")
def set_performers(id: UUID) -> Response:
    """Those who are no longer active are not in the form, and stay as they are."""
    facts, one = sent(SetPerformers), service_of(id)
    listed = {row["resource_id"] for row in facts["rows"]}
    written = [Performer(**row) for row in facts["rows"] if row["resource_id"] in facts["performs"]]
    kept = [each for each in one.performers if each.resource_id not in listed]
    by = visit.act(facts["key"]).expecting(id, facts["expected_version"])
    told.await_view(commands.set_performers(visit.store(), id, [*kept, *written], by=by))
    return back_to(id, gettext("Saved."))


def service_of(id: UUID) -> Service:
    found = agenda.service(visit.store(), visit.house(), id)
    if found is None:
        raise NotFound(kind="Service", id=str(id))
    return found


def back_to(id: UUID, words: str) -> Response:
    return told.leave_for(url_for("settings.service", id=id), Toast(words=words))
