"""Notes of the team on a client's file."""

from uuid import UUID

from flask_babel import gettext
from werkzeug.wrappers import Response

from clients import commands
from web import told, visit
from web.entry import admits
from web.files import files
from web.files.file import to_file
from web.files.forms import Note
from web.forms import Act, sent


@files.post("/clients/<uuid:id>/notes")
@admits("clients.write")
def add_note(id: UUID) -> Response:
    facts = sent(Note)
    by = visit.act(facts["key"])
    position = commands.add_client_note(
        visit.store(), id, facts["id"], facts["words"], is_pinned=facts["is_pinned"], by=by
    )
    told.await_view(position)
    return to_file(id, gettext("Note kept."))


@files.post("/clients/<uuid:id>/notes/<uuid:entry>/edit")
@admits("clients.write")
def edit_note(id: UUID, entry: UUID) -> Response:
    facts = sent(Note)
    told.await_view(commands.edit_client_note(visit.store(), id, entry, facts["words"], by=visit.act(facts["key"])))
    return to_file(id, gettext("Note kept."))


@files.post("/clients/<uuid:id>/notes/<uuid:entry>/<any(pin,unpin):deed>")
@admits("clients.write")
def pin_note(id: UUID, entry: UUID, deed: str) -> Response:
    by = visit.act(sent(Act)["key"])
    told.await_view(commands.pin_client_note(visit.store(), id, entry, is_pinned=deed == "pin", by=by))
    return to_file(id, gettext("Note pinned.") if deed == "pin" else gettext("Note unpinned."))


@files.post("/clients/<uuid:id>/notes/<uuid:entry>/remove")
@admits("clients.write")
def remove_note(id: UUID, entry: UUID) -> Response:
    told.await_view(commands.remove_client_note(visit.store(), id, entry, by=visit.act(sent(Act)["key"])))
    return to_file(id, gettext("Note removed."))
