"""Bringing client files in: a file is uploaded, looked at, confirmed, followed, and perhaps undone as a whole."""

from typing import Any
from uuid import UUID, uuid4

from flask import make_response, render_template, request, url_for
from flask_babel import get_locale, gettext, lazy_gettext
from werkzeug.wrappers import Response

from importing import commands, queries
from importing.client_facts import LEFT_OUT
from importing.headings import CLIENTS
from importing.previews import Preview, PreviewPending, preview
from importing.queries import ImportCard
from importing.report import FileRefused, csv_of
from importing.sentences import say
from importing.uploads import take_in
from kernel.errors import NotFound
from web import told, visit
from web.downloads import CSV, download
from web.entry import admits, hands_out
from web.files import files
from web.files.forms import StartImport
from web.files.own import own_fields
from web.forms import sent
from web.told import Toast
from web.uploads import takes_files
from web.words import field_words

FIRST_SHOWN = 200
# What a column may hold that is no field by itself.
COLUMN_WORDS = {
    "id": lazy_gettext("Identifier in Carnet"),
    "full_name": lazy_gettext("Whole name"),
    "mobile": lazy_gettext("Mobile phone"),
}


@files.get("/clients/import")
@admits("clients.import")
def imports() -> str:
    return upload_page()


def upload_page(refused: str = "") -> str:
    known = queries.latest_imports(visit.store(), visit.house())
    return render_template("files/imports.html", imports=known, refused=refused)


@files.post("/clients/import")
@takes_files
@admits("clients.import")
def upload() -> Response:
    sent_file, id = request.files.get("file"), uuid4()
    if sent_file is None or not sent_file.filename:
        return make_response(upload_page(gettext("Choose a file first.")), 422)
    name, content = sent_file.filename[:200], sent_file.read()
    sent_file.close()
    try:
        position = take_in(visit.store(), id, name, content, by=visit.act())
    except FileRefused as refused:
        return make_response(upload_page(refused.sentence(get_locale().language)), 422)
    told.await_view(position)
    return to_import(id)


@files.get("/clients/import/<uuid:id>")
@admits("clients.import")
def import_page(id: UUID) -> Response | str:
    """The preview of a file that waits, the progress of one that is read or brought in, the report of one that was."""
    one = import_of(id)
    if seen := preview_of(one):
        return visit.hx_redirect(request.full_path) if visit.is_htmx() else previewed(one, seen)
    if visit.is_htmx() and is_over(one):
        # What can be done now stands around the progress: the whole page is asked for.
        return visit.hx_redirect(url_for("files.import_page", id=id))
    house = (visit.store(), visit.house())
    lines = [line for line in queries.report_lines(*house, id) if line.notes] if is_over(one) else []
    left = queries.left_alone(*house, id) if one.status == "undone" else []
    facts = {"one": one, "lines": lines[:FIRST_SHOWN], "more": max(0, len(lines) - FIRST_SHOWN), "left": left}
    facts |= {"outcome": outcome_words, "refused": refused_in_words(one)}
    template = "files/progress.html" if visit.is_htmx() else "files/import.html"
    return render_template(template, **facts)


def preview_of(one: ImportCard) -> Preview | None:
    """None for a file that nobody has looked through yet, or need not any more."""
    if one.status != "prepared" or not one.has_rows:
        return None
    try:
        return preview(visit.store(), one.id, updates=is_updating(), by=visit.act())
    except PreviewPending:
        return None


def previewed(one: ImportCard, seen: Preview) -> str:
    facts = {"seen": seen, "updates": is_updating(), "places": places(), "outcome": outcome_words}
    return render_template("files/preview.html", one=one, **facts)


def is_updating() -> bool:
    return bool(request.args.get("updates"))


def refused_in_words(one: ImportCard) -> str:
    return one.refused(get_locale().language) if one.status == "rejected" else ""


def outcome_words(outcome: str) -> str:
    return say(outcome, get_locale().language)


def is_over(one: ImportCard) -> bool:
    return one.status in ("completed", "undone")


def places() -> list[tuple[str, Any]]:
    """Where a column may go: the value and its words."""
    plain = [(name, COLUMN_WORDS.get(name) or field_words(name)) for name in CLIENTS.ranks]
    own = [(str(field.id), field.label) for field in own_fields()]
    return [*plain, *own, ("", gettext("to the remarks")), (LEFT_OUT, gettext("leave out"))]


@files.post("/clients/import/<uuid:id>/columns")
@admits("clients.import")
def choose_columns(id: UUID) -> Response:
    told.await_view(commands.choose_import_fields(visit.store(), id, request.form.getlist("field"), by=visit.act()))
    return to_import(id, updates=request.form.get("updates") or None)


@files.post("/clients/import/<uuid:id>/start")
@admits("clients.import")
def start(id: UUID) -> Response:
    facts = sent(StartImport)
    position = commands.start_import(visit.store(), id, updates=facts["updates"], by=visit.act(facts["key"]))
    told.await_view(position)
    return to_import(id)


@files.post("/clients/import/<uuid:id>/forget")
@admits("clients.import")
def forget(id: UUID) -> Response:
    commands.forget_import(visit.store(), id, by=visit.act())
    return told.leave_for(url_for("files.imports"), Toast(words=gettext("Nothing was brought in.")))


@files.post("/clients/import/<uuid:id>/undo")
@admits("clients.import")
def undo(id: UUID) -> Response:
    told.await_view(commands.request_import_undo(visit.store(), id, by=visit.act()))
    return to_import(id)


@files.get("/clients/import/<uuid:id>/report.csv")
@admits("clients.import")
@hands_out("file")
def report(id: UUID) -> Response:
    one = import_of(id)
    lines = queries.report_lines(visit.store(), visit.house(), one.id)
    return download([csv_of(lines, get_locale().language).encode()], "import.csv", CSV)


def to_import(id: UUID, **asked: str | None) -> Response:
    url = url_for("files.import_page", id=id, **asked)
    return visit.hx_redirect(url) if visit.is_htmx() else make_response("", 303, {"Location": url})


def import_of(id: UUID) -> ImportCard:
    one = queries.import_card(visit.store(), visit.house(), id)
    if one is None:
        raise NotFound(kind="ImportRun", id=str(id))
    return one
