"""The page of the house's own colour, and of what it calls those who come and what they come to."""

from typing import Any

from flask import make_response, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from accounts import commands
from accounts.accent import AccentTooPale
from accounts.organisation import Organisation
from web import told, visit
from web.choice_words import APPOINTMENT_WORDS, CLIENT_WORDS
from web.entry import admits
from web.forms import sent
from web.forms_look import SetLook
from web.refusals import sentence
from web.settings import settings
from web.settings.offered import COLOURS
from web.told import Toast

# Ours; a house that chooses it has none of its own.
OURS = "#2f3fa8"


@settings.get("/look")
@admits("organisation.write")
def look() -> str:
    return page(found())


@settings.post("/look")
@admits("organisation.write")
def set_look() -> Response:
    """A colour that cannot be read is refused beside the nearest one that can."""
    facts, before = sent(SetLook), found()
    by = visit.act(facts.pop("key")).expecting(visit.house(), facts.pop("expected_version"))
    facts["accent"] = accent_in(facts)
    try:
        told.await_view(commands.change_organisation(visit.store(), **facts, by=by))
    except AccentTooPale as refusal:
        return make_response(page(before, facts, refused=sentence(refusal), nearest=refusal.facts["nearest"]), 422)
    return told.leave_for(url_for("settings.look"), toast(before))


def accent_in(facts: dict[str, Any]) -> str:
    """What was written when an own colour is wanted, else the one chosen; ours is none of the house's own."""
    own = facts.pop("own_accent")
    chosen = own if facts["accent"] == "own" else facts["accent"]
    return "" if chosen == OURS else chosen.lower()


def page(house: Organisation, written: dict[str, Any] | None = None, **said: str) -> str:
    shown = {"accent": house.accent, "client_word": house.client_word, "appointment_word": house.appointment_word}
    return render_template(
        "settings/look.html",
        house=house,
        shown=shown | (written or {}),
        ours=OURS,
        colours=COLOURS,
        clients=[*CLIENT_WORDS.items()],
        appointments=[*APPOINTMENT_WORDS.items()],
        **said,
    )


def toast(before: Organisation) -> Toast:
    if "undo" in request.form:
        return Toast(words=gettext("Undone: colour and words are as they were."))
    fields = {"accent": before.accent or OURS, "client_word": before.client_word, "undo": "1"}
    fields["appointment_word"] = before.appointment_word
    return Toast(words=gettext("Saved."), undo_url=url_for("settings.set_look"), undo_fields=fields)


def found() -> Organisation:
    return visit.store().find(visit.house(), Organisation, visit.house())
