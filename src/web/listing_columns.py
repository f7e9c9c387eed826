"""The columns that a list of appointments may have beside the fixed ones, and what stands in each."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext
from msgspec import Struct
from werkzeug.wrappers import Response

from clients import queries as clients
from clients.custom import written_value
from projections.listing import Found
from web import visit
from web.formats import money, when
from web.kept import keep, kept
from web.names import Names
from web.sight import CONTACTS, may
from web.words import origin_words

COOKIE = "list-columns"
OWN = "own-"
MOST = 20
LONGEST = 900
WORDS = {
    "phone": lazy_gettext("Phone"),
    "email": lazy_gettext("E-mail"),
    "price": lazy_gettext("Price"),
    "note": lazy_gettext("Internal note"),
    "location": lazy_gettext("Address or room"),
    "made_at": lazy_gettext("Made on"),
    "made_by": lazy_gettext("Made by"),
    "source": lazy_gettext("Made through"),
}
OF_CONTACTS = ("phone", "email")


class ListColumn(Struct, frozen=True, kw_only=True):
    """`own` is the client field behind it, where it is one of the house's own."""

    name: str
    words: str
    own: UUID | None = None

    @property
    def sort(self) -> str:
        return "own" if self.own else self.name


def offered() -> list[ListColumn]:
    """Those that the visitor may read: contacts and the house's own fields go together."""
    plain = [ListColumn(name=name, words=str(said)) for name, said in WORDS.items() if may_read(name)]
    if not may(CONTACTS):
        return plain
    fields = clients.client_fields(visit.store(), visit.house())
    return plain + [ListColumn(name=f"{OWN}{field.id}", words=field.label, own=field.id) for field in fields]


def may_read(name: str) -> bool:
    return name not in OF_CONTACTS or may(CONTACTS)


def chosen(asked: list[str], known: list[ListColumn]) -> list[ListColumn]:
    """Those in the address; without any, those that this browser remembers."""
    names = asked or kept(COOKIE).split(" ")
    return [one for one in known if one.name in names][:MOST]


def remember(response: Response, columns: list[ListColumn]) -> Response:
    names = " ".join(one.name for one in columns)[:LONGEST]
    keep(response, COOKIE, names)
    return response


def writer() -> Callable[[Found, ListColumn], str]:
    """What stands in a column of a line; names of colleagues are looked up once."""
    names = Names(())
    said: dict[str, Callable[[Found], Any]] = {
        "phone": lambda one: one.client.phone_in(visit.country()) if one.client else "",
        "email": lambda one: one.client.email if one.client else "",
        "price": lambda one: "" if one.price_cents is None else money(one.price_cents, one.currency),
        "note": lambda one: one.note,
        "location": lambda one: one.location,
        "made_at": lambda one: when(one.made_at) if one.made_at else "",
        "made_by": lambda one: names.actor(one.made_by),
        "source": lambda one: origin_words(one.source),
    }

    def write(one: Found, column: ListColumn) -> str:
        if column.own:
            value = one.client.custom.get(str(column.own)) if one.client else None
            return "" if value is None else written_value(value)
        return str(said[column.name](one))

    return write
