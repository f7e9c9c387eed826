"""The names behind the identifiers of the log, looked up once for many lines."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_babel import gettext

from accounts import queries as accounts
from accounts.team import queries as team
from agenda.timetable import settings_of
from clients.queries import cards
from clients.queries.fields import fields_in
from kernel.texts import words_of
from projections.history import HistoryLine
from web import visit


class Names:
    """Names of members, clients, services, resources, and the words that events point at."""

    def __init__(self, lines: Iterable[HistoryLine]):
        ids = {id for line in lines for id in ids_in(line)}
        with visit.store().reading(visit.house()) as db:
            settings = settings_of(db, visit.house())
            self.known = {id: service.name for id, service in settings.services.items()}
            self.known |= {id: question.wording for id, question in settings.questions.items()}
            spoken = {id: each.name_id for id, each in settings.resources.items()}
            texts = words_of(db, [*ids, *spoken.values()])
            self.known |= {id: texts.get(name_id, "") for id, name_id in spoken.items()} | texts
            self.known |= {id: card.name for id, card in cards(db, list(ids)).items()}
            self.known |= team.names_of(db, list(ids))
            self.known |= {field.id: field.label for field in fields_in(db, is_all=True)}

    def of(self, id: UUID | str) -> str:
        return self.known.get(as_id(id), "")

    def actor(self, actor: str) -> str:
        """Who acted: a member or a client by name; empty for the program itself."""
        role, _, id = actor.partition("/")
        match role:
            case "staff":
                return self.member(as_id(id))
            case "person":
                return self.person(as_id(id))
            case "support":
                return gettext("Support")
            case "client":
                return self.of(id) or self.client(as_id(id))
        return ""

    def client(self, id: UUID | None) -> str:
        with visit.store().reading(visit.house()) as db:
            return next((card.name for card in cards(db, [id] if id else []).values()), "")

    def person(self, id: UUID | None) -> str:
        """Somebody who joined, by the name that the team has for them."""
        return team.name_of_person(visit.store(), visit.house(), id) if id else ""

    def member(self, id: UUID | None) -> str:
        if id and id not in self.known:
            found = accounts.member(visit.store(), visit.house(), id)
            self.known[id] = found.name if found else ""
        return self.known.get(id, "") if id else ""


def ids_in(line: HistoryLine) -> Iterable[UUID]:
    values = [line.stream_id, line.client_id, line.actor.partition("/")[2], line.behalf.partition("/")[2]]
    values += [value for change in line.changes for value in (change.old, change.new)]
    return (id for value in values if (id := as_id(value)))


def as_id(value: Any) -> UUID | None:
    """The identifier that a plain value of the log stands for, if it does."""
    if isinstance(value, UUID):
        return value
    if not isinstance(value, str) or len(value) != 36:
        return None
    try:
        return UUID(value)
    except ValueError:
        return None
