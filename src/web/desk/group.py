"""A group: everybody who comes to the same service at the same time with the same person, and the places left."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import abort, render_template
from werkzeug.wrappers import Response

from kernel.errors import NotFound
from projections import desk as desk_view
from projections.desk import Line
from web import visit
from web.desk import desk
from web.desk.create import resource_of, service_of
from web.desk.day import day_page
from web.entry import admits
from web.formats import local_day
from web.sight import SEE, may
from web.words import LIVE

WRITTEN = "%Y%m%dT%H%MZ"


@desk.get("/groups/<uuid:resource_id>/services/<uuid:service_id>/<moment>")
@admits("agenda.see")
def group(resource_id: UUID, service_id: UUID, moment: str) -> Response | str:
    """Its panel; `moment` reads 20261124T1300Z."""
    facts = group_facts(resource_id, service_id, instant_of(moment))
    if visit.is_htmx():
        return render_template("panel/group.html", **facts)
    return day_page(local_day(facts["starts_at"]), **facts)


def instant_of(moment: str) -> datetime:
    try:
        return datetime.strptime(moment, WRITTEN).replace(tzinfo=UTC)
    except ValueError:
        abort(404)


def group_facts(resource_id: UUID, service_id: UUID, starts_at: datetime) -> dict[str, Any]:
    person, service = resource_of(resource_id), service_of(service_id)
    if not may(SEE, person):
        raise NotFound(kind="Resource", id=str(resource_id))
    members = [line for line in lines_of(resource_id, starts_at) if line.service_id == service_id]
    facts = {"group": service, "person": person, "members": members, "starts_at": starts_at}
    return facts | {"taken": sum(line.status in LIVE for line in members)}


def lines_of(resource_id: UUID, starts_at: datetime) -> list[Line]:
    found = desk_view.sheet(visit.store(), visit.house(), [local_day(starts_at)], [resource_id])
    return [line for column in found.columns for line in column.lines if line.starts_at == starts_at]
