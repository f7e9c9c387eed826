"""Which routes take files, and how large: everything else takes what a form needs."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request

View = TypeVar("View", bound=Callable[..., Any])

LARGEST = 21 * 1024**2


def takes_files(view: View) -> View:
    """Lets a view take a file of some size. It goes above the rule of who may enter."""
    view.largest = LARGEST
    return view


def install(app: Flask) -> None:
    """Before anything reads the form, for the token of a form stands in it."""
    app.before_request(allow)


def allow() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if largest := getattr(view, "largest", 0):
        request.max_content_length = largest
