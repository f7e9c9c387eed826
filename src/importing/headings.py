"""Columns by their headings, in French and English, in any case and accents."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from clients.words import name_key


class Cell(NamedTuple):
    """A value of a row, with its field (empty for an unknown one) and the heading as written."""

    field: str
    heading: str
    value: Any


class Headings:
    """The headings known for each field, best first; `any_of` are groups of which one whole group is needed."""

    def __init__(self, fields: Mapping[str, str], any_of: tuple[tuple[str, ...], ...], needs: str):
        self.field_of = {heading: field for field, words in fields.items() for heading in words.split("|")}
        self.ranks = list(fields)
        self.any_of = any_of
        self.needs = needs

    def field(self, heading: Any) -> str:
        return self.field_of.get(name_key(str(heading or "")), "")

    def count(self, cells: Iterable[Any]) -> int:
        return len({field for cell in cells if (field := self.field(cell))})

    def suffice(self, cells: Iterable[Any]) -> bool:
        found = {self.field(cell) for cell in cells}
        return any(found.issuperset(group) for group in self.any_of)

    def cells(self, headings: list[str], row: list[Any], fields: list[str] | None = None) -> list[Cell]:
        """The row's cells in the order of the fields, unknown ones last; cells beyond the headings count as unknown.

        `fields` say where each column goes, when somebody chose.
        """
        width = max(len(headings), len(row))
        names = [heading or f"({number})" for number, heading in enumerate(padded(headings, width), 1)]
        known = padded([self.field(name) for name in names] if fields is None else fields, width)
        cells = [Cell(*cell) for cell in zip(known, names, padded(row, width), strict=True)]
        return sorted(cells, key=self.rank)

    def rank(self, cell: Cell) -> int:
        return self.ranks.index(cell.field) if cell.field in self.ranks else len(self.ranks)


def padded(values: list[Any], width: int) -> list[Any]:
    return [*values, *[""] * (width - len(values))]


CLIENTS = Headings(
    {
        "id": "identifiant carnet|carnet id|id carnet",
        "number": "n|no|num|numero|n client|no client|numero client|numero de client|n dossier|numero de dossier"
        "|n fiche|id|id client|identifiant|reference|ref|code|code client|number|client id|client number",
        "title": "civilite|civ|titre|title|salutation",
        "last_name": "nom|nom de famille|nom usuel|nom d usage|last name|lastname|surname|family name",
        "first_name": "prenom|prenoms|first name|firstname|given name|forename",
        "full_name": "nom complet|nom et prenom|nom prenom|nom prenoms|prenom nom|prenom et nom|client|patient|cliente"
        "|nom du client|nom du patient|full name|name|display name|client name",
        "mobile": "mobile|portable|tel portable|telephone portable|tel mobile|telephone mobile|tel port|gsm|n mobile"
        "|n portable|numero de portable|cell|cell phone|mobile phone",
        "phone": "tel|telephone|tel fixe|telephone fixe|fixe|tel domicile|telephone domicile|tel 1|telephone 1|n tel"
        "|n telephone|numero de telephone|phone|phone number|phone 1 value|home phone|tel travail|tel bureau|tel 2"
        "|telephone 2|work phone|phone 2 value",
        "email": "e mail|email|mail|courriel|adresse e mail|adresse email|adresse mail|adresse electronique|mel"
        "|email address|e mail address|e mail 1 value",
        "birth_on": "ne e le|ne le|nee le|date de naissance|naissance|date naissance|d naissance|ddn|birthday"
        "|birth date|birthdate|date of birth|dob|born on",
        "address": "adresse|adresse postale|adresse 1|rue|voie|adresse 2|complement|complement d adresse|address"
        "|address 1|street|street address|address 2|address line 1|address line 2|address 1 street",
        "postcode": "cp|code postal|c p|postal code|postcode|zip|zip code|address 1 postal code",
        "town": "ville|commune|localite|town|city|address 1 city",
        "remarks": "commentaires|commentaire|remarques|remarque|notes|note|observations|observation|informations"
        "|comments|comment|remarks",
    },
    any_of=(("last_name",), ("full_name",), ("first_name",), ("id",)),
    needs="Nom, Nom complet",
)

APPOINTMENTS = Headings(
    {
        "uid": "n|no|numero|id|uid|identifiant|reference|ref|n rdv|id rdv",
        "date": "date|jour|date du rendez vous|date du rdv|date rdv|day",
        "start": "debut|heure|heure de debut|heure debut|de|horaire|heure du rdv|heure rdv|date de debut|date et heure"
        "|date heure|start|start time|from|time|begin",
        "end": "fin|heure de fin|heure fin|a|date de fin|end|end time|to|until",
        "duration": "duree|duree min|duree minutes|duree en minutes|minutes|duration|length",
        "client": "client|cliente|patient|patiente|nom complet|nom du client|nom du patient|client name|name",
        "last_name": "nom|nom client|nom patient|last name|surname",
        "first_name": "prenom|prenom client|prenom patient|first name",
        "email": "e mail|email|mail|courriel",
        "service": "prestation|prestations|service|motif|motif de consultation|acte|soin|type|type de rendez vous|objet"
        "|titre|subject|title|appointment type|reason",
        "practitioner": "praticien|praticienne|collaborateur|collaboratrice|agenda|intervenant|intervenante|medecin"
        "|therapeute|employe|employee|practitioner|staff|provider|with|avec",
        "location": "lieu|adresse|salle|cabinet|location|place|room",
        "status": "statut|etat|status|state",
        "note": "commentaires|commentaire|remarques|remarque|notes|note|observations|description|comments|comment",
    },
    any_of=(("date", "start"), ("start", "end"), ("start", "duration"), ("start", "client"), ("start", "service")),
    needs="Date, Début, Fin / Durée, Client",
)
