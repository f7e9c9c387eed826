"""A family of routes that programs call: what is misspelt in an address is refused as it is in a body."""

from flask_smorest import Blueprint
from marshmallow import RAISE
from webargs.flaskparser import FlaskParser


class Parser(FlaskParser):
    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": RAISE}


class Family(Blueprint):
    ARGUMENTS_PARSER = Parser()
