"""Whole numbers in addresses and forms: those that the log and the database can hold, and no others."""

from typing import Any

from flask import Flask, request
from marshmallow import fields, validate
from werkzeug.routing import BaseConverter


class Whole(fields.Integer):
    """Of a form. One with bounds of its own says them as any field does."""

    def __init__(self, **options: Any):
        super().__init__(validate=validate.Range(-(2**31), 2**31 - 1), **options)


class InPath(BaseConverter):
    """A path with more digits is the path of nothing."""

    regex = "[0-9]{1,9}"

    def to_python(self, value: str) -> int:
        return int(value)


def install(app: Flask) -> None:
    """Before any route is made."""
    app.url_map.converters["int"] = InPath


def asked_position(name: str) -> int | None:
    """A position in the log, if that is what the address asks for."""
    written = request.args.get(name, "")
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 19 else None
