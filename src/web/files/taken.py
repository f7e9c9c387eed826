"""All that the house holds about one client, as a file to be handed over."""

from io import BytesIO
from uuid import UUID, uuid4
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec
from flask import render_template
from werkzeug.wrappers import Response

from clients.commands import note_export
from exporting.one_client import holdings
from projections import client_activity
from web import visit
from web.downloads import download
from web.entry import admits, hands_out
from web.files import files
from web.files.file import appointments_seen, card_of
from web.forms import Act, sent
from web.names import Names
from web.sentences import told_lines

EVERYTHING = 1_000_000


@files.post("/clients/<uuid:id>/export")
@admits("clients.export")
@hands_out("file")
def take_out_one(id: UUID) -> Response:
    """A zip of two files that say the same: one for people to read, one for programs. The log keeps who took it."""
    facts, person = sent(Act), card_of(id)
    only, house = appointments_seen(person.id), (visit.store(), visit.house())
    held = holdings(*house, person.id, visit.now(), only)
    lived = told_lines(client_activity.of_client(*house, person.id, EVERYTHING, only))
    page = render_template("files/taken.html", held=held, person=person, lived=lived, people=Names(()))
    note_export(visit.store(), uuid4(), count=1, file_format="zip", client_id=person.id, by=visit.act(facts["key"]))
    content = zipped({"client.html": page.encode(), "client.json": msgspec.json.format(msgspec.json.encode(held))})
    return download([content], f"client-{person.id}.zip", "application/zip")


def zipped(named: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in named.items():
            archive.writestr(name, content)
    return out.getvalue()
