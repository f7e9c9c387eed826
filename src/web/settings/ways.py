"""The ways into the settings, in groups: those that the visitor may go."""

from typing import Any, NamedTuple

from flask import current_app, g, url_for
from flask_babel import lazy_gettext

GROUPS = (
    (
        lazy_gettext("Planning"),
        (
            "settings.hours",
            "settings.absences",
            "settings.closures",
            "settings.services",
            "settings.resources",
            "settings.terms",
            "settings.options",
        ),
    ),
    (lazy_gettext("The house"), ("settings.organisation", "settings.look", "settings.places", "settings.plan")),
    (lazy_gettext("People"), ("settings.team", "settings.access", "files.fields")),
    (lazy_gettext("Technical"), ("settings.tokens", "settings.webhooks", "health.page")),
)
WORDS = {
    "settings.absences": (
        lazy_gettext("Absences"),
        lazy_gettext("Who is away when, and when you are closed: leave, breaks, meetings outside."),
    ),
    "settings.closures": (
        lazy_gettext("Closed dates"),
        lazy_gettext("Public holidays, and the dates on which you close."),
    ),
    "settings.services": (lazy_gettext("Services"), lazy_gettext("What you do: how long, by whom, at what price.")),
    "settings.resources": (
        lazy_gettext("People, rooms, machines"),
        lazy_gettext("Who and what can be booked, in the order of the columns."),
    ),
    "settings.terms": (lazy_gettext("Booking terms"), lazy_gettext("How soon, how far ahead, until when, approval.")),
    "settings.options": (
        lazy_gettext("The look of the agenda"),
        lazy_gettext("Hours shown, step, height, colours, columns."),
    ),
    "settings.hours": (
        lazy_gettext("Opening hours"),
        lazy_gettext("The week of everybody who receives, and dates that differ."),
    ),
    "settings.organisation": (lazy_gettext("Organisation"), lazy_gettext("Name, trade, zone, presentation.")),
    "settings.look": (lazy_gettext("Colour and words"), lazy_gettext("Your colour, and what you call your clients.")),
    "settings.places": (lazy_gettext("Places"), lazy_gettext("Where you receive: names, addresses, zones.")),
    "settings.plan": (
        lazy_gettext("Plan"),
        lazy_gettext("The trial, the plan and its limits; closing the organisation."),
    ),
    "settings.team": (
        lazy_gettext("Team"),
        lazy_gettext("Who belongs to the house, in which role, with which rights."),
    ),
    "settings.access": (
        lazy_gettext("Who enters from where"),
        lazy_gettext("Addresses that may enter, and the support."),
    ),
    "files.fields": (
        lazy_gettext("Fields of client files"),
        lazy_gettext("What your trade needs to know of its clients."),
    ),
    "settings.tokens": (lazy_gettext("API tokens"), lazy_gettext("Let other programs read the agenda and book in it.")),
    "settings.webhooks": (lazy_gettext("Webhooks"), lazy_gettext("Tell other programs what happens, as it happens.")),
    "health.page": (lazy_gettext("Health"), lazy_gettext("Whether everything is read, done and sent in time.")),
}
SIGNS = {
    "settings.hours": "clock",
    "settings.absences": "calendar-off",
    "settings.closures": "calendar-days",
    "settings.services": "book-open",
    "settings.resources": "door-open",
    "settings.terms": "hourglass",
    "settings.options": "sliders-horizontal",
    "settings.organisation": "building-2",
    "settings.look": "palette",
    "settings.places": "map-pin",
    "settings.plan": "info",
    "settings.team": "users",
    "settings.access": "shield-check",
    "files.fields": "sliders-horizontal",
    "settings.tokens": "key-round",
    "settings.webhooks": "webhook",
    "health.page": "heart-pulse",
}


class Way(NamedTuple):
    url: str
    sign: str
    title: Any
    words: Any


def ways_into_settings() -> list[tuple[Any, list[Way]]]:
    """Whoever a page lets in finds the way to it; groups without a way are left out."""
    groups = [(group, [way(name) for name in names if lets_in(name)]) for group, names in GROUPS]
    return [(group, ways) for group, ways in groups if ways]


def lets_in(name: str) -> bool:
    return any(g.member.rights.may(right) for right in current_app.view_functions[name].admits)


def way(name: str) -> Way:
    return Way(url_for(name), SIGNS[name], *WORDS[name])
