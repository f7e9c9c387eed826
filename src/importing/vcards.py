"""The people of a vCard file as rows with the headings of a table."""

from collections.abc import Iterator

import msgspec

from importing.cards import Card, cards
from importing.decoding import decoded_lines
from importing.limits import MOST_CELLS, MOST_ROWS, at_most, must_not_be_too_large
from importing.report import FileRefused
from importing.table import Row, Table

# The fields of every file in the order of the export, then whatever the cards call by their own names.
HEADINGS = (
    "Identifiant Carnet",
    "N°",
    "Civilité",
    "Nom",
    "Prénom",
    "Nom complet",
    "Téléphone",
    "E-mail",
    "Date de naissance",
    "Adresse",
    "Code postal",
    "Ville",
    "Remarques",
)
OWN = "X-CARNET-FIELD"
WANTED = frozenset(
    {"N", "FN", "TEL", "EMAIL", "BDAY", "ADR", "NOTE", "X-CARNET-ID", "X-CARNET-NUMBER", OWN}
)


def vcard_table(data: bytes) -> Table:
    """One row for each card; one that cannot be read is a row without a name, which is refused."""
    must_not_be_too_large(len(data))
    lines, encoding = decoded_lines(data)
    headings = list(HEADINGS)
    found = at_most(cards(lines, WANTED), MOST_ROWS)
    return Table(f"vCard, {encoding}", headings, (row_of(card, headings) for card in found))


def row_of(card: Card, headings: list[str]) -> Row:
    """As wide as its own fields ask for; a name that no card had before is one more heading."""
    facts = dict(of_every_file(card)) | own_fields(card)
    headings += [name for name in facts if name not in headings]
    if len(headings) > MOST_CELLS:
        raise FileRefused("too_many_columns", most=str(MOST_CELLS))
    width = max(map(headings.index, facts))
    return Row(card.number, [facts.get(name, "") for name in headings[: width + 1]])


def of_every_file(card: Card) -> Iterator[tuple[str, str]]:
    family, given, additional, prefix = card.first("N").parts(4)
    box, extended, street, town, _, postcode = card.first("ADR").parts(6)
    yield "Identifiant Carnet", card.first("X-CARNET-ID").text
    yield "N°", card.first("X-CARNET-NUMBER").text
    yield "Civilité", prefix
    yield "Nom", family
    yield "Prénom", f"{given} {additional}".strip()
    yield "Nom complet", "" if family or given else card.first("FN").text
    yield "Téléphone", card.first("TEL").text.removeprefix("tel:")
    yield "E-mail", card.first("EMAIL").text
    yield "Date de naissance", dashed(card.first("BDAY").text)
    yield "Adresse", ", ".join(filter(None, (box, extended, street)))
    yield "Code postal", postcode
    yield "Ville", town
    yield "Remarques", card.first("NOTE").text


def own_fields(card: Card) -> dict[str, str]:
    """What an export of ours wrote under names of the house; what is none of ours is left out."""
    found: dict[str, str] = {}
    for each in card.properties:
        if each.name == OWN:
            try:
                name, value = msgspec.json.decode(each.text, type=tuple[str, str])
            except (msgspec.DecodeError, UnicodeEncodeError):
                continue
            found[name] = value
    return found


def dashed(written: str) -> str:
    """19801231 as 1980-12-31."""
    plain = written.partition("T")[0]
    is_plain = len(plain) == 8 and plain.isdigit()
    return f"{plain[:4]}-{plain[4:6]}-{plain[6:]}" if is_plain else plain
