"""Finding a client file: by words, by letter, among those blocked or archived."""

from uuid import UUID

from flask import render_template, request

from clients import queries
from clients.queries import ClientCard
from web import visit
from web.entry import admits
from web.files import files
from web.sight import CONTACTS, may

PAGE = 100
FOUND = 50
KINDS = ("", "blocked", "archived")


@files.get("/clients")
@admits("clients.see")
def people() -> str:
    words, letter, kind = asked_words(), request.args.get("letter", "")[:1], asked_kind()
    found = looked_for(words, letter, kind)
    template = "files/rows.html" if visit.is_htmx() else "files/list.html"
    more = not words and len(found) == PAGE
    return render_template(template, found=found, words=words, letter=letter, kind=kind, more=more)


def asked_words() -> str:
    return request.args.get("words", "").strip()[:100]


def asked_kind() -> str:
    kind = request.args.get("kind", "")
    return kind if kind in KINDS else ""


def looked_for(words: str, letter: str, kind: str) -> list[ClientCard]:
    house = (visit.store(), visit.house())
    if words:
        return queries.search(*house, words, FOUND, by_contacts=may(CONTACTS))
    return queries.page(*house, letter=letter, after=last_shown(), limit=PAGE, kind=kind)


def last_shown() -> ClientCard | None:
    try:
        return queries.client(visit.store(), visit.house(), UUID(request.args["after"]))
    except (KeyError, ValueError):
        return None
