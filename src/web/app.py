"""The web application, put together: settings, security, catalogues, pages."""

import os
from pathlib import Path
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect

from accounts.people.sessions import LONGEST
from kernel.settings import Settings, read_settings
from kernel.store import Store
from web import (
    addresses,
    answer,
    catalogues,
    door,
    entry,
    files,
    formats,
    health,
    history,
    icons,
    installed,
    kept,
    look,
    message_words,
    numbers,
    pages,
    security,
    static_files,
    uploads,
    visit,
    vocabulary,
    watching,
    wrong,
)
from web.account import account
from web.api import limits, spec
from web.desk import desk
from web.settings import settings as settings_pages
from web.start import start
from web.support import support

BLUEPRINTS = (
    health.health,
    door.door,
    answer.answer,
    look.look,
    installed.installed,
    account,
    desk,
    files.files,
    history.history,
    settings_pages,
    start,
    support,
)
PARTS = (catalogues, vocabulary, security, visit, limits, formats, icons, message_words, pages, wrong, watching)
PARTS += (installed,)
MOST_SENT = 256 * 1024


def create_app(store: Store | None = None, settings: Settings | None = None) -> Flask:
    """`store` is this process's; when left out it is opened on the settings' database."""
    settings = settings or read_settings(os.environ)
    app = Flask(__name__, static_url_path=static_files.address())
    app.config.from_mapping(configuration(settings))
    app.store = store or Store(settings.database_url)
    numbers.install(app)
    addresses.install(app, settings.proxies)
    uploads.install(app)
    csrf = CSRFProtect(app)
    for part in PARTS:
        part.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    spec.install(app)
    for family in spec.FAMILIES:
        # A program sends its token with each call; no browser does so unasked.
        csrf.exempt(family)
    entry.install(app)
    return app


def configuration(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "METRICS_TOKEN": settings.metrics_token,
        "PUBLIC_URL": settings.public_url,
        "BREACHED_PASSWORDS": settings.breached_passwords,
        "MAX_CONTENT_LENGTH": MOST_SENT,
        "SEND_FILE_MAX_AGE_DEFAULT": kept.A_YEAR,
        "SESSION_COOKIE_NAME": "carnet",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # The session's row says how long it lasts. An answer on its way must not put back a secret that was turned.
        "PERMANENT_SESSION_LIFETIME": LONGEST,
        "SESSION_REFRESH_EACH_REQUEST": False,
        # The form's own token lives as long as the session, so that a page left open over lunch still works.
        "WTF_CSRF_TIME_LIMIT": None,
        # A page that keeps its address to itself sends no referrer; security.refuse_other_sites looks at the origin.
        "WTF_CSRF_SSL_STRICT": False,
        "BABEL_TRANSLATION_DIRECTORIES": str(Path(__file__).parent / "translations"),
        "BABEL_DEFAULT_LOCALE": "fr",
    }
