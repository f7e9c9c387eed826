"""Client files: finding one, reading it, writing it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from msgspec import structs
from werkzeug.wrappers import Response

from agenda import queries as agenda
from clients import commands, queries
from clients.queries import ClientCard
from kernel.errors import NotFound, VersionChanged
from projections import visits as visits_view
from web import told, visit
from web.entry import READERS, WRITERS, admits
from web.forms import ChangeFile, ClientFacts, OpenFile, sent
from web.told import Toast

files = Blueprint("files", __name__)

PAGE = 100
FOUND = 50


@files.get("/clients")
@admits(READERS)
def people() -> str:
    words, letter = request.args.get("words", "").strip()[:100], request.args.get("letter", "")[:1]
    found = looked_for(words, letter)
    template = "files/rows.html" if visit.is_htmx() else "files/list.html"
    return render_template(template, found=found, words=words, letter=letter, more=not words and len(found) == PAGE)


def looked_for(words: str, letter: str) -> list[ClientCard]:
    house = (visit.store(), visit.house())
    if words:
        return queries.search(*house, words, FOUND)
    return queries.page(*house, letter=letter, after=last_shown(), limit=PAGE)


def last_shown() -> ClientCard | None:
    try:
        return file_of(UUID(request.args["after"])) if "after" in request.args else None
    except ValueError:
        return None


@files.get("/clients/new")
@admits(WRITERS)
def new() -> str:
    return render_template("files/form.html", person=None)


@files.post("/clients")
@admits(WRITERS)
def create() -> Response:
    facts, words = sent(OpenFile), sent(ClientFacts)
    by = visit.act(facts["key"])
    told.await_view(commands.create_client(visit.store(), facts["id"], words, country=g.member.country, by=by))
    if facts["then"]:
        return redirect(url_for("desk.new", client=facts["id"], **place_of(facts["then"])), code=303)
    return to_file(facts["id"], gettext("File opened."))


def place_of(then: str) -> dict[str, str]:
    """The column and the instant that a new client was opened for."""
    resource, _, at = then.partition("@")
    return {"resource": resource, "at": at}


@files.get("/clients/<uuid:id>")
@admits(READERS)
def file(id: UUID) -> str:
    person = file_of(id)
    visits = visits_view.of_client(visit.store(), visit.house(), id, visit.now())
    return render_template("files/file.html", person=person, visits=visits, names=names())


def names() -> dict[UUID, str]:
    """The names of services and resources by identifier."""
    house = (visit.store(), visit.house())
    return {one.id: one.name for one in [*agenda.services(*house), *agenda.resources(*house)]}


@files.get("/clients/<uuid:id>/edit")
@admits(WRITERS)
def edit(id: UUID) -> str:
    return render_template("files/form.html", person=file_of(id))


@files.post("/clients/<uuid:id>/edit")
@admits(WRITERS)
def change(id: UUID) -> Response:
    """A file somebody else changed meanwhile is shown beside what was typed; nothing is overwritten."""
    facts, words = sent(ChangeFile), sent(ClientFacts)
    by = visit.act(facts["key"]).expecting(id, facts["expected_version"])
    try:
        position = commands.edit_client(visit.store(), id, words, country=g.member.country, by=by)
    except VersionChanged:
        return conflict(file_of(id), words)
    told.await_view(position)
    return to_file(id, gettext("File saved."))


def conflict(person: ClientCard, typed: dict[str, Any]) -> Response:
    theirs = structs.asdict(person)
    differing = [(name, theirs[name], value) for name, value in typed.items() if (theirs[name] or "") != (value or "")]
    page = render_template("files/form.html", person=person, typed=typed, differing=differing)
    return make_response(page, 409)


def to_file(id: UUID, words: str) -> Response:
    return told.leave_for(url_for("files.file", id=id), Toast(words=words))


def file_of(id: UUID) -> ClientCard:
    person = queries.client(visit.store(), visit.house(), id)
    if person is None:
        raise NotFound(kind="Client", id=str(id))
    return person
