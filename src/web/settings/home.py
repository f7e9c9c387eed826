"""The ways into the settings, one line each."""

from flask import render_template

from web.entry import MANAGERS, admits
from web.settings import settings


@settings.get("")
@admits(MANAGERS)
def home() -> str:
    return render_template("settings/home.html")
