"""What every page's template may call."""

import json
from typing import Any
from uuid import uuid4

from flask import Flask, g
from flask_babel import get_locale

from web import series_words, visit, words
from web.kept import kept
from web.names import Names
from web.questions import answer_words
from web.settings.ways import ways_into_settings
from web.sight import may

THEMES = ("light", "dark")
SAID = (
    words.state,
    words.status_words,
    words.closed_words,
    words.action,
    words.kind,
    words.origin_words,
    words.field_words,
    words.term_words,
    words.rule_words,
    words.terms_words,
    words.visits_words,
    words.role_words,
    answer_words,
    series_words.recurrence,
    series_words.weekday,
)


def install(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update({say.__name__: say for say in SAID})
    app.jinja_env.globals.update(theme=theme, letter_keys=letter_keys, today=visit.today, now=visit.now, may=may)
    app.jinja_env.globals.update(is_htmx=visit.is_htmx, get_locale=get_locale, ways_into_settings=ways_into_settings)
    app.jinja_env.globals.update(fresh_id=uuid4, zip=zip)
    app.jinja_env.filters["read_json"] = json.loads
    app.jinja_env.filters.update(series_words.FILTERS)
    app.context_processor(around)


def theme() -> str:
    """The colours this browser asked for; empty to follow the system's."""
    chosen = kept("theme")
    return chosen if chosen in THEMES else ""


def letter_keys() -> str:
    """Whether single letters do something in this browser: off, or nothing said."""
    return "off" if kept("letters") == "off" else ""


def around() -> dict[str, Any]:
    """Who is here, in whose place, and how their house stands."""
    visitor, member = g.get("visitor"), g.get("member")
    behalf = visit.behalf()
    return {"member": member, "visitor": visitor, "seer": g.get("seer"), "behalf": behalf and Names(()).actor(behalf)}
