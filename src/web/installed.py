"""Carnet as an app on a telephone or a desk: what is installed, and what of it may be read without a network."""

from flask import Blueprint, Flask, current_app, g, jsonify, render_template, request, url_for
from flask_babel import get_locale
from werkzeug.wrappers import Response

from web.entry import ANYONE, admits
from web.vocabulary import gettext

installed = Blueprint("installed", __name__)

BLUE, CANVAS = "#2f3fa8", "#f5f6fb"
# A device that cuts shapes of its own takes the maskable one.
ICONS = (("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "any"))
ICONS += (("icon-maskable-512.png", "512x512", "maskable"),)
# The pages that a browser may keep for a while, to read them where there is no network.
KEPT = frozenset({"desk.day", "desk.week", "desk.panel"})


def install(app: Flask) -> None:
    app.after_request(say_whose_it_is)


def say_whose_it_is(response: Response) -> Response:
    """Names who reads, so that nothing stays of another member, and whoever may keep this page. What is seen in
    another's place, or by the support, is kept nowhere."""
    member = g.get("member")
    if member is None or request.path.startswith("/api/"):
        return response
    response.headers["Carnet-Reader"] = str(member.id)
    is_own = member.role != "support" and g.get("seer") is None
    if is_own and request.endpoint in KEPT and request.method == "GET" and response.status_code == 200:
        response.headers["Carnet-Keep"] = str(member.id)
    return response


@installed.get("/app.webmanifest")
@admits(ANYONE)
def manifest() -> Response:
    """With the name and the colour of the house of whoever asks; ours at the door."""
    member = g.get("member")
    response = jsonify(
        id="/",
        name=member.organisation_name if member else "Carnet",
        short_name="Carnet",
        lang=get_locale().language,
        start_url="/",
        scope="/",
        display="standalone",
        background_color=CANVAS,
        theme_color=(member and member.accent) or BLUE,
        icons=[icon(*each) for each in ICONS],
        shortcuts=[{"name": gettext("New appointment"), "url": url_for("desk.new")}],
    )
    response.content_type = "application/manifest+json"
    return response


def icon(name: str, sizes: str, purpose: str) -> dict[str, str]:
    source = url_for("static", filename=f"assets/{name}")
    return {"src": source, "sizes": sizes, "type": "image/png", "purpose": purpose}


@installed.get("/keeper.js")
@admits(ANYONE)
def keeper() -> Response:
    """The script that works beside the pages; from here it reaches all of them. It is asked for each time."""
    response = current_app.send_static_file("js/keeper.js")
    response.headers["Cache-Control"] = "no-cache"
    del response.headers["Expires"]
    return response


@installed.get("/away")
@admits(ANYONE)
def away() -> str:
    """Shown without a network for what was not kept."""
    return render_template("installed/away.html")
