"""The fields that the house adds to its client files: added, changed, ordered, retired."""

from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from clients import commands
from web import told, visit
from web.entry import admits
from web.files import files
from web.files.forms import OwnField
from web.files.own import own_fields
from web.forms import sent
from web.told import Toast

KIND_WORDS = {
    "text": lazy_gettext("Short text"),
    "long_text": lazy_gettext("Long text"),
    "number": lazy_gettext("Number"),
    "date": lazy_gettext("Date"),
    "yes_no": lazy_gettext("Yes or no"),
    "choice": lazy_gettext("One choice"),
    "choices": lazy_gettext("Several choices"),
    "phone": lazy_gettext("Phone"),
    "email": lazy_gettext("E-mail"),
}


@files.get("/clients/fields")
@admits("settings.write")
def fields() -> str:
    return render_template("files/fields.html", fields=own_fields(is_all=True), kinds=KIND_WORDS)


@files.post("/clients/fields")
@admits("settings.write")
def add_field() -> Response:
    facts = sent(OwnField)
    known = own_fields(is_all=True)
    rank = max((field.rank for field in known), default=0) + 1
    shape = shape_of(facts) | {"kind": facts["kind"], "rank": rank}
    told.await_view(commands.add_client_field(visit.store(), facts["id"], **shape, by=visit.act()))
    return back(gettext("Field added."))


@files.post("/clients/fields/<uuid:id>")
@admits("settings.write")
def change_field(id: UUID) -> Response:
    facts = sent(OwnField)
    shape = shape_of(facts) | {"rank": facts["rank"]}
    told.await_view(commands.change_client_field(visit.store(), id, **shape, by=visit.act()))
    return back(gettext("Field saved."))


@files.post("/clients/fields/<uuid:id>/<any(retire,restore):deed>")
@admits("settings.write")
def retire_field(id: UUID, deed: str) -> Response:
    do = commands.retire_client_field if deed == "retire" else commands.restore_client_field
    told.await_view(do(visit.store(), id, by=visit.act()))
    return back(gettext("Field retired. What stands in it stays.") if deed == "retire" else gettext("Field restored."))


def shape_of(facts: dict[str, Any]) -> dict[str, Any]:
    choices = [line for line in facts["choices"].splitlines() if line.strip()]
    return {"label": facts["label"], "choices": choices, "is_required": facts["is_required"]}


def back(words: str) -> Response:
    return told.leave_for(url_for("files.fields"), Toast(words=words))
