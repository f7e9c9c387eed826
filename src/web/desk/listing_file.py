"""The list of appointments as a file that a spreadsheet opens and does not calculate."""

from collections.abc import Iterable, Iterator
from uuid import uuid4

from flask_babel import gettext
from werkzeug.wrappers import Response

from booking.commands import note_list_export
from exporting.blocks import in_blocks
from exporting.csv_file import MARK, Lines
from projections import listing
from projections.listing import Found
from web import visit
from web.desk import desk
from web.desk.listing import facts_asked, order_of, wanted_of
from web.downloads import CSV, download
from web.entry import admits, hands_out
from web.formats import local
from web.listing_columns import ListColumn, chosen, offered, writer
from web.words import status_words


@desk.post("/list/file")
@admits("clients.export")
@hands_out("file")
def take_list_out() -> Response:
    """What the list shows, all its pages; the history keeps who took out how many."""
    facts = facts_asked()
    columns = chosen(facts["columns"], offered())
    count, lines = listing.all_of(visit.store(), visit.house(), wanted_of(facts), **order_of(facts, columns))
    note_list_export(visit.store(), uuid4(), count=count, by=visit.act())
    return download(in_blocks(pieces(lines, columns)), f"carnet-{visit.today()}.csv", CSV)


def pieces(lines: Iterable[Found], columns: list[ListColumn]) -> Iterator[bytes]:
    """Sent while it is made, so that a long list costs no memory and begins at once."""
    line = Lines(";")
    yield (MARK + line.of(headings(columns))).encode()
    for cells in cells_of(lines, columns):
        yield line.of(cells).encode()


def headings(columns: list[ListColumn]) -> list[str]:
    fixed = (gettext("Date"), gettext("Begins"), gettext("Ends"), gettext("Client"), gettext("Service"))
    return [*fixed, gettext("With"), gettext("State"), *(one.words for one in columns)]


def cells_of(lines: Iterable[Found], columns: list[ListColumn]) -> Iterator[list[str]]:
    write = writer()
    for one in lines:
        times = [f"{local(one.starts_at):%Y-%m-%d}", f"{local(one.starts_at):%H:%M}", f"{local(one.ends_at):%H:%M}"]
        named = [one.client_name, one.service_name, one.resource_name, status_words(one.status)]
        yield [*times, *named, *(write(one, column) for column in columns)]
