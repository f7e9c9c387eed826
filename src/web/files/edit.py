"""Opening a client's file and changing it; whoever may be on file already is shown before."""

from typing import Any
from uuid import UUID

from flask import g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from msgspec import structs
from werkzeug.wrappers import Response

from clients import commands, queries
from clients.queries import ClientCard, Duplicate
from kernel.errors import VersionChanged
from web import told, visit
from web.entry import admits
from web.files import files
from web.files.file import card_of, to_file
from web.files.own import own_fields, sent_own
from web.forms import ChangeFile, ClientFacts, OpenFile, sent


@files.get("/clients/new")
@admits("clients.write")
def new() -> str:
    return render_template("files/form.html", person=None, own=own_fields())


@files.post("/clients")
@admits("clients.write")
def create() -> Response:
    facts, words = sent(OpenFile), sent(ClientFacts) | sent_own()
    if known := known_already(words):
        return shown_known(known, words, facts["then"])
    by = visit.act(facts["key"])
    told.await_view(commands.create_client(visit.store(), facts["id"], words, country=g.member.country, by=by))
    if facts["then"]:
        return redirect(url_for("desk.here", client=facts["id"], **place_of(facts["then"])), code=303)
    return to_file(facts["id"], gettext("File opened."))


def known_already(words: dict[str, Any], id: UUID | None = None) -> list[Duplicate]:
    """Who may be meant; nobody once it was said that it is somebody else."""
    if request.form.get("anyway"):
        return []
    found = queries.duplicates(visit.store(), visit.house(), words, country=g.member.country, without=id)
    # The file that this very form has just opened is no duplicate of itself.
    return [one for one in found if str(one.card.id) != request.form.get("id")]


def shown_known(known: list[Duplicate], words: dict[str, Any], then: str) -> Response:
    """The form again, with those who are on file already above it; in the popover, those alone."""
    if visit.is_htmx() and then:
        page = render_template("files/known_popover.html", known=known, here=place_of(then))
    else:
        page = render_template("files/form.html", person=None, typed=words, known_people=known, own=own_fields())
    return make_response(page, 409)


def place_of(then: str) -> dict[str, str]:
    """The column and the instant that a new client was opened for, with the end of a stretch that was drawn."""
    return dict(zip(("resource", "at", "until"), then.split("@"), strict=False))


@files.get("/clients/<uuid:id>/edit")
@admits("clients.write")
def edit(id: UUID) -> str:
    return render_template("files/form.html", person=card_of(id), own=own_fields())


@files.post("/clients/<uuid:id>/edit")
@admits("clients.write")
def change(id: UUID) -> Response:
    """A file somebody else changed meanwhile is shown beside what was typed; nothing is overwritten."""
    facts, words = sent(ChangeFile), sent(ClientFacts) | sent_own()
    by = visit.act(facts["key"]).expecting(id, facts["expected_version"])
    before = card_of(id)
    if known := new_duplicates(before, words):
        page = render_template("files/form.html", person=before, typed=words, known_people=known, own=own_fields())
        return make_response(page, 409)
    try:
        position = commands.edit_client(visit.store(), id, words, country=g.member.country, by=by)
    except VersionChanged:
        return conflict(card_of(id), words)
    told.await_view(position)
    return to_file(id, gettext("File saved."))


def new_duplicates(before: ClientCard, words: dict[str, Any]) -> list[Duplicate]:
    """Whom the file comes to resemble by this change; whom it resembled before was seen before."""
    after = structs.asdict(before) | words
    house = (visit.store(), visit.house())
    seen = {one.card.id for one in queries.duplicates(*house, structs.asdict(before), without=before.id)}
    return [one for one in known_already(after, before.id) if one.card.id not in seen]


def conflict(person: ClientCard, typed: dict[str, Any]) -> Response:
    theirs = structs.asdict(person)
    plain = {name: value for name, value in typed.items() if name != "custom"}
    differing = [(name, theirs[name], value) for name, value in plain.items() if (theirs[name] or "") != (value or "")]
    page = render_template("files/form.html", person=person, typed=typed, differing=differing, own=own_fields())
    return make_response(page, 409)
