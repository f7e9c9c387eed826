"""The ways into the settings, one line each."""

from flask import render_template

from web.entry import admits
from web.settings import settings


@settings.get("")
@admits("settings.see")
def home() -> str:
    return render_template("settings/home.html")
