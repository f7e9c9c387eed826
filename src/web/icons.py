"""The small pieces that templates draw: icons, glyphs, chips, the token of a form."""

from flask import Flask, current_app
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from web.words import state, status_words

DRAWN = Markup('<svg class="icon{}" aria-hidden="true"><use href="{}/assets/sprite.svg#i-{}"/></svg>')
GLYPHS = {"arrived": "user-check", "done": "check", "booked": "check", "struck": "x"}
LETTERS = {"pending": "?", "missed": "N"}


def install(app: Flask) -> None:
    app.jinja_env.globals.update(icon=icon, glyph=glyph, chip=chip, token=token)


def icon(name: str, small: bool = False) -> Markup:
    return DRAWN.format(" small" if small else "", current_app.static_url_path, name)


def glyph(state: str) -> Markup:
    """The sign of a state, which says it again without colour."""
    inside = LETTERS.get(state) or icon(GLYPHS[state])
    return Markup('<span class="glyph" data-state="{}" aria-hidden="true">{}</span>').format(state, inside)


def chip(status: str) -> Markup:
    """A state as a badge: glyph and words."""
    drawn = state(status)
    return Markup('<span class="chip" data-state="{}">{}{}</span>').format(drawn, glyph(drawn), status_words(status))


def token() -> Markup:
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())
