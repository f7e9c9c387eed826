"""One call of a program: for which house it acts, under which key and version, and how it is answered."""

import re
from typing import Any, TypeVar
from uuid import UUID, uuid4, uuid5

from flask import Response, current_app, g, request

from booking.queries import as_of
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.errors import NotFound, Refusal
from web import visit

Kind = TypeVar("Kind", bound=Aggregate)
POSITION = "Carnet-Position"
LONGEST_KEY = 255
DESK = "appointments:desk"
ETAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')


class KeyNotValid(Refusal):
    """An Idempotency-Key is 1 to 255 printable characters."""

    status = 400


class VersionNotValid(Refusal):
    """If-Match is the ETag of the thing as it was read."""

    status = 400


def house() -> tuple[Any, UUID]:
    """The store and the organisation, as every query takes them first."""
    return visit.store(), visit.house()


def act(id: UUID | None = None, *, is_online: bool = False) -> Act:
    """The circumstances of this call; `id` is the thing that If-Match speaks of."""
    by = Act(
        organisation_id=visit.house(),
        actor=f"api/{g.member.id}",
        may=g.member.rights,
        origin="api",
        at=visit.now(),
        key=f"{g.member.id}/{key()}" if key() else "",
        is_online=is_online or not is_at_desk(),
    )
    return by.expecting(id, version_seen()) if id else by


def is_at_desk() -> bool:
    """Whether this token may do as the desk does."""
    return DESK in g.member.scopes


def key() -> str:
    given = request.headers.get("Idempotency-Key", "")
    if len(given) > LONGEST_KEY or not given.isprintable() or not given.isascii():
        raise KeyNotValid
    return given


def version_seen() -> int | None:
    given = request.headers.get("If-Match", "*").strip()
    if given == "*":
        return None
    found = ETAG.fullmatch(given)
    if found is None:
        raise VersionNotValid
    return int(found[1])


def fresh_id(facts: dict[str, Any]) -> UUID:
    """The identifier that the caller gave; else one of ours, the same for every sending of one key."""
    given = facts.pop("id", None)
    return given or (uuid5(g.member.id, key()) if key() else uuid4())


def kept(position: int) -> dict[str, str]:
    """The headers of an answer to something that was written: where in the log it stands."""
    return {POSITION: str(position)}


def tagged(body: dict[str, Any], **headers: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """A thing with its version as ETag, for the If-Match of whoever changes it next."""
    return body, 200, {"ETag": f'"{body["version"]}"', **headers}


def made(body: dict[str, Any], position: int) -> tuple[dict[str, Any], int, dict[str, str]]:
    return body, 201, {"ETag": f'"{body["version"]}"', **kept(position)}


def left(kind: type[Kind], id: UUID, position: int = 0) -> Kind:
    """A thing as a call left it, also when that call is only repeated later; without a position, as it is now."""
    if not position:
        return existing(visit.store().find(visit.house(), kind, id), kind.__name__, id)
    with visit.store().reading(visit.house()) as db:
        return existing(as_of(db, kind, id, position), kind.__name__, id)


def existing(found: Any, kind: str, id: UUID) -> Any:
    if found is None:
        raise NotFound(kind=kind, id=str(id))
    return found


def wait_for_views() -> Response | None:
    """A reader that names the position of its own last write is answered by views that have passed it."""
    wanted = request.headers.get(POSITION, "")
    if wanted.isascii() and wanted.isdecimal() and len(wanted) < 19:
        current_app.store.wait_for(int(wanted), timeout=1.0)
    return None
