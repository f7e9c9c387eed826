"""How states, actions and their details are said; a sentence stands in the catalogues under its name in the log."""

from typing import Any

from flask_babel import gettext, lazy_gettext, ngettext

from web.formats import day, lasting, local_day, money

STATES = {
    "booked": "booked",
    "requested": "pending",
    "proposed": "pending",
    "arrived": "arrived",
    "completed": "done",
    "missed": "missed",
    "cancelled": "struck",
    "declined": "struck",
    "expired": "struck",
}
LIVE = frozenset({"booked", "requested", "proposed", "arrived", "completed"})
STATUSES = {
    "booked": lazy_gettext("Confirmed"),
    "requested": lazy_gettext("To approve"),
    "proposed": lazy_gettext("To be confirmed"),
    "arrived": lazy_gettext("Arrived"),
    "completed": lazy_gettext("Completed"),
    "missed": lazy_gettext("Missed"),
    "cancelled": lazy_gettext("Cancelled"),
    "declined": lazy_gettext("Declined"),
    "expired": lazy_gettext("Expired"),
}
# What each state means, for whoever meets it first.
STATUS_HINTS = {
    "booked": lazy_gettext("The time is promised."),
    "requested": lazy_gettext("The client asked, the house has not answered yet; the time is kept."),
    "proposed": lazy_gettext("The house proposed, the client has not answered yet; the time is kept."),
    "arrived": lazy_gettext("The client is here."),
    "completed": lazy_gettext("It took place."),
    "missed": lazy_gettext("The client did not come."),
    "cancelled": lazy_gettext("Given up by the house or the client; it can be put back."),
    "declined": lazy_gettext("The house or the client said no; it can be put back."),
    "expired": lazy_gettext("Nobody answered in time; it can be put back."),
}
CLOSED = {"break": lazy_gettext("Break"), "closed": lazy_gettext("Closed"), "away": lazy_gettext("Away")}
ORIGINS = {
    "public": lazy_gettext("booking page"),
    "api": lazy_gettext("API"),
    "import": lazy_gettext("import"),
    "sync": lazy_gettext("synchronisation"),
    "policy": lazy_gettext("automatic"),
    "support": lazy_gettext("support"),
    "setup": lazy_gettext("set-up"),
}
ROLES = {
    "owner": lazy_gettext("Owner"),
    "manager": lazy_gettext("Manager"),
    "practitioner": lazy_gettext("Practitioner"),
    "secretary": lazy_gettext("Secretary"),
    "viewer": lazy_gettext("Looks only"),
}
# The sign and the state of an action, by the last word of its name in the log.
KINDS = {
    "MessagePlanned": ("clock", "pending"),
    "NotSent": ("mail-warning", "missed"),
    "Sent": ("mail-check", "arrived"),
    "SeriesPlanned": ("calendar-plus", "booked"),
    "Extended": ("calendar-plus", "booked"),
    "Booked": ("calendar-plus", "booked"),
    "Requested": ("calendar-plus", "pending"),
    "Proposed": ("calendar-plus", "pending"),
    "Approved": ("check", "booked"),
    "Withdrawn": ("undo-2", "pending"),
    "Confirmed": ("check", "booked"),
    "Declined": ("ban", "struck"),
    "Moved": ("move", "booked"),
    "Cancelled": ("ban", "missed"),
    "Restored": ("undo-2", "booked"),
    "Reopened": ("undo-2", "booked"),
    "Arrived": ("user-check", "arrived"),
    "Completed": ("check", "done"),
    "Missed": ("user-x", "missed"),
    "Expired": ("hourglass", "struck"),
    "Added": ("plus", "booked"),
    "Changed": ("pencil", "booked"),
    "Edited": ("pencil", "booked"),
    "Removed": ("trash-2", "missed"),
    "Planned": ("lock", "done"),
    "Set": ("settings", "done"),
    "SessionOpened": ("door-open", "arrived"),
    "Opened": ("plus", "done"),
    "Merged": ("users", "done"),
    "Unmerged": ("undo-2", "booked"),
    "Dismissed": ("users", "struck"),
    "Blocked": ("ban", "missed"),
    "Unblocked": ("check", "booked"),
    "Archived": ("lock", "struck"),
    "Pinned": ("star", "booked"),
    "Unpinned": ("star", "struck"),
    "Exported": ("info", "done"),
    "Registered": ("plus", "done"),
    "Used": ("key-round", "done"),
    "Drawn": ("key-round", "done"),
    "Asked": ("mail", "pending"),
    "TurnedOn": ("lock", "arrived"),
    "TurnedOff": ("lock", "missed"),
    "SessionEnded": ("log-out", "done"),
}


def state(status: str) -> str:
    return STATES.get(status, "done")


def status_words(status: str) -> str:
    return str(STATUSES.get(status, status))


def closed_words(label: str) -> str:
    return str(CLOSED.get(label, label))


def action(name: str) -> str:
    """What happened, in words: the event's name is the key of its sentence."""
    return gettext(name)


def kind(name: str) -> tuple[str, str]:
    for ending, sign in KINDS.items():
        if name.endswith(ending):
            return sign
    return "info", "done"


def origin_words(origin: str) -> str:
    """How it was done, when it was not at the desk."""
    return str(ORIGINS.get(origin, ""))


def role_words(role: str) -> str:
    return str(ROLES.get(role, role))


def field_words(field: str) -> str:
    return gettext(f"field.{field}")


def term_words(term: str) -> str:
    return gettext(f"term.{term}")


def rule_words(rule: str) -> str:
    return gettext(f"rule.{rule}")


def value_words(field: str, value: Any) -> str:
    """A value as people write it, by what its field's name says it is."""
    match value:
        case None | "" | []:
            return gettext("none")
        case bool():
            return gettext("yes") if value else gettext("no")
        case list():
            return ", ".join(value_words(field, one) for one in value)
        case int():
            return number_words(field, value)
    return str(value)


def number_words(field: str, value: int) -> str:
    """A number with the unit that its field's name ends in."""
    units = {"cents": money, "minutes": lasting, "days": days_words}
    return units.get(field.rpartition("_")[2], str)(value)


def days_words(count: int) -> str:
    return ngettext("%(num)d day", "%(num)d days", count)


def terms_words(terms: Any) -> list[tuple[str, str]]:
    """The terms of an appointment as pairs of name and value, those that say something."""
    said = ((name, getattr(terms, name)) for name in terms.__struct_fields__)
    return [(term_words(name), value_words(name, value)) for name, value in said if value not in (None, 0, [], "")]


def visits_words(visits: Any) -> str:
    """What the house knows of a client's visits, in one sentence."""
    if not visits.past:
        return gettext("First visit.")
    since = day(local_day(visits.past[-1].starts_at), "plain")
    came = ngettext("%(num)d visit since %(day)s", "%(num)d visits since %(day)s", visits.honoured, day=since)
    missed = ngettext("%(num)d missed", "%(num)d missed", visits.missed)
    return gettext("%(came)s, %(missed)s.", came=came, missed=missed)
