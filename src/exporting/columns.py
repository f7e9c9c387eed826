"""The columns of an export, by headings that an import knows again, and a client's file as their cells."""

from collections import Counter
from collections.abc import Sequence

from clients.client_field import ClientField
from clients.custom import written_value
from clients.queries import ClientCard
from importing.client_facts import own_heading

HEADINGS = {
    "id": "Identifiant Carnet",
    "number": "N°",
    "title": "Civilité",
    "last_name": "Nom",
    "first_name": "Prénom",
    "phone": "Téléphone",
    "email": "E-mail",
    "birth_on": "Date de naissance",
    "address": "Adresse",
    "postcode": "Code postal",
    "town": "Ville",
    "remarks": "Remarques",
}


class Columns:
    """The fields of every file, then the house's own, retired ones included: what stands in them is not lost."""

    def __init__(self, fields: Sequence[ClientField]):
        labels = Counter(field.label for field in fields)
        self.own = {str(field.id): own_heading(field, is_alone=labels[field.label] == 1) for field in fields}

    @property
    def headings(self) -> list[str]:
        return [*HEADINGS.values(), *self.own.values()]

    def cells(self, card: ClientCard) -> list[str]:
        return [*plain_cells(card).values(), *self.own_cells(card).values()]

    def own_cells(self, card: ClientCard) -> dict[str, str]:
        """The values of the house's own fields by identifier; empty where there is none."""
        return {id: written_value(card.custom[id]) if id in card.custom else "" for id in self.own}


def plain_cells(card: ClientCard) -> dict[str, str]:
    """The values of the fields of every file, dates as 1980-03-12, phones as +33…"""
    values = ((name, getattr(card, name)) for name in HEADINGS)
    return {name: "" if value is None else str(value) for name, value in values}
