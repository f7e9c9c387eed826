"""An export of client files: all of them or those of a search, in one order, however many, in little memory."""

from collections.abc import Callable, Iterator
from functools import partial
from uuid import UUID, uuid4

from msgspec import Struct

from clients.commands import note_export
from clients.queries import ClientCard, client_fields, page, search
from exporting.blocks import in_blocks
from exporting.columns import Columns
from exporting.csv_file import csv_bytes
from exporting.vcard_file import vcard_bytes
from exporting.xlsx_file import xlsx_bytes
from exporting.xml_file import xml_bytes
from kernel.actors import Act
from kernel.errors import Refusal
from kernel.store import Store

A_PAGE = 2000


class FormatUnknown(Refusal):
    pass


class Format(Struct, frozen=True):
    """A form of file: the end of its name, its media type, and how it is written."""

    ending: str
    media_type: str
    write: Callable[[Columns, Iterator[ClientCard]], Iterator[bytes]]


FORMATS = {
    "csv": Format("csv", "text/csv; charset=utf-8", partial(csv_bytes, separator=";")),
    "csv-comma": Format("csv", "text/csv; charset=utf-8", partial(csv_bytes, separator=",")),
    "xlsx": Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_bytes),
    "xml": Format("xml", "application/xml; charset=utf-8", xml_bytes),
    "vcard": Format("vcf", "text/vcard; charset=utf-8", partial(vcard_bytes, version="4.0")),
    "vcard-3": Format("vcf", "text/vcard; charset=utf-8", partial(vcard_bytes, version="3.0")),
}


class Export(Struct, frozen=True):
    """`pieces` are the bytes of the file, one after the other, made while they are read."""

    name: str
    media_type: str
    pieces: Iterator[bytes]


def export_clients(store: Store, file_format: str, *, words: str = "", kind: str = "", by: Act) -> Export:
    """The files in use by name, those that `words` find, or those of a `kind` (archived, blocked).

    Once the last byte was read, the log says who took how many. Raises FormatUnknown.
    """
    if (chosen := FORMATS.get(file_format)) is None:
        raise FormatUnknown(format=file_format)
    columns = Columns(client_fields(store, by.organisation_id, is_all=True))
    counted = Counted(every(store, by.organisation_id, words, kind))
    pieces = noted(store, chosen.write(columns, counted), counted, file_format, is_search=bool(words), by=by)
    return Export(f"clients.{chosen.ending}", chosen.media_type, pieces)


class Counted:
    """What passes, and how many have."""

    def __init__(self, cards: Iterator[ClientCard]):
        self.cards = cards
        self.count = 0

    def __iter__(self) -> Iterator[ClientCard]:
        for card in self.cards:
            self.count += 1
            yield card


def every(store: Store, organisation_id: UUID, words: str, kind: str) -> Iterator[ClientCard]:
    """Page after page, each in a transaction of its own: a slow reader holds nothing up."""
    last: ClientCard | None = None
    while True:
        if words:
            found = search(store, organisation_id, words, A_PAGE, after=last)
        else:
            found = page(store, organisation_id, after=last, limit=A_PAGE, kind=kind)
        yield from found
        if len(found) < A_PAGE:
            return
        last = found[-1]


def noted(
    store: Store, pieces: Iterator[bytes], counted: Counted, file_format: str, *, is_search: bool, by: Act
) -> Iterator[bytes]:
    """The pieces; who stops in the middle took as many as had been read by then."""
    try:
        yield from in_blocks(pieces)
    finally:
        facts = {"count": counted.count, "file_format": file_format, "is_search": is_search}
        note_export(store, uuid4(), **facts, by=by)
