"""A family of routes that programs call: how their bodies are read; what is misspelt is refused, in addresses too."""

import re
from typing import Any

import msgspec
from flask import Request, abort
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, missing
from webargs.core import is_json
from webargs.flaskparser import FlaskParser

MOST_DEEP = 32
WORDS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
BRACKETS = re.compile(rb"[\[{\]}]")


class Parser(FlaskParser):
    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": RAISE}

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body as JSON, of any depth and with any numbers; what is none, or nobody means, is answered 400."""
        body = req.get_data() if is_json(req.mimetype) else b""
        return read_json(body) if body else missing


def read_json(body: bytes) -> Any:
    if is_too_deep(body):
        abort(400)
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        abort(400)


def is_too_deep(body: bytes) -> bool:
    """Whether brackets stand in each other further than in any body that means something to us."""
    depth = 0
    for bracket in BRACKETS.finditer(WORDS.sub(b"", body)):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > MOST_DEEP:
            return True
    return False


class Family(Blueprint):
    ARGUMENTS_PARSER = Parser()
