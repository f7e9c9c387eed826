"""Appointments as a list: filtered, sorted, with the columns one likes; and the requests that wait for an answer."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import g, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from accounts import queries as accounts
from agenda import queries as agenda
from booking.appointment import ENDED, WAITING
from clients import queries as clients
from clients.words import name_key
from projections import listing
from projections.listing import REACH, Found, Wanted
from web import visit
from web.desk import desk
from web.entry import admits
from web.formats import local_day
from web.forms import asked
from web.forms_list import Narrow
from web.listing_columns import ListColumn, chosen, offered, remember, writer
from web.sight import SEE, may, practitioners
from web.words import LIVE, STATUS_HINTS, STATUSES

PAGE = 100
A_DAY = timedelta(days=1)
# Each of the ways into the list; without any it holds whatever the filters leave.
WHICH = ("ahead", "past", "bin", "")
FIXED = ("time", "client", "service", "person", "status")


@desk.get("/list")
@admits("agenda.see")
def list_appointments() -> Response:
    facts, known = facts_asked(), offered()
    columns = chosen(facts["columns"], known)
    found = lines_of(facts, columns)
    page = render_template(
        "listing/page.html",
        facts=facts,
        lines=found,
        pages=pages_of(facts, found),
        # Whoever sees none of a client's appointments does not learn here whose identifier it is.
        client=client_of(facts["client"]) if found else None,
        people=practitioners(),
        places=places(),
        services=agenda.services(visit.store(), visit.house()),
        statuses=STATUSES,
        hints=STATUS_HINTS,
        columns=columns,
        offered=known,
        write=writer(),
        which=WHICH,
        here=here,
        file_url=f"{url_for('desk.take_list_out')}?{urlencode(request.args.to_dict(flat=False), doseq=True)}",
    )
    response = make_response(page)
    return remember(response, columns) if "keep" in request.args else response


@desk.get("/requests")
@admits("requests.approve")
def requests() -> str:
    """What waits for the house first, then what waits for the client."""
    wanted = Wanted(statuses=list(WAITING), first=visit.now(), resource_ids=seen_columns(None))
    found = listing.listed(visit.store(), visit.house(), wanted, limit=PAGE)
    # One that nobody answered in time holds nothing any more, also in the moment before this is noted.
    open_ones = [one for one in found if one.expires_at and one.expires_at > visit.now()]
    mine = [one for one in open_ones if may("requests.approve", one)]
    return render_template(
        "listing/requests.html",
        waiting=[one for one in mine if one.status == "requested"],
        proposed=[one for one in mine if one.status == "proposed"],
    )


def facts_asked() -> dict[str, Any]:
    """What the address asks for; what is ahead when it asks for nothing."""
    facts = asked(Narrow)
    if not set(request.args) - {"columns", "keep"}:
        facts["which"] = "ahead"
    if facts["down"] is None:
        facts["down"] = facts["which"] == "past" and facts["sort"] == "time"
    return facts


def here(**others: Any) -> dict[str, Any]:
    """The address of this list with something else of it."""
    kept = request.args.to_dict(flat=False) | {"page": None, "keep": None} | others
    return {name: value for name, value in kept.items() if value not in (None, "", [], [""])}


def lines_of(facts: dict[str, Any], columns: list[ListColumn]) -> list[Found]:
    order, skip = order_of(facts, columns), (facts["page"] - 1) * PAGE
    return listing.listed(visit.store(), visit.house(), wanted_of(facts), **order, limit=PAGE, skip=skip)


def order_of(facts: dict[str, Any], columns: list[ListColumn]) -> dict[str, Any]:
    """A column that is not shown, or may not be read, sorts nothing."""
    column = next((one for one in columns if one.name == facts["sort"]), None)
    sort = column.sort if column else facts["sort"] if facts["sort"] in FIXED else "time"
    return {"sort": sort, "own": column.own if column else None, "is_backwards": facts["down"]}


def wanted_of(facts: dict[str, Any]) -> Wanted:
    span = listing.window(facts["on"], facts["until"], visit.zone())
    statuses = {"ahead": sorted(LIVE), "bin": sorted(ENDED)}.get(facts["which"])
    if facts["which"] == "ahead" and not facts["on"]:
        span |= listing.window(visit.today(), None, visit.zone())
    if facts["which"] == "past" and not facts["until"]:
        span |= listing.window(None, visit.today() - A_DAY, visit.zone())
    return Wanted(
        **span,
        statuses=[facts["status"]] if facts["status"] else statuses,
        service_id=facts["service"],
        resource_ids=columns_at(facts["place"], seen_columns(facts["person"])),
        client_id=facts["client"],
        words=f"%{name_key(facts['words'])}%" if facts["words"] else None,
    )


def pages_of(facts: dict[str, Any], found: list[Found]) -> dict[str, Any]:
    """How many there are, whether there are more, and where a list that is longer than is sorted goes on."""
    count = found[0].reached if found else 0
    has_more = facts["page"] * PAGE < count
    edge = local_day(found[-1].starts_at) if found and count == REACH and not has_more else None
    goes_on = {"until" if facts["down"] else "on": edge, "which": facts["which"] or None} if edge else {}
    return {"count": count, "is_cut": count == REACH, "has_more": has_more, "goes_on": goes_on}


def seen_columns(person: UUID | None) -> list[UUID] | None:
    return listing.columns(person, g.member.rights.over(SEE))


def columns_at(place: UUID | None, columns: list[UUID] | None) -> list[UUID] | None:
    """Of these columns those that receive at the place; who names no place receives everywhere."""
    if place is None:
        return columns
    there = [one.id for one in agenda.resources(visit.store(), visit.house()) if receives(one, place)]
    return there if columns is None else [id for id in columns if id in there]


def receives(one: Any, place: UUID) -> bool:
    return not one.place_ids or place in one.place_ids


def places() -> list[Any]:
    with visit.store().reading(visit.house()) as db:
        return accounts.places(db)


def client_of(id: UUID | None) -> Any:
    return clients.client(visit.store(), visit.house(), id) if id else None
