"""A new appointment from an empty time: the client, the service, and it is made."""

from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from agenda import queries as agenda
from agenda.queries import ResourceCard
from agenda.service import Service
from booking import commands as booking
from clients import queries as clients
from clients.queries import ClientCard
from kernel.errors import NotFound
from projections import desk as desk_view
from projections import expecting
from web import told, visit
from web.desk import desk
from web.entry import admits
from web.formats import clock, local_day
from web.forms import Pick, asked, sent
from web.forms_desk import Book
from web.gaps import Gap, gap_at, gap_from
from web.questions import must_be_answered
from web.refusals import attempting
from web.sight import CONTACTS, may, practitioners, seen
from web.telling import foreseen_for, telling
from web.told import Toast
from web.vocabulary import gettext

Named = TypeVar("Named", ResourceCard, Service)

PEOPLE = "practitioner"
GIVEN = (
    "price_cents",
    "is_asked_for",
    "note",
    "client_note",
    "location",
    "video_link",
    "override",
    "reason",
)
EXPECTED, OVERDUE, RECENT = 5, 5, 12
FOUND = 30
MOST_LISTED = 200


@desk.get("/appointments/new/here")
@admits("agenda.write")
def here() -> str:
    """The popover beside a column; without a script, a page of its own."""
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
    person, starts_at, notice = client_of(facts["client_id"]), facts["starts_at"], facts["notice"]
    for each in facts["wanted"]:
        service_of(each.service_id)
    attempting(wanted=facts["wanted"], starts_at=starts_at, stays=gettext("Nothing was booked."))
    given = {name: facts[name] for name in GIVEN}
    position = booking.book_appointment(
        visit.store(),
        facts["id"],
        person.id,
        starts_at,
        facts["wanted"],
        status="proposed" if notice == "ask" else "booked",
        tells_client=notice != "silent",
        answers=must_be_answered(each.service_id for each in facts["wanted"]),
        **given,
        by=visit.act(facts["key"]),
    )
    told.await_view(position)
    return answered(facts["id"], person.name, starts_at)


def answered(id: UUID, name: str, starts_at: datetime) -> Response:
    """Beside the day that is there; from a page of its own, on the day of the appointment."""
    to = url_for("desk.day", on=local_day(starts_at))
    toast = telling(booked(id, name, starts_at), id)
    return told.leave_for(to, toast) if "page" in request.form else told.answer(toast, to=to)


def booked(id: UUID, name: str, starts_at: datetime) -> Toast:
    words = gettext("Appointment made, %(name)s, %(time)s.", name=name, time=clock(starts_at))
    undo = url_for("desk.act", id=id, deed="cancel")
    return Toast(words=words, undo_url=undo, undo_fields={"undo": "1"}, open_url=url_for("desk.panel", id=id))


def pick(facts: dict[str, Any]) -> dict[str, Any]:
    """What the popover shows: the time, whom to choose from, and what can be done there."""
    where = place(facts)
    chosen = client_of(facts["client"]) if facts["client"] else None
    offered = services_at(where["resource"], where["gap"], where["drawn"], chosen.id if chosen else None)
    coming = foreseen_for(chosen, facts["at"], where["resource"].zone)
    return where | choices(facts) | {"chosen": chosen, "services": offered, "foreseen": coming}


def place(facts: dict[str, Any]) -> dict[str, Any]:
    """Where it is to be; `drawn` are the minutes of a stretch that was drawn."""
    resource, at, until = resource_of(facts["resource"]), facts["at"], facts["until"]
    drawn = (until - at) // timedelta(minutes=1) if until and until > at else None
    gap = gap_of(resource.id, at, is_drawn=drawn is not None)
    return {"resource": resource, "gap": gap, "drawn": drawn, "until": until if drawn else None}


def gap_of(resource_id: UUID, at: datetime, *, is_drawn: bool) -> Gap:
    found = desk_view.sheet(visit.store(), visit.house(), [local_day(at)], [resource_id])
    if not found.columns:
        return Gap(at, None)
    column = found.columns[0]
    return gap_from(column, at) if is_drawn else gap_at(column, at, found.options.step_minutes)


def choices(facts: dict[str, Any]) -> dict[str, Any]:
    """Those who usually come at this time, then those seen last; or whoever was looked for."""
    house = (visit.store(), visit.house())
    looked_for = {"words": facts["words"], "letter": facts["letter"]}
    if facts["words"]:
        return looked_for | {"found": found_by(facts["words"])}
    if facts["letter"]:
        return looked_for | {"found": clients.page(*house, letter=facts["letter"], limit=FOUND)}
    seen = expecting.expected_clients(*house, facts["resource"], facts["at"])
    expected = [one for one in seen if one.is_usual_time][:EXPECTED]
    overdue = [one for one in seen if one.due_on and one not in expected][:OVERDUE]
    recent = [one for one in seen if one not in (*expected, *overdue)][:RECENT]
    return looked_for | {"expected": expected, "overdue": overdue, "recent": recent, "names": service_names()}


def found_by(words: str) -> list[ClientCard]:
    return clients.search(visit.store(), visit.house(), words, FOUND, by_contacts=may(CONTACTS))


def services_at(
    resource: ResourceCard, gap: Gap, drawn: int | None, client_id: UUID | None
) -> dict[str, list[Any]]:
    """The services that can be given here, the client's usual ones first, each with what it outgrows the gap by."""
    offered = [service for service in services() if resource.kind != PEOPLE or service.performer(resource.id)]
    usual = expecting.usual_services(visit.store(), visit.house(), client_id) if client_id else []
    ranked = sorted((s for s in offered if s.id in usual), key=lambda service: usual.index(service.id))
    lines = {service.id: service_line(service, resource.id, gap, drawn) for service in offered}
    return {
        "usual": [lines[service.id] for service in ranked],
        "others": [lines[service.id] for service in offered if service.id not in usual],
    }


def service_line(service: Service, resource_id: UUID, gap: Gap, drawn: int | None) -> dict[str, Any]:
    minutes = drawn or length_of(service, resource_id)
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
