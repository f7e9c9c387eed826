"""Appointments as a list: filtered, sorted, and settled many at once; and the requests that wait for an answer."""

from typing import Any
from uuid import UUID

from flask import g, render_template, request

from agenda import queries as agenda
from booking.appointment import WAITING
from clients.words import name_key
from projections import listing
from projections.listing import Found, Wanted
from web import visit
from web.desk import desk
from web.entry import admits
from web.forms import asked
from web.forms_list import Narrow
from web.sight import SEE, may, practitioners
from web.words import STATUSES

PAGE = 100


@desk.get("/list")
@admits("agenda.see")
def list_appointments() -> str:
    facts = asked(Narrow)
    if not request.args:
        facts["on"] = visit.today()
    found = lines_of(facts)
    return render_template(
        "listing/page.html",
        facts=facts,
        lines=found[:PAGE],
        has_more=len(found) > PAGE,
        people=practitioners(),
        services=agenda.services(visit.store(), visit.house()),
        statuses=STATUSES,
        here=here,
    )


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


def here(**others: Any) -> dict[str, Any]:
    """The address of this list with something else of it."""
    return {name: value for name, value in {**request.args.to_dict(), "page": None, **others}.items() if value}


def lines_of(facts: dict[str, Any]) -> list[Found]:
    wanted = Wanted(
        **listing.window(facts["on"], facts["until"], visit.zone()),
        statuses=[facts["status"]] if facts["status"] else None,
        service_id=facts["service"],
        resource_ids=seen_columns(facts["person"]),
        words=f"%{name_key(facts['words'])}%" if facts["words"] else None,
    )
    order = {"sort": facts["sort"], "is_backwards": facts["down"]}
    skip = (facts["page"] - 1) * PAGE
    return listing.listed(visit.store(), visit.house(), wanted, **order, limit=PAGE + 1, skip=skip)


def seen_columns(person: UUID | None) -> list[UUID] | None:
    return listing.columns(person, g.member.rights.over(SEE))
