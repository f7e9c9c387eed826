"""The one box: clients by name, phone or e-mail, appointments by whom, when and for what, and services."""

from datetime import date
from typing import Any

from flask import render_template, request
from msgspec import Struct

from agenda import queries as agenda
from agenda.service import Service
from clients import queries as clients
from clients.queries import ClientCard
from kernel.texts import writable
from projections import listing
from projections.listing import Found, Wanted
from web import visit
from web.desk import desk
from web.desk.listing import seen_columns
from web.entry import admits
from web.search_words import Sought, sought
from web.sight import CONTACTS, may

# In the popover and on the page.
FEW, MANY = 6, 30
LONGEST = 100


class Hits(Struct, frozen=True, kw_only=True):
    clients: list[ClientCard]
    appointments: list[Found]
    services: list[Service]

    @property
    def count(self) -> int:
        return len(self.clients) + len(self.appointments) + len(self.services)


@desk.get("/search")
@admits("agenda.see")
def search() -> str:
    """Below the box as one types; without a script, a page."""
    words = writable(request.args.get("words", "")).strip()[:LONGEST]
    most = FEW if visit.is_htmx() else MANY
    template = "search/found.html" if visit.is_htmx() else "search/page.html"
    return render_template(template, words=words, hits=hits_for(words, most))


def hits_for(words: str, most: int) -> Hits:
    if not words:
        return Hits(clients=[], appointments=[], services=[])
    services = agenda.services(visit.store(), visit.house())
    asked = sought(words, services, visit.today())
    # What names no day and no service may still be a client of that name.
    people = people_for(words if not asked.days else asked.words, most)
    return Hits(clients=people, appointments=appointments_for(asked, people, most), services=asked.services[:most])


def people_for(words: str, most: int) -> list[ClientCard]:
    if not words or not may("clients.see"):
        return []
    return clients.closest(visit.store(), visit.house(), words, most, by_contacts=may(CONTACTS))


def appointments_for(asked: Sought, people: list[ClientCard], most: int) -> list[Found]:
    if asked.id_from:
        return listed(most, id_from=asked.id_from, id_until=asked.id_until)
    whose = people or (people_for(asked.words, most) if asked.words and asked.services else [])
    narrow = narrowed(asked, whose)
    if asked.days:
        return of_days(asked.days, narrow, most) if not asked.words or whose else []
    if whose:
        return near_now(narrow | {"client_ids": [one.id for one in whose]}, most)
    return near_now(narrow, most) if asked.services and not asked.words else []


def narrowed(asked: Sought, whose: list[ClientCard]) -> dict[str, Any]:
    """By the service where exactly one is meant, by those clients where words are left for them."""
    service = {"service_id": asked.services[0].id} if len(asked.services) == 1 else {}
    return service | ({"client_ids": [one.id for one in whose]} if asked.words and whose else {})


def of_days(days: list[date], narrow: dict[str, Any], most: int) -> list[Found]:
    """On the nearest of the days meant that has any."""
    found = (listed(most, **listing.window(day, day, visit.zone()), **narrow) for day in days)
    return next((lines for lines in found if lines), [])


def near_now(narrow: dict[str, Any], most: int) -> list[Found]:
    """What is to come, soonest first, then what was, latest first."""
    ahead = listed(most, first=visit.now(), **narrow)
    return ahead + listed(most - len(ahead), last=visit.now(), is_backwards=True, **narrow)


def listed(most: int, *, is_backwards: bool = False, **narrow: Any) -> list[Found]:
    wanted = Wanted(resource_ids=seen_columns(None), **narrow)
    if most < 1:
        return []
    return listing.listed(visit.store(), visit.house(), wanted, is_backwards=is_backwards, limit=most, reach=most)
