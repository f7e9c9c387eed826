"""The whole form of a new appointment: services, people, rooms, a price, notes; and the search for a free time."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import render_template, request
from msgspec import Struct

from agenda import queries as agenda
from agenda.queries import Slot
from agenda.wanted import Wanted
from booking.making import minutes_of
from kernel.errors import Refusal
from projections.desk import AppointmentCard
from web import visit
from web.desk import desk
from web.desk.create import for_whom, form_facts, here
from web.desk.panel import card_of
from web.entry import admits
from web.formats import local_day, wall_time
from web.forms import asked, sent
from web.forms_desk import Blank, Draft, person_of
from web.questions import questions_for
from web.refusals import sentence

LOOK_AHEAD = timedelta(days=14)
DAYS_OFFERED, A_DAY_OFFERS = 5, 8
WORDS = ("note", "client_note", "location", "video_link")
EMPTY = {"service_id": "", "resource_id": "", "room_id": "", "duration_minutes": ""}


class Offered(Struct, frozen=True, kw_only=True):
    """The free times of a search by local date, at most some of each; or why there are none."""

    days: list[tuple[date, list[Slot]]] = []
    refused: str = ""


@desk.get("/appointments/new")
@admits("agenda.write")
def new() -> str:
    if {"resource", "at"} <= request.args.keys():
        return here()
    blank = for_whom(asked(Blank))
    if blank["like"]:
        return draft_page(resembling(card_of(blank["like"]), blank))
    return draft_page(begun(blank))


@desk.post("/appointments/new")
@admits("agenda.write")
def find_times() -> str:
    """The free times for what is written so far: as a fragment, or with the form as it was."""
    facts = sent(Draft)
    found = offered(facts["wanted"], facts["on"] or visit.today())
    if visit.is_htmx():
        return render_template("create/slots.html", offered=found, slot_people=slot_people())
    return draft_page(facts | {"rows": rows_of(facts["wanted"])}, found)


def draft_page(facts: dict[str, Any], found: Offered | None = None) -> str:
    listed = form_facts({"client": facts["client_id"], "words": facts.get("words", "")})
    rooms = agenda.resources(visit.store(), visit.house(), kind="room")
    asked_for = questions_for(each.service_id for each in facts.get("wanted", ()))
    about = {"questions": asked_for, "given": {}, "faults": {}}
    about |= {"draft": facts, "rooms": rooms, "offered": found, "slot_people": slot_people()}
    return render_template("create/page.html", **about, **listed)


def slot_people() -> Callable[[Slot], str]:
    """Says whom a free time is with."""
    names = {one.id: one.name for one in agenda.resources(visit.store(), visit.house())}
    return lambda slot: ", ".join(dict.fromkeys(names.get(id, "") for part in slot.resource_ids for id in part))


def begun(blank: dict[str, Any]) -> dict[str, Any]:
    """An empty form with what is known: the client, the day, the person."""
    row = EMPTY | {"service_id": str(blank["service"] or ""), "resource_id": str(blank["resource"] or "")}
    facts = {"client_id": blank["client"], "on": blank["on"] or visit.today(), "time": blank["time"]}
    return facts | {"rows": [row], "notice": "tell", "words": blank["words"]}


def resembling(card: AppointmentCard, blank: dict[str, Any]) -> dict[str, Any]:
    """The same for the same client, on another day; with the free times near it."""
    on = local_day(card.starts_at) + timedelta(weeks=blank["weeks"]) if blank["weeks"] else None
    kinds = {one.id: one.kind for one in agenda.resources(visit.store(), visit.house())}
    wanted = [again(segment, kinds) for segment in card.segments]
    facts = {"client_id": card.client.id if card.client else None, "rows": rows_of(wanted), "notice": "tell"}
    facts |= {"on": on or max(visit.today(), local_day(card.starts_at)), "time": wall_time(card.starts_at)}
    facts |= {"is_asked_for": card.is_asked_for, "location": card.location, "video_link": card.video_link}
    return facts | {"wanted": wanted, "is_search_wanted": True}


def again(segment: Any, kinds: dict[UUID, str], *, with_rooms: bool = False) -> Wanted:
    """The same service with the same person for as long; elsewhere in time another room may do."""
    people, rooms = (first_of(segment, kinds, kind) for kind in ("practitioner", "room"))
    return Wanted(segment.service_id, people + (rooms if with_rooms else ()), minutes_of(segment))


def first_of(segment: Any, kinds: dict[UUID, str], kind: str) -> tuple[UUID, ...]:
    return tuple(use.resource_id for use in segment.uses if kinds.get(use.resource_id) == kind)[:1]


def rows_of(wanted: Iterable[Wanted]) -> list[dict[str, str]]:
    """As the form has them, with one row at least."""
    kinds = {one.id: one.kind for one in agenda.resources(visit.store(), visit.house())}
    return [row_of(each, kinds) for each in wanted] or [EMPTY]


def row_of(wanted: Wanted, kinds: dict[UUID, str]) -> dict[str, str]:
    person = person_of(wanted, kinds)
    room = next((id for id in wanted.resource_ids if id != person), None)
    values = (wanted.service_id, person, room, wanted.duration_minutes)
    return dict(zip(EMPTY, (str(value or "") for value in values), strict=True))


def offered(wanted: list[Wanted], on: date) -> Offered:
    """From a date on, within two weeks; farther away, the next one alone."""
    if not wanted:
        return Offered()
    house, now = (visit.store(), visit.house()), visit.now()
    try:
        slots = agenda.find_slots(*house, wanted, on, on + LOOK_AHEAD, now, for_staff=True)
        if not slots:
            later = agenda.first_slot(*house, wanted, max(now, midnight(on)), now, for_staff=True)
            slots = [later] if later else []
    except Refusal as refusal:
        return Offered(refused=sentence(refusal))
    days = [(day, list(some)[:A_DAY_OFFERS]) for day, some in groupby(slots, lambda slot: local_day(slot.starts_at))]
    return Offered(days=days[:DAYS_OFFERED])


def midnight(on: date) -> datetime:
    return visit.instant(on, datetime.min.time())
