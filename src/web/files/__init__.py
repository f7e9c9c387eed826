"""Client files: finding one, reading it, writing it, bringing many in and taking them out."""

from flask import Blueprint

files = Blueprint("files", __name__)

from web.files import edit, export, fields, file, incoming, merge, notes, people, taken  # noqa: E402, F401 — each puts its routes on the blueprint
