"""The people of a vCard file as rows with the headings of a table."""

import contextlib
import logging
from collections.abc import Iterator
from typing import Any

import msgspec
import vobject
from vobject.base import Component, ParseError

from importing.decoding import decoded
from importing.report import FileRefused
from importing.tables import Row, Table

BEGIN = b"BEGIN:VCARD"
# The fields of every file in the order of the export, then whatever the card calls by its own name.
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
FAULTS = (ParseError, ValueError, KeyError, IndexError, AttributeError, TypeError)


def is_vcard(data: bytes) -> bool:
    return data.lstrip(b"\xef\xbb\xbf \r\n\t")[: len(BEGIN)].upper() == BEGIN


def vcard_table(data: bytes) -> Table:
    """Raises FileRefused where no card can be read."""
    text, encoding = decoded(data)
    found = list(cards(text))
    if not found:
        raise FileRefused("vcard_unreadable")
    own = list(dict.fromkeys(name for _, facts in found for name in facts if name not in HEADINGS))
    headings = [*HEADINGS, *own]
    rows = [Row(number, [facts.get(name, "") for name in headings]) for number, facts in found]
    return Table(f"vCard, {encoding}", headings, rows)


def cards(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each card with the line where it begins; one that cannot be read is a row without a name, which is refused."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    begins = [number for number, line in enumerate(lines) if line.strip().upper() == "BEGIN:VCARD"]
    for begin, end in zip(begins, [*begins[1:], len(lines)], strict=True):
        yield begin + 1, facts_in("\r\n".join(lines[begin:end]).strip() + "\r\n")


def facts_in(text: str) -> dict[str, str]:
    logging.getLogger("vobject").setLevel(logging.CRITICAL)
    with contextlib.suppress(*FAULTS):
        card = vobject.readOne(text)
        return {name: value for name, value in (*of_every_file(card), *own_fields(card)) if value}
    return {}


def of_every_file(card: Component) -> Iterator[tuple[str, str]]:
    name, address = first(card, "n"), first(card, "adr")
    yield "Civilité", joined(getattr(name, "prefix", ""))
    yield "Nom", joined(getattr(name, "family", ""))
    yield "Prénom", " ".join(filter(None, (joined(getattr(name, part, "")) for part in ("given", "additional"))))
    if not any(joined(getattr(name, part, "")) for part in ("family", "given")):
        yield "Nom complet", joined(first(card, "fn"))
    yield "Téléphone", joined(first(card, "tel")).removeprefix("tel:")
    yield "E-mail", joined(first(card, "email"))
    yield "Date de naissance", dashed(joined(first(card, "bday")))
    parts = (joined(getattr(address, part, "")) for part in ("box", "extended", "street"))
    yield "Adresse", ", ".join(filter(None, parts))
    yield "Code postal", joined(getattr(address, "code", ""))
    yield "Ville", joined(getattr(address, "city", ""))
    yield "Remarques", joined(first(card, "note"))


def own_fields(card: Component) -> Iterator[tuple[str, str]]:
    yield "Identifiant Carnet", joined(first(card, "x-carnet-id"))
    yield "N°", joined(first(card, "x-carnet-number"))
    for line in card.contents.get("x-carnet-field", []):
        with contextlib.suppress(msgspec.DecodeError):
            yield msgspec.json.decode(line.value, type=tuple[str, str])


def first(card: Component, name: str) -> Any:
    """The value that the card prefers, or the first."""
    lines = card.contents.get(name, [])
    preferred = [line for line in lines if "pref" in str(line.params).lower()]
    return (preferred or lines)[0].value if lines else ""


def joined(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def dashed(written: str) -> str:
    """19801231 as 1980-12-31."""
    plain = written.partition("T")[0]
    is_plain = len(plain) == 8 and plain.isdigit()
    return f"{plain[:4]}-{plain[4:6]}-{plain[6:]}" if is_plain else plain
