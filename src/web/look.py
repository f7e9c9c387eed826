"""The style sheet of a house's own colour, which its address alone says; it holds nothing of the house."""

from flask import Blueprint, abort, make_response
from werkzeug.wrappers import Response

from accounts.accent import WHITE, WRITTEN, Rgb, hexed, mixed, must_be_readable, nearest_readable, rgb
from kernel.errors import Refusal
from web.entry import ANYONE, admits
from web.kept import A_YEAR

look = Blueprint("look", __name__)

# The grounds of tokens.css that words in the colour stand on.
CANVAS, DARK = rgb("#f5f6fb"), rgb("#171a26")
SHEET = "@layer tokens {{ :root {{ {} }} }}\n"


@look.get("/look/<colour>.css")
@admits(ANYONE)
def accent(colour: str) -> Response:
    """404 for what no house may choose."""
    written = f"#{colour}"
    if not WRITTEN.fullmatch(written):
        abort(404)
    try:
        must_be_readable(written)
    except Refusal:
        abort(404)
    response = make_response(sheet(rgb(written)))
    response.content_type = "text/css; charset=utf-8"
    response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


def sheet(colour: Rgb) -> str:
    day, night = light(colour), dark(colour)
    return SHEET.format(" ".join(f"--{name}: light-dark({hexed(day[name])}, {hexed(night[name])});" for name in day))


def light(colour: Rgb) -> dict[str, Rgb]:
    soft = mixed(colour, WHITE, 0.1)
    return {
        "accent": colour,
        "accent-2": nearest_readable(mixed(colour, (0, 0, 0), 0.78), soft, 6.5),
        "accent-soft": soft,
        "on-accent": WHITE,
        "focus": colour,
        "link": nearest_readable(colour, CANVAS, 5.0),
    }


def dark(colour: Rgb) -> dict[str, Rgb]:
    """The same hue, light enough to be read on the dark sheet."""
    soft, bright = mixed(colour, DARK, 0.25), nearest_readable(colour, DARK, 7.0)
    return {
        "accent": bright,
        "accent-2": nearest_readable(bright, soft, 7.0),
        "accent-soft": soft,
        "on-accent": nearest_readable(mixed(colour, (0, 0, 0), 0.2), bright, 7.0),
        "focus": nearest_readable(colour, DARK, 7.5),
        "link": bright,
    }


