"""Which columns somebody looks at: people, rooms and machines, kept in their browser for the day, named for a week."""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from flask import g, redirect, request
from werkzeug.wrappers import Response

from agenda import queries as agenda
from agenda.options import AgendaOptions
from agenda.queries import ResourceCard
from agenda.resource import KINDS
from web import visit
from web.desk import desk
from web.entry import PERSON, admits
from web.forms import sent
from web.forms_desk import ChooseColumns
from web.kept import keep, kept
from web.onward import local_path
from web.sight import SEE, may

COOKIE = "columns"
# Enough to tell the columns of one house apart, and to hide a hundred of them in one cookie.
TOLD_BY = 12


class Choice(NamedTuple):
    """The kinds shown, and the beginnings of the identifiers of those that are hidden all the same."""

    kinds: tuple[str, ...]
    hidden: frozenset[str] = frozenset()

    def shows(self, card: ResourceCard) -> bool:
        return card.kind in self.kinds and short(card.id) not in self.hidden


def short(id: UUID) -> str:
    return id.hex[:TOLD_BY]


def choice(options: AgendaOptions) -> Choice:
    """What this browser was told; what the house says when it was told nothing that can be read."""
    kinds, _, hidden = kept(COOKIE).partition("~")
    known = tuple(kind for kind in kinds.split(".") if kind in KINDS)
    return Choice(known, frozenset(hidden.split("."))) if known else Choice(options.column_kinds)


def to_choose_from() -> list[ResourceCard]:
    """Every column that the visitor may look at, people first."""
    known = [one for one in agenda.resources(visit.store(), visit.house()) if may(SEE, one)]
    return sorted(known, key=lambda one: KINDS.index(one.kind))


def shown_on_days(known: Iterable[ResourceCard], chosen: Choice) -> list[ResourceCard]:
    return [one for one in known if chosen.shows(one)]


def shown_in_weeks(known: list[ResourceCard], most: int) -> list[ResourceCard]:
    """Those that the address names, at most so many; else the visitor's own, else the first."""
    named = set(request.args.getlist("who"))
    asked = [one for one in known if str(one.id) in named][:most]
    own = [one for one in known if one.id == g.member.resource_id]
    return asked or own or known[:1]


@desk.post("/agenda/columns")
@admits(PERSON)
def choose_columns() -> Response:
    """Nothing chosen is everybody again."""
    facts = sent(ChooseColumns)
    here = urlsplit(request.referrer or "/")
    response = redirect(local_path(f"{here.path}?{here.query}" if here.query else here.path), code=303)
    kinds = [kind for kind in KINDS if kind in facts["kinds"]]
    listed, shown = set(facts["listed"]), set(facts["shown"])
    hidden = [] if listed and not shown else sorted(short(id) for id in listed - shown)
    keep(response, COOKIE, f"{'.'.join(kinds)}~{'.'.join(hidden)}")
    return response
