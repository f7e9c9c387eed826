"""One client's file: who it is, what the team noted, the visits, and how the file stands."""

from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from agenda import queries as agenda
from clients import commands, queries
from clients.queries import ClientCard, ClientFile
from importing.queries import imports_of
from kernel.errors import NotFound
from projections import client_activity
from projections import visits as visits_view
from projections.visits import Visits
from web import told, visit
from web.entry import admits
from web.files import files
from web.files.own import label_of, own_fields, shown_own, shown_value
from web.forms import Act, sent
from web.names import Names
from web.sentences import told_lines
from web.sight import SEE, versions_seen, visits_seen
from web.told import Toast

PAGE = 100


@files.get("/clients/<uuid:id>")
@admits("clients.see")
def file(id: UUID) -> Response | str:
    """Asked for a file that was merged into another, it leads to that one."""
    known = file_of(id)
    if known.card.id != id:
        return redirect(url_for("files.file", id=known.card.id))
    visits = visits_of(id)
    likely = queries.duplicates(visit.store(), visit.house(), words_of(known.card), without=id)
    facts = {"person": known.card, "file": known, "visits": visits, "names": names(), "own": shown_own(known.card)}
    return render_template("files/file.html", **facts, likely=likely, people=Names(()))


@files.get("/clients/<uuid:id>/history")
@admits("clients.see")
def lived(id: UUID) -> str:
    """Every version of the words, and everything that happened with this client."""
    house = (visit.store(), visit.house())
    person, fields = card_of(id), own_fields(is_all=True)
    kinds = {str(field.id): field.kind for field in fields}
    return render_template(
        "files/history.html",
        person=person,
        versions=versions_seen(queries.versions(*house, person.id)),
        lived=told_lines(client_activity.of_client(*house, person.id, PAGE, appointments_seen(person.id))),
        label=lambda name: label_of(name, fields),
        value=lambda name, value: shown_value(kinds.get(name, ""), value),
        imports=imports_of(*house, person.id),
        people=Names(()),
    )


@files.post("/clients/<uuid:id>/versions/<int:number>/restore")
@admits("clients.write")
def restore_version(id: UUID, number: int) -> Response:
    by = visit.act(sent(Act)["key"])
    told.await_view(commands.restore_client_version(visit.store(), id, number, by=by))
    return to_file(id, gettext("Version %(number)s put back.", number=number))


@files.post("/clients/<uuid:id>/<any(archive,restore):deed>")
@admits("clients.write")
def shelve(id: UUID, deed: str) -> Response:
    do = commands.archive_client if deed == "archive" else commands.restore_client
    told.await_view(do(visit.store(), id, by=visit.act(sent(Act)["key"])))
    return to_file(id, gettext("File archived.") if deed == "archive" else gettext("File restored."))


@files.post("/clients/<uuid:id>/<any(block,unblock):deed>")
@admits("clients.block")
def block(id: UUID, deed: str) -> Response:
    facts = sent(Act)
    do = commands.block_client if deed == "block" else commands.unblock_client
    told.await_view(do(visit.store(), id, reason=facts["reason"], by=visit.act(facts["key"])))
    words = gettext("Online booking blocked.") if deed == "block" else gettext("Online booking allowed again.")
    return to_file(id, words)


def visits_of(id: UUID) -> Visits:
    return visits_seen(visits_view.of_client(visit.store(), visit.house(), id, visit.now()))


def appointments_seen(id: UUID) -> list[UUID] | None:
    """Those that the visitor may look at; None for all."""
    if g.member.rights.over(SEE) is None:
        return None
    seen = visits_of(id)
    return [one.appointment_id for one in (*seen.past, *seen.future)]


def names() -> dict[UUID, str]:
    """The names of services and resources by identifier."""
    house = (visit.store(), visit.house())
    return {one.id: one.name for one in [*agenda.services(*house), *agenda.resources(*house)]}


def words_of(card: ClientCard) -> dict[str, object]:
    return {name: getattr(card, name) for name in ("first_name", "last_name", "phone", "email", "birth_on")}


def to_file(id: UUID, words: str) -> Response:
    return told.leave_for(url_for("files.file", id=id), Toast(words=words))


def file_of(id: UUID) -> ClientFile:
    known = queries.client_file(visit.store(), visit.house(), id)
    if known is None:
        raise NotFound(kind="Client", id=str(id))
    return known


def card_of(id: UUID) -> ClientCard:
    person = queries.client(visit.store(), visit.house(), id)
    if person is None:
        raise NotFound(kind="Client", id=str(id))
    return person


def asked_id(name: str) -> UUID | None:
    try:
        return UUID(request.args[name])
    except (KeyError, ValueError):
        return None
