"""What messages to clients say, what became of them, and why, in words."""

from datetime import datetime
from typing import Any

from flask import Flask
from flask_babel import gettext, lazy_gettext

from web.formats import moment, when

KINDS = {
    "booked": lazy_gettext("Confirmation"),
    "received": lazy_gettext("Request received"),
    "proposed": lazy_gettext("Asks to confirm"),
    "moved": lazy_gettext("Another time"),
    "restored": lazy_gettext("Put back"),
    "cancelled": lazy_gettext("Cancellation"),
    "declined": lazy_gettext("Not confirmed"),
    "expired": lazy_gettext("Lapsed"),
    "reminder": lazy_gettext("Reminder"),
}
RULES = {"day-before": lazy_gettext("Reminder on the day before")}
CHANNELS = {"email": lazy_gettext("by e-mail")}
STATES = {
    "to_send": lazy_gettext("To be sent"),
    "sent": lazy_gettext("Sent"),
    "failed": lazy_gettext("Failed"),
    "skipped": lazy_gettext("Not sent"),
}
# The state whose colours a message's state is drawn in, and its sign.
LOOKS = {
    "to_send": ("pending", "clock"),
    "sent": ("arrived", "mail-check"),
    "failed": ("missed", "mail-warning"),
    "skipped": ("struck", "ban"),
}
MARKS = {
    "to_send": lazy_gettext("message to be sent"),
    "sent": lazy_gettext("message sent"),
    "failed": lazy_gettext("message failed"),
}
# Our own reasons; any other is the mail server's answer.
REASONS = {
    "no_email": lazy_gettext("no e-mail address on file"),
    "not_wanted": lazy_gettext("whoever did it chose to send nothing"),
    "of_series": lazy_gettext("no message for each date of a series"),
    "withheld": lazy_gettext("held back by hand"),
    "undone": lazy_gettext("undone before it left"),
    "overtaken": lazy_gettext("something else happened meanwhile"),
    "not_live": lazy_gettext("the appointment does not take place"),
    "booked_too_late": lazy_gettext("booked after the time of the reminder"),
    "begun": lazy_gettext("the appointment had begun"),
    "too_late": lazy_gettext("it could not leave for three days"),
    "house_stands_still": lazy_gettext("the organisation stood still"),
    "address_not_valid": lazy_gettext("the address cannot be written to"),
    "outcome_unknown": lazy_gettext("the mail server did not say whether it took it; so it is not sent twice"),
}


def install(app: Flask) -> None:
    words = (message_words, message_state, message_look, message_mark, message_reason, message_when)
    app.jinja_env.globals.update({say.__name__: say for say in words})


def message_words(one: Any) -> str:
    """Which it is, and through what."""
    words = RULES.get(one.rule) or KINDS.get(one.kind, one.kind)
    return gettext("%(message)s %(channel)s", message=words, channel=CHANNELS.get(one.channel, one.channel))


def message_state(state: str) -> str:
    return str(STATES.get(state, state))


def message_look(state: str) -> tuple[str, str]:
    return LOOKS.get(state, ("done", "mail"))


def message_mark(state: str) -> str:
    return str(MARKS.get(state, ""))


def message_reason(why: str) -> str:
    if why.startswith("refused "):
        return gettext("refused by the mail server (%(codes)s)", codes=why.removeprefix("refused "))
    return str(REASONS.get(why, why))


def message_when(one: Any) -> str:
    """When it was settled, or when it will leave."""
    at: datetime | None = one.settled_at
    return moment(at) if at else when(one.due_at)
