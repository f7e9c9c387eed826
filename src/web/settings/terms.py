"""The house's booking terms: how soon, how far ahead, until when, and what has to be approved."""

from flask import render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from agenda import commands
from agenda import queries as agenda
from agenda.terms import terms_id
from web import told, visit
from web.entry import admits
from web.forms import sent
from web.forms_agenda import SetTerms
from web.settings import settings
from web.settings.offered import horizons, lengths
from web.told import Toast


@settings.get("/terms")
@admits("settings.write")
def terms() -> str:
    known = agenda.booking_terms(visit.store(), visit.house())
    return render_template("settings/terms.html", terms=known, lengths=lengths, horizons=horizons)


@settings.post("/terms")
@admits("settings.write")
def set_terms() -> Response:
    facts = sent(SetTerms)
    by = visit.act(facts.pop("key")).expecting(terms_id(visit.house()), facts.pop("expected_version"))
    told.await_view(commands.set_booking_terms(visit.store(), **facts, by=by))
    words = gettext("Kept. They hold for appointments made from now on.")
    return told.leave_for(url_for("settings.terms"), Toast(words=words))
