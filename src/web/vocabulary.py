"""What a house calls those who come and what they come to: whole sentences of the catalogues, chosen by its words."""

from collections.abc import Iterator

import flask_babel
from flask import Flask, g
from flask_babel import get_translations

from accounts.organisation import APPOINTMENT_WORDS, CLIENT_WORDS

# The texts that are written anew for each word; the catalogues have them under the word, a colon and the text.
OF_CLIENTS = (
    "Clients",
    "Client",
    "New client",
    "Find a client",
    "All clients",
    "Latest clients",
    "Following clients",
    "no client",
    "No client here yet",
    "Client, phone, e-mail",
    "The client asked for this person",
    "asked for by the client",
    "Waiting for the client",
    "At the client's request",
    "Words of the client",
    "Import clients",
    "Export clients",
    "Fields of client files",
)
OF_APPOINTMENTS = (
    "Appointment",
    "New appointment",
    "New appointment with %(name)s",
    "New appointment, %(time)s, %(name)s",
    "Make the appointment",
    "(makes the appointment)",
    "Appointment made, %(name)s, %(time)s.",
    "Cancel the appointment",
    "History of the appointment",
    "No appointment on this day",
    "No appointment here",
    "%(num)d appt",
)
WORDS_FOR = {
    **dict.fromkeys(OF_CLIENTS, "client_word"),
    **dict.fromkeys(OF_APPOINTMENTS, "appointment_word"),
}
USUAL = {CLIENT_WORDS[0], APPOINTMENT_WORDS[0]}


def install(app: Flask) -> None:
    """What templates say goes through the house's words, without their doing anything for it."""
    app.jinja_env.install_gettext_callables(told, counted, newstyle=True)


def key_of(text: str) -> str:
    """Under which key the house of this visit says a text."""
    member = g.get("member")
    word = getattr(member, WORDS_FOR.get(text, ""), "")
    return f"{word}: {text}" if word and word not in USUAL else text


def gettext(text: str, **facts: object) -> str:
    """The text in the house's words, for messages that the program writes."""
    return flask_babel.gettext(key_of(text), **facts)


def told(text: str) -> str:
    return get_translations().ugettext(key_of(text))


def counted(one: str, many: str, count: int) -> str:
    key = key_of(one)
    return get_translations().ungettext(key, many if key == one else key.replace(one, many), count)


def keys() -> Iterator[str]:
    """Every sentence that the catalogues have for the houses' words."""
    for words, texts in ((CLIENT_WORDS, OF_CLIENTS), (APPOINTMENT_WORDS, OF_APPOINTMENTS)):
        yield from (f"{word}: {text}" for word in words if word not in USUAL for text in texts)
