"""Duplicates: all that are likely, two side by side, merged and separated again."""

from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext
from msgspec import Struct
from werkzeug.wrappers import Response

from clients import commands, queries
from clients.queries import ClientCard
from clients.words import ClientWords
from web import told, visit
from web.entry import admits
from web.files import files
from web.files.file import asked_id, card_of, to_file
from web.files.forms import Merge
from web.files.own import own_fields, shown_value
from web.forms import Act, sent
from web.told import Toast
from web.words import field_words

FOUND = 20


class Side(Struct, frozen=True, kw_only=True):
    """A field in which two files differ; `is_taken` when the kept one has nothing there."""

    name: str
    label: str
    ours: str
    theirs: str
    is_taken: bool


@files.get("/clients/duplicates")
@admits("clients.see")
def likely() -> str:
    return render_template("files/duplicates.html", pairs=queries.probable_duplicates(visit.store(), visit.house()))


@files.post("/clients/<uuid:id>/apart/<uuid:other>")
@admits("clients.merge")
def tell_apart(id: UUID, other: UUID) -> Response:
    by = visit.act(sent(Act)["key"])
    told.await_view(commands.dismiss_duplicate(visit.store(), id, other, by=by))
    words = gettext("Noted: these are two people.")
    return told.leave_for(url_for("files.likely"), Toast(words=words))


@files.get("/clients/<uuid:id>/merge")
@admits("clients.merge")
def merge(id: UUID) -> str:
    """Side by side with the other; without one, a search for it."""
    person, other_id, words = card_of(id), asked_id("with"), request.args.get("words", "").strip()[:100]
    if other_id is None:
        found = queries.search(visit.store(), visit.house(), words, FOUND) if words else []
        others = [one for one in found if one.id != person.id]
        return render_template("files/merge_with.html", person=person, found=others, words=words)
    other = card_of(other_id)
    return render_template("files/merge.html", person=person, other=other, sides=sides(person, other))


def sides(person: ClientCard, other: ClientCard) -> list[Side]:
    """The fields in which they differ, the house's own after the others."""
    told_fields = [
        side(name, field_words(name), getattr(person, name), getattr(other, name), "")
        for name in ClientWords.__struct_fields__
        if name != "custom"
    ]
    own = [
        side(id, field.label, person.custom.get(id), other.custom.get(id), field.kind)
        for field in own_fields(is_all=True)
        for id in [str(field.id)]
    ]
    return [one for one in told_fields + own if one.ours != one.theirs]


def side(name: str, label: str, ours: object, theirs: object, kind: str) -> Side:
    is_empty = ours in ("", None)
    shown = ["" if value in ("", None) else shown_value(kind, value) for value in (ours, theirs)]
    return Side(name=name, label=label, ours=shown[0], theirs=shown[1], is_taken=is_empty and name != "number")


@files.post("/clients/<uuid:id>/merge")
@admits("clients.merge")
def merge_in(id: UUID) -> Response:
    facts = sent(Merge)
    by = visit.act(facts["key"]).expecting(id, facts["expected_version"])
    position = commands.merge_clients(visit.store(), id, facts["duplicate_id"], fields=facts["take"], by=by)
    told.await_view(position)
    undo = url_for("files.unmerge", id=facts["duplicate_id"])
    return told.leave_for(url_for("files.file", id=id), Toast(words=gettext("Files merged."), undo_url=undo))


@files.post("/clients/<uuid:id>/unmerge")
@admits("clients.merge")
def unmerge(id: UUID) -> Response:
    told.await_view(commands.unmerge_client(visit.store(), id, by=visit.act(sent(Act)["key"])))
    return to_file(id, gettext("Files separated."))
