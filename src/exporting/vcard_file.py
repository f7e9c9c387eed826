"""Clients as vCards, 4.0 (RFC 6350) or 3.0 (RFC 2426); what has no property of its own goes to ours."""

import json
from collections.abc import Iterable, Iterator

from clients.queries import ClientCard
from exporting.columns import Columns, plain_cells

LONGEST_LINE = 75


def vcard_bytes(columns: Columns, cards: Iterable[ClientCard], version: str) -> Iterator[bytes]:
    for card in cards:
        yield "".join(f"{folded(line)}\r\n" for line in lines_of(columns, card, version)).encode()


def lines_of(columns: Columns, card: ClientCard, version: str) -> Iterator[str]:
    known = {name: escaped(value) for name, value in plain_cells(card).items()}
    yield from ("BEGIN:VCARD", f"VERSION:{version}")
    yield f"N:{known['last_name']};{known['first_name']};;{known['title']};"
    yield f"FN:{escaped(card.name)}"
    yield from lines_with_values(known)
    for id, value in columns.own_cells(card).items():
        if value:
            yield f"X-CARNET-FIELD:{escaped(json.dumps([columns.own[id], value], ensure_ascii=False))}"
    yield "END:VCARD"


def lines_with_values(known: dict[str, str]) -> Iterator[str]:
    """A line for each property that says something."""
    for name in ("TEL", "EMAIL", "BDAY", "NOTE"):
        if value := known[{"TEL": "phone", "EMAIL": "email", "BDAY": "birth_on", "NOTE": "remarks"}[name]]:
            yield f"{name}:{value.replace('-', '') if name == 'BDAY' else value}"
    if known["address"] or known["town"] or known["postcode"]:
        yield f"ADR:;;{known['address']};{known['town']};;{known['postcode']};"
    if known["number"]:
        yield f"X-CARNET-NUMBER:{known['number']}"
    yield f"X-CARNET-ID:{known['id']}"


def escaped(words: str) -> str:
    for sign, written in (("\\", "\\\\"), ("\n", "\\n"), (",", "\\,"), (";", "\\;")):
        words = words.replace(sign, written)
    return words


def folded(line: str) -> str:
    """Lines of at most 75 bytes; a continuation begins with a space, and no letter is cut."""
    pieces, piece, length = [], "", 0
    for letter in line:
        size = len(letter.encode())
        if length + size > LONGEST_LINE:
            pieces.append(piece)
            piece, length = " ", 1
        piece, length = piece + letter, length + size
    return "\r\n".join([*pieces, piece])
