"""Clients as XML: one element each, fields of the house with their label."""

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from clients.queries import ClientCard
from exporting.columns import Columns, plain_cells


def xml_bytes(columns: Columns, cards: Iterable[ClientCard]) -> Iterator[bytes]:
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<clients>\n'
    for card in cards:
        yield client_of(columns, card).encode()
    yield b"</clients>\n"


def client_of(columns: Columns, card: ClientCard) -> str:
    """Empty fields are left out."""
    plain = plain_cells(card)
    id = plain.pop("id")
    lines = [f"  <{name}>{escape(value)}</{name}>\n" for name, value in plain.items() if value]
    for field_id, value in columns.own_cells(card).items():
        if value:
            label = quoteattr(columns.own[field_id])
            lines.append(f"  <field id={quoteattr(field_id)} label={label}>{escape(value)}</field>\n")
    return f"<client id={quoteattr(id)}>\n{''.join(lines)}</client>\n"
