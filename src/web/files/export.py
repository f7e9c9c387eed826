"""Taking client files out of the house, for owners and managers."""

from flask import render_template
from werkzeug.wrappers import Response

from exporting import export_clients
from web import visit
from web.downloads import download
from web.entry import admits, hands_out
from web.files import files
from web.files.forms import Export
from web.files.people import asked_kind, asked_words
from web.forms import sent


@files.get("/clients/export")
@admits("clients.export")
def export() -> str:
    return render_template("files/export.html", words=asked_words(), kind=asked_kind())


@files.post("/clients/export")
@admits("clients.export")
@hands_out("file")
def take_out() -> Response:
    """Sent while it is made, so that a big house costs no memory."""
    facts = sent(Export)
    made = export_clients(visit.store(), facts.pop("file_format"), **facts, by=visit.act())
    return download(made.pieces, made.name, made.media_type)
