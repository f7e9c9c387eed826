"""The house's own fields in a form: what was sent in them, and how they are shown."""

from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext

from clients.client_field import ClientField
from clients.queries import ClientCard, client_fields
from web import visit
from web.formats import day
from web.words import field_words, value_words

# Sent with a form that shows the house's own fields, so that an empty one is meant.
PREFIX = "own-"


def own_fields(*, is_all: bool = False) -> list[ClientField]:
    return client_fields(visit.store(), visit.house(), is_all=is_all)


def sent_own() -> dict[str, Any]:
    """The values by identifier of the field, lists for several choices; empty where the form shows none."""
    custom: dict[str, Any] = {}
    for field in own_fields():
        name = f"{PREFIX}{field.id}"
        if name in request.form:
            # A list sends an empty value along, so that nothing ticked is told from not being asked.
            sent = [value for value in request.form.getlist(name) if value]
            custom[str(field.id)] = sent if field.kind == "choices" else "".join(sent[:1])
    return {"custom": custom} if custom else {}


def shown_own(person: ClientCard) -> list[tuple[str, str]]:
    """Label and value of what is filled in, in the order of the house, retired fields last."""
    known = [field for field in own_fields(is_all=True) if str(field.id) in person.custom]
    return [(field.label, shown_value(field.kind, person.custom[str(field.id)])) for field in known]


def shown_value(kind: str, value: Any) -> str:
    if kind == "date":
        return day(date.fromisoformat(value), "plain")
    return value_words("", value)


def label_of(name: str, fields: list[ClientField]) -> str:
    """A field of a client's file in words, the house's own by its label."""
    own = {str(field.id): field.label for field in fields}
    return own.get(name) or (field_words(name) if "-" not in name else gettext("a field no longer there"))
