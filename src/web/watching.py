"""A line in the log for each try that was refused: which page, who, from where; identifiers only, never words."""

import structlog
from flask import Flask, g, request
from werkzeug.wrappers import Response

from web import addresses

# Not known, not allowed, too often; at the door a wrong password or code is a form that is not taken.
REFUSED = frozenset({401, 403, 429})
AT_THE_DOOR = frozenset({"door.enter", "door.enter_by_passkey", "door.give_code", "account.prove_by_password"})
AT_THE_DOOR |= {"account.prove_by_passkey"}

log = structlog.get_logger()


def install(app: Flask) -> None:
    app.after_request(note_refusal)


def note_refusal(response: Response) -> Response:
    is_wrong = response.status_code == 422 and request.endpoint in AT_THE_DOOR
    if is_wrong or response.status_code in REFUSED:
        visitor, member = g.get("visitor"), g.get("member")
        log.warning(
            "refused",
            status=response.status_code,
            page=request.endpoint,
            person=str(visitor.person_id) if visitor else "",
            house=str(member.organisation_id) if member else "",
            address=addresses.asking() if g.get("address") else "",
        )
    return response
