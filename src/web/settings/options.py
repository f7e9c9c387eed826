"""The page of how the house draws its agenda."""

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from agenda import commands
from agenda import queries as agenda
from agenda.options import STEPS, AgendaOptions, options_id
from web import told, visit
from web.choice_words import COLOURS_BY, DENSITIES
from web.entry import admits
from web.formats import lasting
from web.forms import sent
from web.forms_agenda import SetOptions
from web.settings import settings
from web.told import Toast


@settings.get("/agenda")
@admits("settings.write")
def options() -> str:
    known = agenda.agenda_options(visit.store(), visit.house())
    return render_template(
        "settings/options.html",
        options=known,
        first_hours=[(str(hour), hour_words(hour)) for hour in range(24)],
        last_hours=[(str(hour), hour_words(hour)) for hour in range(1, 25)],
        steps=[(step, lasting(step)) for step in STEPS],
        densities=[*DENSITIES.items()],
        colours=[*COLOURS_BY.items()],
    )


@settings.post("/agenda")
@admits("settings.write")
def set_options() -> Response:
    facts = sent(SetOptions)
    before = agenda.agenda_options(visit.store(), visit.house())
    by = visit.act(facts.pop("key")).expecting(options_id(visit.house()), facts.pop("expected_version"))
    told.await_view(commands.set_agenda_options(visit.store(), **facts, by=by))
    return told.leave_for(url_for("settings.options"), toast(before))


def toast(before: AgendaOptions) -> Toast:
    if "undo" in request.form:
        return Toast(words=gettext("Undone: the agenda is drawn as it was."))
    words = gettext("Saved. The agenda is drawn this way for everybody.")
    return Toast(words=words, undo_url=url_for("settings.set_options"), undo_fields=fields_of(before))


def fields_of(known: AgendaOptions) -> dict[str, str]:
    """The form that sets these options; what is off is not sent."""
    values = {name: getattr(known, name, False) for name in SetOptions._declared_fields}
    return {name: words_of(value) for name, value in values.items() if value is not False} | {"undo": "1"}


def words_of(value: Any) -> str:
    return "1" if value is True else str(value)


def hour_words(hour: int) -> str:
    return gettext("midnight") if hour == 24 else f"{hour}:00"
