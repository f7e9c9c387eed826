"""The places where the house receives, each with its address and zone."""

from uuid import UUID

from flask import render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from accounts import commands
from accounts import queries as accounts
from web import told, visit
from web.entry import admits
from web.forms import sent
from web.forms_start import ZONES, WritePlace
from web.settings import settings
from web.told import Toast
from web.trade_words import COUNTRIES


@settings.get("/places")
@admits("organisation.write")
def places() -> str:
    with visit.store().reading(visit.house()) as db:
        known = accounts.places(db)
    return render_template("settings/places.html", places=known, countries=COUNTRIES, zones=ZONES)


@settings.post("/places")
@admits("organisation.write")
def open_place() -> Response:
    facts = sent(WritePlace)
    key = facts.pop("key")
    facts.pop("expected_version")
    told.await_view(commands.open_place(visit.store(), visit.fresh_id(key), **facts, by=visit.act(key)))
    return back(gettext("Place added."))


@settings.post("/places/<uuid:id>")
@admits("organisation.write")
def change_place(id: UUID) -> Response:
    facts = sent(WritePlace)
    by = visit.act(facts.pop("key")).expecting(id, facts.pop("expected_version"))
    told.await_view(commands.change_place(visit.store(), id, **facts, by=by))
    return back(gettext("Saved."))


def back(words: str) -> Response:
    return told.leave_for(url_for("settings.places"), Toast(words=words))
