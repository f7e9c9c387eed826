"""Whole files of clients over HTTP: taken out in any format, brought in with a preview, undone as a whole."""

from typing import Any
from uuid import UUID

from flask import Response, request
from flask_babel import get_locale
from marshmallow import fields, validate
from msgspec.structs import asdict

from exporting import FORMATS, export_clients
from importing import commands, queries
from importing.previews import preview as look
from importing.queries import ImportCard
from importing.report import FileRefused
from importing.uploads import take_in
from web import visit
from web.api import problems
from web.api.call import act, existing, fresh_id, house, kept, made, tagged
from web.api.clients import clients, here
from web.api.fields import Body, Text
from web.downloads import download
from web.entry import hands_out, needs
from web.uploads import takes_files

STATUSES = "received, rejected, prepared, started, completed, undoing or undone."


class AskedExport(Body):
    format = fields.String(required=True, validate=validate.OneOf(sorted(FORMATS)))
    words = Text(load_default="", metadata={"description": "Only those found by these words."})


class AskedImport(Body):
    name = Text(required=True, metadata={"description": "The file's name. Its bytes are the body of the call."})


class StartImport(Body):
    updates = fields.Boolean(load_default=False, metadata={"description": "Also changes files that are known."})


class ImportBody(Body):
    id = fields.UUID()
    version = fields.Integer()
    name = fields.String()
    status = fields.String(metadata={"description": STATUSES})
    refused = fields.String(metadata={"description": "Why it was rejected, as a sentence."})
    rows = fields.Integer()
    updates = fields.Boolean()
    headings = fields.List(fields.String())
    fields_chosen = fields.List(fields.String(), metadata={"description": "Where each column goes."})
    totals = fields.Dict(metadata={"description": "How many rows of each outcome."})
    uploaded_at = fields.AwareDateTime()
    zone = fields.String()


@clients.get("/clients/export")
@clients.arguments(AskedExport, location="query")
@clients.alt_response(200, description="The file.")
@needs("clients:read")
@hands_out("file")
def export(facts: dict[str, Any]) -> Response:
    """Every file in use, with nothing in it that a spreadsheet would run; it comes in again the same."""
    file = export_clients(visit.store(), facts["format"], words=facts["words"], by=act())
    return download(file.pieces, file.name, file.media_type)


@clients.post("/client-imports")
@takes_files
@clients.arguments(AskedImport, location="query")
@clients.response(201, ImportBody)
@needs("clients:write")
def prepare(facts: dict[str, Any]) -> Any:
    """Keeps the rows of a file (CSV in any encoding, XLSX, vCard); nothing is brought in before it is started.

    A large file is `received` at first and read by a job; ask for it again until it is `prepared` or `rejected`.
    """
    id = fresh_id({})
    try:
        position = take_in(visit.store(), id, facts["name"], request.get_data(), by=act())
    except FileRefused as refused:
        return said_no(refused.sentence(get_locale().language))
    found = one(id)
    return said_no(found["refused"]) if found["status"] == "rejected" else made(found, position)


def said_no(words: str) -> Response:
    return problems.problem(422, "file_refused", words)


@clients.get("/client-imports/<uuid:id>")
@clients.response(200, ImportBody)
@needs("clients:read")
def read_import(id: UUID) -> Any:
    """How an import stands."""
    return tagged(one(id))


@clients.post("/client-imports/<uuid:id>/preview")
@clients.arguments(StartImport)
@clients.alt_response(200, description="How many rows of each outcome, and the lines worth a look.")
@needs("clients:read")
def preview(facts: dict[str, Any], id: UUID) -> Any:
    """What it would bring, row by row where something is worth a look."""
    one(id)
    seen = look(visit.store(), id, **facts, by=act())
    lines = [{"number": line.number, "outcome": line.outcome, "what": line.what} for line in seen.lines]
    return {"totals": seen.totals, "lines": lines, "more": seen.more}


@clients.post("/client-imports/<uuid:id>/start")
@clients.arguments(StartImport)
@clients.response(200, ImportBody)
@needs("clients:write")
def start(facts: dict[str, Any], id: UUID) -> Any:
    """Brings it in, by a job."""
    return done(id, commands.start_import(visit.store(), id, **facts, by=act(id)))


@clients.post("/client-imports/<uuid:id>/undo")
@clients.response(200, ImportBody)
@needs("clients:write")
def undo(id: UUID) -> Any:
    """Takes back what it did, but for what somebody has touched since; by a job."""
    return done(id, commands.request_import_undo(visit.store(), id, by=act(id)))


def done(id: UUID, position: int) -> Any:
    return tagged(one(id), **kept(position))


def one(id: UUID) -> dict[str, Any]:
    card: ImportCard = existing(queries.import_card(*house(), id), "ImportRun", id)
    said = {"fields_chosen": card.fields, "refused": refused_in_words(card)}
    return asdict(card) | here(uploaded_at=card.uploaded_at) | said


def refused_in_words(card: ImportCard) -> str:
    return card.refused(get_locale().language) if card.status == "rejected" else ""
