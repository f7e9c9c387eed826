"""The words of each language: which one a visitor reads, and the catalogues made ready."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context, request
from flask_babel import Babel

LANGUAGES = ("fr", "en")
FOLDER = Path(__file__).parent / "translations"


def install(app: Flask) -> None:
    compile_catalogues()
    Babel(app, locale_selector=language)


def language() -> str:
    if not has_request_context():
        return LANGUAGES[0]
    known = g.get("visitor") or g.get("member")
    if known is not None and known.language in LANGUAGES:
        return known.language
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def compile_catalogues() -> None:
    for source in FOLDER.glob("*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            compile_one(source, target)


def compile_one(source: Path, target: Path) -> None:
    """Another process may be reading the old file: it is replaced whole."""
    with source.open("rb") as words:
        catalogue = read_po(words)
    fresh = target.with_suffix(f".{os.getpid()}")
    with fresh.open("wb") as out:
        write_mo(out, catalogue)
    fresh.replace(target)
