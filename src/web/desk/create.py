"""A new appointment: a time, a client, a service, and it is made."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from agenda import queries as agenda
from agenda.queries import ResourceCard
from agenda.service import Service
from agenda.wanted import Wanted
from booking import commands as booking
from clients import queries as clients
from clients.queries import ClientCard
from kernel.errors import NotFound
from projections import desk as desk_view
from web import told, visit
from web.desk import desk
from web.entry import admits
from web.formats import clock, local_day
from web.forms import Blank, Book, Pick, asked, sent
from web.gaps import Gap, gap_at
from web.refusals import attempting
from web.sight import CONTACTS, may, practitioners, seen
from web.telling import foreseen_for, telling
from web.told import Toast
from web.vocabulary import gettext

Named = TypeVar("Named", ResourceCard, Service)

EXPECTED, RECENT = 5, 12
FOUND = 30
MOST_LISTED = 200


@desk.get("/appointments/new")
@admits("agenda.write")
def new() -> str:
    """The popover beside a column; without a time, or without a script, a page of its own."""
    if not {"resource", "at"} <= request.args.keys():
        return render_template("create/page.html", **form_facts(for_whom(asked(Blank))))
    facts = for_whom(asked(Pick))
    return render_template("create/popover.html" if visit.is_htmx() else "create/quick.html", **pick(facts))


def for_whom(facts: dict[str, Any]) -> dict[str, Any]:
    """Whoever acts on behalf of a client books for that client, unless they say for whom."""
    role, _, id = g.visitor.behalf.partition("/")
    return facts | {"client": facts["client"] or (UUID(id) if role == "client" else None)}


@desk.get("/appointments/new/clients")
@admits("agenda.write")
def pick_clients() -> str:
    facts = asked(Pick)
    return render_template("create/clients.html", **place(facts), **choices(facts))


@desk.get("/appointments/new/services")
@admits("agenda.write")
def pick_services() -> str:
    return render_template("create/services.html", **pick(asked(Pick)))


@desk.post("/appointments")
@admits("agenda.write")
def book() -> Response:
    facts = sent(Book)
    service, person = service_of(facts["service_id"]), client_of(facts["client_id"])
    wanted, starts_at = Wanted(service.id, (facts["resource_id"],)), facts["starts_at"]
    attempting(wanted=[wanted], starts_at=starts_at, stays=gettext("Nothing was booked."))
    told.await_view(
        booking.book_appointment(
            visit.store(),
            facts["id"],
            person.id,
            starts_at,
            [wanted],
            note=facts["note"],
            is_asked_for=facts["is_asked_for"],
            override=facts["override"],
            reason=facts["reason"],
            by=visit.act(facts["key"]),
        )
    )
    toast = telling(booked(facts["id"], person.name, starts_at), facts["id"])
    return told.answer(toast, to=url_for("desk.day", on=local_day(starts_at)))


def booked(id: UUID, name: str, starts_at: datetime) -> Toast:
    words = gettext("Appointment made, %(name)s, %(time)s.", name=name, time=clock(starts_at))
    undo = url_for("desk.act", id=id, deed="cancel")
    return Toast(words=words, undo_url=undo, undo_fields={"undo": "1"}, open_url=url_for("desk.panel", id=id))


def pick(facts: dict[str, Any]) -> dict[str, Any]:
    """What the popover shows: the time, whom to choose from, and what can be done there."""
    where = place(facts)
    chosen = client_of(facts["client"]) if facts["client"] else None
    offered = services_at(where["resource"], where["gap"], chosen.id if chosen else None)
    coming = foreseen_for(chosen, facts["at"], where["resource"].zone)
    return where | choices(facts) | {"chosen": chosen, "services": offered, "foreseen": coming}


def place(facts: dict[str, Any]) -> dict[str, Any]:
    resource = resource_of(facts["resource"])
    return {"resource": resource, "gap": gap_of(resource.id, facts["at"])}


def gap_of(resource_id: UUID, at: datetime) -> Gap:
    day = desk_view.day(visit.store(), visit.house(), local_day(at), [resource_id])
    return gap_at(day.columns[0], at) if day.columns else Gap(at, None)


def choices(facts: dict[str, Any]) -> dict[str, Any]:
    """Those who usually come at this time, then those seen last; or whoever was looked for."""
    house = (visit.store(), visit.house())
    looked_for = {"words": facts["words"], "letter": facts["letter"]}
    if facts["words"]:
        return looked_for | {"found": found_by(facts["words"])}
    if facts["letter"]:
        return looked_for | {"found": clients.page(*house, letter=facts["letter"], limit=FOUND)}
    seen = desk_view.expected_clients(*house, facts["resource"], facts["at"])
    expected = [one for one in seen if one.is_usual_time][:EXPECTED]
    recent = [one for one in seen if one not in expected][:RECENT]
    return looked_for | {"expected": expected, "recent": recent, "names": service_names()}


def found_by(words: str) -> list[ClientCard]:
    return clients.search(visit.store(), visit.house(), words, FOUND, by_contacts=may(CONTACTS))


def services_at(resource: ResourceCard, gap: Gap, client_id: UUID | None) -> dict[str, list[Any]]:
    """The services of this person, the client's usual ones first, each with what it outgrows the gap by."""
    offered = [service for service in services() if service.performer(resource.id)]
    usual = desk_view.usual_services(visit.store(), visit.house(), client_id) if client_id else []
    ranked = sorted((s for s in offered if s.id in usual), key=lambda service: usual.index(service.id))
    lines = {service.id: service_line(service, resource.id, gap) for service in offered}
    return {
        "usual": [lines[service.id] for service in ranked],
        "others": [lines[service.id] for service in offered if service.id not in usual],
    }


def service_line(service: Service, resource_id: UUID, gap: Gap) -> dict[str, Any]:
    minutes = length_of(service, resource_id)
    return {"id": service.id, "name": service.name, "minutes": minutes, "excess": gap.excess(minutes)}


def form_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """What the whole form offers; a house with many clients looks for the client first."""
    house = (visit.store(), visit.house())
    chosen = [client_of(facts["client"])] if facts["client"] else []
    words = facts["words"]
    listed = found_by(words) if words else clients.page(*house, limit=MOST_LISTED)
    others = [person for person in listed if person not in chosen]
    return facts | {"people": practitioners("agenda.write"), "services": services(), "found": chosen + others}


def services() -> list[Service]:
    return agenda.services(visit.store(), visit.house())


def service_names() -> dict[UUID, str]:
    return {service.id: service.name for service in services()}


def length_of(service: Service, resource_id: UUID) -> int:
    """How long it takes this person, in minutes."""
    own = service.performer(resource_id)
    return (own.duration_minutes if own else None) or service.duration_minutes


def service_of(id: UUID) -> Service:
    return one_of(services(), id, "Service")


def resource_of(id: UUID) -> ResourceCard:
    return one_of(seen(agenda.resources(visit.store(), visit.house())), id, "Resource")


def one_of(known: list[Named], id: UUID, kind: str) -> Named:
    found = next((one for one in known if one.id == id), None)
    if found is None:
        raise NotFound(kind=kind, id=str(id))
    return found


def client_of(id: UUID) -> ClientCard:
    found = clients.client(visit.store(), visit.house(), id)
    if found is None:
        raise NotFound(kind="Client", id=str(id))
    return found
