"""The ways into the settings, one line each."""

from flask import g, render_template, url_for

from starting import queries
from starting.queries import Step
from web import visit
from web.entry import admits
from web.settings import settings
from web.trade_words import STEP_WORDS


@settings.get("")
@admits("settings.see")
def home() -> str:
    return render_template("settings/home.html", steps=steps_left(), words=STEP_WORDS, ways=ways_of_steps())


@settings.get("/first-steps")
@admits("settings.see")
def first_steps() -> str:
    """Where somebody who has just opened an organisation arrives."""
    known = queries.steps(visit.store(), visit.house())
    return render_template("settings/first_steps.html", steps=known, words=STEP_WORDS, ways=ways_of_steps())


def steps_left() -> list[Step]:
    """All of them while any is left to do, for those who can; nothing once all is set up."""
    known = queries.steps(visit.store(), visit.house()) if g.member.rights.may("settings.write") else []
    return known if any(not step.is_done for step in known) else []


def ways_of_steps() -> dict[str, str]:
    """Where a step is done, for those that have a page."""
    return {
        "services": url_for("settings.services"),
        "columns": url_for("settings.hours"),
        "performers": url_for("settings.services"),
        "address": url_for("settings.places"),
        "presentation": url_for("settings.organisation"),
        "team": url_for("settings.team"),
        "appointment": url_for("desk.home"),
    }
