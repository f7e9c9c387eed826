"""What a client answers to a proposed appointment, through the link of the letter: no account, no script."""

from contextlib import suppress
from uuid import UUID

from flask import Blueprint, abort, current_app, render_template, request
from flask_babel import force_locale

from accounts.rights import rights_to_answer
from accounts.sealing import unseal
from booking.appointment import NotWaiting, RequestExpired
from booking.commands import confirm_appointment, decline_appointment
from kernel.actors import Act
from notifications.messages.proposal import Proposal, proposal
from web import visit
from web.entry import ANYONE, OrganisationStandsStill, admits
from web.security import secret_address

answer = Blueprint("answer", __name__)

ANSWERS = {"yes": confirm_appointment, "no": decline_appointment}
LIVE = ("booked", "arrived", "completed")


@answer.get("/answer/<words>")
@admits(ANYONE)
@secret_address
def look(words: str) -> tuple[str, int]:
    """Looking answers nothing: programs that check letters open their links."""
    return page(words, named(words))


@answer.post("/answer/<words>")
@admits(ANYONE)
@secret_address
def give(words: str) -> tuple[str, int]:
    """The page says how it stands afterwards, also when it was answered before."""
    found, say = named(words), ANSWERS.get(request.form.get("answer", ""))
    if found.standing != "open":
        raise OrganisationStandsStill(standing=found.standing)
    is_waiting = found.status == "proposed"
    if say is not None and is_waiting:
        with suppress(NotWaiting, RequestExpired):
            say(visit.store(), found.appointment_id, by=act_of(found))
    written, status = page(words, named(words))
    return written, 200 if is_waiting else status


def act_of(found: Proposal) -> Act:
    return Act(
        organisation_id=found.organisation_id,
        actor=f"client/{found.client_id}",
        may=rights_to_answer(found.client_id),
        origin="public",
        at=visit.now(),
    )


def page(words: str, found: Proposal) -> tuple[str, int]:
    """In the language of the house."""
    is_over = found.status != "proposed" and found.status not in LIVE
    with force_locale(found.language):
        written = render_template("answer/page.html", found=found, words=words, is_live=found.status in LIVE)
    return written, 410 if is_over else 200


def named(words: str) -> Proposal:
    """What we did not seal for this purpose is no page of ours."""
    ids: tuple[UUID, UUID] | None = unseal(current_app.config["SECRET_KEY"], "answer", words)
    found = proposal(visit.store(), *ids, visit.now()) if ids else None
    return found or abort(404)
